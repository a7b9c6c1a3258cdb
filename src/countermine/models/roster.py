"""The model port over a roster: the first that answers well, and what became of the others.

A question goes to the models of its task in the user's order. What each call came to has a type,
a place in the record and a policy; when no model is left, the question has a defined end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from countermine.core.models import CallOutcome, Lack, ModelCall
from countermine.models.asking import Asking, Ended
from countermine.models.breaker import Breaker
from countermine.models.means import RosterMeans
from countermine.models.options import ModelSettings, RosterEntry
from countermine.models.policy import POLICIES
from countermine.models.request import Request, request_of
from countermine.ports.model import Answer, Answered, Question, Unanswered


class Roster:
    """The models of a configuration, as one model."""

    def __init__(self, settings: ModelSettings, means: RosterMeans) -> None:
        """Serve one run."""
        self._settings, self._means = settings, means
        self._breaker = Breaker(means.clock)
        self._lock = Lock()
        self._asked: dict[str, Lock] = {}

    def ask(self, question: Question[Answer]) -> Answered[Answer] | Unanswered:
        """Ask the models of the task in order; never raises for what they do."""
        hidden = self._means.hide(question.material)
        request = request_of(question, hidden)
        entries = tuple(self._entries(question))
        calls: list[ModelCall] = []
        ended: Ended[Answer] | None = None
        if entries:
            self._means.store.shown(request.digest, request.text)
        with self._alone(request):
            for name, entry in entries:
                asking = Asking(
                    name=name,
                    entry=entry,
                    settings=self._settings,
                    means=self._means,
                    breaker=self._breaker,
                )
                ended = asking.ask(question, request)
                calls += ended.calls
                if ended.answer is not None or ended.stop:
                    break
        store = self._means.store
        if ended is not None and ended.answer is not None:
            store.answered(question.case, question.task)
            return Answered(
                answer=ended.answer,
                model=ended.model,
                calls=tuple(calls),
            )
        lack, reason = lack_of(calls, question)
        if lack is not Lack.NO_MODEL:
            store.lacking(question.case, question.task, lack, reason)
        return Unanswered(lack=lack, reason=reason, calls=tuple(calls))

    def _entries(self, question: Question[Answer]) -> Iterator[tuple[str, RosterEntry]]:
        settings = self._settings
        names = settings.tasks.get(question.task, settings.order or tuple(settings.roster))
        for name in names:
            yield name, settings.roster[name]

    @contextmanager
    def _alone(self, request: Request) -> Iterator[None]:
        """Let one thread at a time ask the same: the others find its answer on record."""
        with self._lock:
            lock = self._asked.setdefault(request.digest, Lock())
        with lock:
            yield


def lack_of(calls: list[ModelCall], question: Question[Answer]) -> tuple[Lack, str]:
    """Return why there is no answer, from what became of each call, and a sentence on it."""
    if not calls:
        return Lack.NO_MODEL, f"no model is configured for the task {question.task}"
    told = "; ".join(f"{call.entry}: {call.outcome}" + _because(call) for call in _last_of(calls))
    outcomes = [call.outcome for call in calls]
    if any(POLICIES[outcome].may_return for outcome in outcomes):
        return Lack.GONE, told
    if CallOutcome.OVER_BUDGET in outcomes:
        return Lack.OVER_BUDGET, told
    kept_back = {CallOutcome.FORBIDDEN, CallOutcome.WITHHELD, CallOutcome.NOT_RECORDED}
    if set(outcomes) <= kept_back:
        return Lack.KEPT_BACK, told
    return Lack.UNUSABLE, told


def _last_of(calls: list[ModelCall]) -> tuple[ModelCall, ...]:
    """Return the last call of each entry, in the order of the entries."""
    return tuple({call.entry: call for call in calls}.values())


def _because(call: ModelCall) -> str:
    return f" ({call.reason})" if call.reason else ""
