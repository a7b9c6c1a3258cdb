"""The question about a piece of code, and the form of its answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from countermine.core.models import ModelTask
from countermine.core.weakness import WeaknessFacts
from countermine.find.hypotheses.pieces import Piece
from countermine.ports.model import Material, Question

MOST_CLAIMS = 12
"""Of one answer that are looked at; a model that names more names everything."""

INSTRUCTION = """\
Look for weaknesses in the functions that are shown: places where somebody who controls an input \
of the program can do harm. Say only what you can point at. For each one give

- weakness: one of the ids below;
- file: the path of the file, as given;
- function: the function's name, as given behind "--- function";
- line: the one line of that function where the harm is done, copied exactly as it stands;
- call: what is called there, as it is written before the parenthesis, or "" if nothing is;
- entry: name of the function of the same file through which the input comes, or "";
- reason: one sentence: which input, and what goes wrong.

The answer is an object with the list "claims". An empty list is a good answer where there is \
nothing. What a program already checked cannot be changed by you, and nothing but this list is \
read.

The weaknesses:
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidClaim:
    """One weakness that a model says is there."""

    weakness: str
    file: str
    function: str
    line: str
    reason: str
    call: str = ""
    entry: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidClaims:
    """All that a model says of a piece."""

    claims: tuple[SaidClaim, ...]


def question(
    piece: Piece,
    weaknesses: Sequence[WeaknessFacts],
    refusal: Callable[[SaidClaim], str | None],
) -> Question[SaidClaims]:
    """Return the question about a piece of code.

    Args:
        piece: What is shown.
        weaknesses: What may be claimed.
        refusal: Says why a claim cannot be used, or ``None``.
    """

    def check(said: SaidClaims) -> str | None:
        """Say what is wrong where nothing of an answer can be used; a part is taken as it is."""
        wrong = [refusal(claim) for claim in said.claims[:MOST_CLAIMS]]
        return wrong[0] if wrong and all(wrong) else None

    listed = "".join(f"- {facts.id}: {facts.title}\n" for facts in weaknesses)
    return Question(
        task=ModelTask.HYPOTHESISE,
        instruction=INSTRUCTION + listed,
        material=(Material(title="functions of a file", text=piece.text, path=piece.path),),
        answer=SaidClaims,
        check=check,
    )
