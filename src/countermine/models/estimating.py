"""A model that asks nobody: it counts what questions would use, for an estimate before a run."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from countermine.core.models import Lack, ModelTask
from countermine.models.asking import CHARACTERS_A_TOKEN
from countermine.models.bounds import Pricing
from countermine.models.hidden import Hidden
from countermine.models.options import ModelSettings
from countermine.models.request import request_of
from countermine.ports.model import Answer, Answered, Material, Question, Unanswered


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What one task would use at most, if its first model answers everything."""

    task: ModelTask
    entry: str
    """The model that would be asked first."""
    calls: int
    input_tokens: int
    """Of the questions, at some three characters a token."""
    output_tokens: int
    """Bound on the answers."""
    micro_usd: int | None
    """``None`` where nobody knows the price."""


class Estimating:
    """Stands in the place of the roster, and counts."""

    def __init__(
        self,
        settings: ModelSettings,
        price: Pricing,
        hide: Callable[[tuple[Material, ...]], Hidden],
    ) -> None:
        """Count for a configuration."""
        self._settings, self._price, self._hide = settings, price, hide
        self._counts: dict[ModelTask, list[int]] = {}
        self._lock = Lock()

    def ask(self, question: Question[Answer]) -> Answered[Answer] | Unanswered:
        """Count the question; nobody is asked."""
        request = request_of(question, self._hide(question.material))
        with self._lock:
            count = self._counts.setdefault(question.task, [0, 0, 0])
            count[0] += 1
            count[1] += len(request.text) // CHARACTERS_A_TOKEN + 1
            count[2] += question.answer_tokens
        return Unanswered(lack=Lack.UNUSABLE, reason="this is an estimate")

    def estimates(self) -> tuple[Estimate, ...]:
        """Return what was counted, task by task; tasks that no model is for are left out."""
        made: list[Estimate] = []
        settings = self._settings
        for task, (calls, asked, answered) in sorted(self._counts.items()):
            names = settings.tasks.get(task, settings.order or tuple(settings.roster))
            if not names:
                continue
            price = self._price(settings.roster[names[0]])
            made.append(
                Estimate(
                    task=task,
                    entry=names[0],
                    calls=calls,
                    input_tokens=asked,
                    output_tokens=answered,
                    micro_usd=None if price is None else price.micro_usd(asked, answered),
                )
            )
        return tuple(made)
