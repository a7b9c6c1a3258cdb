"""The task *explain*: a case in the words of a model, beside those of the program."""

from collections.abc import Mapping
from dataclasses import dataclass

from countermine.core.cases import Case, case_id
from countermine.core.models import ModelTask
from countermine.core.spans import TreePath
from countermine.find.hypotheses.words import model_name
from countermine.fix.suggest.material import code_of, trace_of
from countermine.ports.model import Answered, Material, Model, Question

MOST_WORDS = 4_000
"""Characters of an explanation; longer ones are not read."""
MAX_SAID = 8_000
"""Characters that are shown of what the program says."""

INSTRUCTION = """\
Explain one case to the person who maintains the program: what the flaw is, how somebody would use \
it, and what the patch changes, if there is one. What the analysis and the checks say is shown; do \
not claim more than they do, and do not say that something is proven or safe if they do not. The \
answer is an object with "words": plain text of a few short paragraphs, no markup.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidWords:
    """An explanation."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A case in the words of a model."""

    words: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotExplained:
    """There are no such words."""

    reason: str


def explained(
    case: Case, said: str, texts: Mapping[TreePath, bytes], model: Model
) -> Explained | NotExplained:
    """Ask for a case in words.

    Args:
        case: Which.
        said: What the program says of it, as text.
        texts: Files of the finding.
        model: Who is asked.
    """
    finding = case.finding
    shown = Material(title="what the program says of the case", text=said[:MAX_SAID])
    answer = model.ask(
        Question(
            task=ModelTask.EXPLAIN,
            case=case_id(finding),
            instruction=INSTRUCTION,
            material=(shown, trace_of(finding, texts), *code_of(finding, texts)),
            answer=SaidWords,
            check=_check,
        )
    )
    if not isinstance(answer, Answered):
        return NotExplained(reason=answer.reason)
    return Explained(words=answer.answer.words.strip(), model=model_name(answer.model))


def _check(said: SaidWords) -> str | None:
    if not said.words.strip():
        return "there are no words"
    return f"longer than {MOST_WORDS} characters" if len(said.words) > MOST_WORDS else None
