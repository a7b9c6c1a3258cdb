"""A language model: a small typed question in, a checked answer or a defined lack of one out.

Nothing that judges may import this module; import contracts test it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from countermine.core.models import Lack, ModelCall, ModelTask

Answer = TypeVar("Answer")
"""A frozen dataclass of the answer's fields; its JSON schema is made from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Something of the target's that a question shows. Always data, never an instruction."""

    title: str
    """What it is, in our own words: ``file``, ``trace``, ``what the failing gate saw``."""
    text: str
    path: str | None = None
    """Path of the file in the target that it is from, relative to the target's root."""


def anything(answer: object) -> str | None:
    """Accept every answer of the right form."""
    del answer
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[Answer]):
    """One small task for a model."""

    task: ModelTask
    case: str | None = None
    """Id of the case that the answer is for; ``None`` for the search."""
    instruction: str
    """What is asked, in our words alone: nothing of the target's may stand in it."""
    material: tuple[Material, ...]
    answer: type[Answer]
    check: Callable[[Answer], str | None] = anything
    """Says in one sentence what is wrong with an answer of the right form, or ``None``. The
    sentence is shown to the model when it is asked again."""
    answer_tokens: int = 2_000
    """Bound on the length of the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Generic[Answer]):
    """A model answered, and the answer passed the question's own check."""

    answer: Answer
    model: str
    """The model that served the answer; goes on record as the author of what is made of it."""
    calls: tuple[ModelCall, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """There is no answer; the caller goes on without a model."""

    lack: Lack
    reason: str
    """One sentence."""
    calls: tuple[ModelCall, ...] = ()


class Model(Protocol):
    """Answers questions, or says why there is no answer. Safe to call from several threads."""

    def ask(self, question: Question[Answer]) -> Answered[Answer] | Unanswered:
        """Ask; never raises for what a model or its provider does."""
        ...


class NoModel:
    """No model: the normal choice of who has none, or wants none."""

    def ask(self, question: Question[Answer]) -> Answered[Answer] | Unanswered:
        """Say that there is none."""
        return Unanswered(
            lack=Lack.NO_MODEL, reason=f"no model is configured for the task {question.task}"
        )
