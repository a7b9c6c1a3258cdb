"""The task *write a witness*: set-up that leads to an entry point, and texts to attack it with.

What a model writes here is data: a driver is read and never run, and what it shows is for the
observer and the weakness's own judge to say (docs/decisions/0026-mcp.md).
"""

from collections.abc import Callable
from dataclasses import dataclass

from countermine.core.models import Lack, ModelTask
from countermine.find.hypotheses.words import model_name
from countermine.ports.model import Answered, Material, Model, Question

MOST_ATTACKS = 6
MAX_ATTACK = 2_000
"""Characters of a text; what must be longer floods, which shows nothing."""

INSTRUCTION = """\
A flaw was found by analysis, and running the program did not show it yet. Write what leads to the \
entry point that is named, and texts that may show the flaw there. The answer is an object with

- driver: text in the form of Python, or "" where a request of a framework is best. It is read and \
never run: imports, then `def drive(value):` with straight lines that make the objects that are \
needed, and, as the last line, one call of the entry point with `value` as an argument, or inside \
one, as in `f"<p>{value}</p>"` (`def drive(data):` where it takes bytes, \
`def drive(text):` for the text of a file, `def drive():` where nothing is fed in). If it is a \
constructor, the last line may call a method of what it makes: `Thing(value).use()`; where it \
is a method, one line more may call another of its object: `answer.add(value)`, `answer.send()`. \
Where it takes a request, make one: `check(SimpleNamespace(META={"HTTP_X": value}))`. Where it \
gives the value back to the function with the dangerous call, or is made inside another one, that \
one may be called instead. Only public names of the program's own modules can be called, \
the entry point even if it is private, and io.BytesIO, io.StringIO, pathlib.Path, \
sqlite3.connect, types.SimpleNamespace, unittest.mock.MagicMock, AsyncMock and the like. What was \
made may get attributes (`job.connection = AsyncMock()`), and an object of a module data \
(`config.limit = 1`); no branches, loops, functions or \
operators. `value` goes into the entry point and nowhere else; what it is is chosen for you;
- attacks: a list of texts to try as that value; `{canary}` in them becomes a harmless word that \
is looked for at the dangerous call. May be empty.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidDriver:
    """What a model writes to show a flaw."""

    driver: str = ""
    attacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A driver, or attacks, or both; and who wrote them."""

    driver: str | None
    attacks: tuple[str, ...]
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotWritten:
    """There is nothing to drive with."""

    lack: Lack
    reason: str


def written(
    case: str,
    material: tuple[Material, ...],
    model: Model,
    fault: Callable[[str], str | None],
) -> Written | NotWritten:
    """Ask for a driver.

    Args:
        case: Id of the case that it is for.
        material: The entry point, the code around the trace, and what was tried.
        model: Who is asked.
        fault: Says what is wrong with the text of a driver, or ``None``.
    """

    def check(said: SaidDriver) -> str | None:
        if not said.driver.strip() and not said.attacks:
            return "there is neither a driver nor an attack"
        if any(not text or len(text) > MAX_ATTACK for text in said.attacks[:MOST_ATTACKS]):
            return f"an attack is a text of at most {MAX_ATTACK} characters"
        return fault(said.driver) if said.driver.strip() else None

    answer = model.ask(
        Question(
            task=ModelTask.WITNESS,
            case=case,
            instruction=INSTRUCTION,
            material=material,
            answer=SaidDriver,
            check=check,
        )
    )
    if not isinstance(answer, Answered):
        return NotWritten(lack=answer.lack, reason=answer.reason)
    said = answer.answer
    return Written(
        driver=said.driver if said.driver.strip() else None,
        attacks=tuple(dict.fromkeys(said.attacks[:MOST_ATTACKS])),
        model=model_name(answer.model),
    )
