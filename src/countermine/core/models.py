"""Language models as values: which one was asked what, and what came of it."""

from dataclasses import dataclass
from enum import StrEnum


class ModelTask(StrEnum):
    """The few small things that a model is ever asked."""

    HYPOTHESISE = "hypothesise"
    """Where may flaws be that the analysis cannot see?"""
    SPECIFY = "specify"
    """Rows of the catalogue for a library that nobody described."""
    JUDGE = "judge"
    """Does a trace look right? Raises or lowers confidence; never deletes."""
    WITNESS = "witness"
    """A driver that makes a flaw show; the observer decides whether it does."""
    PATCH = "patch"
    """Search-and-replace edits; the ladder judges them."""
    EXPLAIN = "explain"
    """A case in words, beside what the program says of it."""


class CallOutcome(StrEnum):
    """What became of one call, or of the wish to make one. Each has a policy of its own."""

    ANSWERED = "answered"
    REFUSED = "refused"
    """The model, or a filter before it, would not do the task."""
    WITHDRAWN = "withdrawn"
    """No longer to be had by us: no such model, no access, a region, a suspended account."""
    QUOTA = "quota"
    """What was paid for is used up; waiting does not help."""
    THROTTLED = "throttled"
    """Too many requests just now; waiting helps."""
    OVERLOADED = "overloaded"
    """The server cannot serve just now."""
    UNREACHABLE = "unreachable"
    """No connection, or one that broke."""
    TIMED_OUT = "timed-out"
    """No whole answer within the call's time."""
    TRUNCATED = "truncated"
    """The answer was cut at the bound on its length."""
    NONSENSE = "nonsense"
    """Not what was asked for, in form or in content."""
    SUBSTITUTED = "substituted"
    """Another model than the one that was asked for answered, or none was named."""
    TOO_LONG = "too-long"
    """The question does not fit into the model's context."""
    REJECTED = "rejected"
    """The server does not take the request as it is."""
    OVER_BUDGET = "over-budget"
    """A cap would have been crossed; nothing was sent."""
    FORBIDDEN = "forbidden"
    """The privacy setting keeps the question from this model; nothing was sent."""
    SUSPENDED = "suspended"
    """The provider failed too often just before; nothing was sent."""
    NOT_RECORDED = "not-recorded"
    """A replay holds no answer to this question; nothing was sent."""
    WITHHELD = "withheld"
    """The user looked at the question and did not let it go; nothing was sent."""


NOTHING_SENT = frozenset(
    {
        CallOutcome.OVER_BUDGET,
        CallOutcome.FORBIDDEN,
        CallOutcome.SUSPENDED,
        CallOutcome.NOT_RECORDED,
        CallOutcome.WITHHELD,
    }
)
"""Outcomes of calls that were never made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUsage:
    """What a call used."""

    input_tokens: int = 0
    output_tokens: int = 0
    micro_usd: int = 0
    """Millionths of a US dollar; zero for a model that runs here."""
    duration_ms: int = 0
    """Left out wherever output must be the same from run to run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One call, as it is kept on record."""

    task: ModelTask
    case: str | None
    """Id of the case it was made for; ``None`` for the search."""
    entry: str
    """Name of the roster's entry."""
    requested: str
    """The model that was asked for."""
    serving: str | None
    """The model that says it answered; ``None`` where none did."""
    outcome: CallOutcome
    reason: str = ""
    """One sentence, where there is something to say."""
    request_sha256: str
    answer_sha256: str | None = None
    kept: bool = False
    """Whether the answer was there already, so that nothing was sent and nothing paid."""
    usage: ModelUsage = ModelUsage()


class Lack(StrEnum):
    """Why there is no answer to a question, after everything that could be tried."""

    NO_MODEL = "no-model"
    """None is configured for the task: a normal choice."""
    GONE = "gone"
    """None could be had: withdrawn, out of quota, or not to be reached. Another time may do."""
    OVER_BUDGET = "over-budget"
    """A cap of the run, the case or the task was reached."""
    UNUSABLE = "unusable"
    """Models answered, or refused, and there is nothing in it that could be used."""
    KEPT_BACK = "kept-back"
    """The privacy setting, the user, or a replay without an answer kept the question back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTotals:
    """What one model of the roster did in a run."""

    entry: str
    requested: str
    serving: tuple[str, ...]
    """Every name that answers came under, sorted."""
    outcomes: tuple[tuple[CallOutcome, int], ...]
    """How often each happened, sorted by name; never zero."""
    kept: int
    """Answers that were there already."""
    usage: ModelUsage


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A call with its words, as it can be read later; secrets are out of them already."""

    call: ModelCall
    asked: str
    said: str | None
    """``None`` where nothing was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """Something that no model did."""

    case: str | None
    """``None`` for the search."""
    task: ModelTask
    lack: Lack
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelShare:
    """What models had to do with a run; ``None`` in a run that had none."""

    totals: tuple[ModelTotals, ...]
    """In the roster's order."""
    undone: tuple[Undone, ...] = ()
    """By case and task."""
    micro_usd_per_proven_fix: int | None = None
    """All that was spent, over the cases that are ``Proven`` by a patch of a model; ``None`` where
    there is none."""
    exchanges: tuple[Exchange, ...] = ()
    """By case and task, in the order in which each was made."""
