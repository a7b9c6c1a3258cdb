"""One model of the roster asked one question: gates, caps, waits, and asking again."""

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Generic

from pydantic import TypeAdapter, ValidationError

from countermine.core.models import CallOutcome, ModelCall, ModelUsage
from countermine.models.bounds import Price, bounds_for, bounds_money, worst_of
from countermine.models.breaker import Breaker
from countermine.models.means import RosterMeans
from countermine.models.names import is_served
from countermine.models.options import ModelSettings, RosterEntry
from countermine.models.parsing import Parsed, parse
from countermine.models.policy import POLICIES, Next
from countermine.models.request import Request
from countermine.models.transport import Fault, Said
from countermine.ports.calls import Crossed, Kept, Ticket
from countermine.ports.model import Answer, Question

ASKED_AGAIN = 2
"""How often a model is told what is wrong with its answer."""

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 60.0
"""A provider that asks for more is left, and the next one asked."""

KEPT = TypeAdapter(Kept)

MOST_TOKENS = 100_000_000
"""More than any model takes or gives; what a provider says of its own use is a claim."""

CHARACTERS_A_TOKEN = 3
"""Of code, at a guess on the low side; only to see whether a question fits a context."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Generic[Answer]):
    """What became of a question with one model."""

    answer: Answer | None
    model: str
    """The model that served the answer; empty without one."""
    calls: tuple[ModelCall, ...]
    stop: bool
    """Whether no other model is to be asked either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt(Generic[Answer]):
    """One call, made or not, and what came of it."""

    call: ModelCall
    answer: Answer | None = None
    text: str = ""
    """What the model wrote, for when it is asked again."""
    wait_s: float | None = None
    """How long the provider asks us to wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One entry of the roster, and what asking it needs."""

    name: str
    entry: RosterEntry
    settings: ModelSettings
    means: RosterMeans
    breaker: Breaker

    def ask(self, question: Question[Answer], request: Request) -> Ended[Answer]:
        """Ask until there is an answer, or the policy of what happened says that there is none."""
        calls: list[ModelCall] = []
        waits = wrongs = 0
        while True:
            attempt = self._attempt(question, request)
            calls.append(attempt.call)
            policy = POLICIES[attempt.call.outcome]
            if attempt.answer is None and policy.next is Next.ASK_AGAIN and wrongs < ASKED_AGAIN:
                wrongs += 1
                request = request.again(attempt.text, attempt.call.reason)
                continue
            if policy.next is Next.WAIT and waits < self.entry.retries:
                wait = FIRST_WAIT_S * 2**waits if attempt.wait_s is None else attempt.wait_s
                waits += 1
                if wait <= LONGEST_WAIT_S:
                    self.means.sleep(wait)
                    continue
            return Ended(
                answer=attempt.answer,
                model=attempt.call.serving or "",
                calls=tuple(calls),
                stop=policy.next is Next.STOP,
            )

    def _attempt(self, question: Question[Answer], request: Request) -> _Attempt[Answer]:
        blank = self._blank(question, request)
        kept = self._kept(request)
        if kept is not None:
            attempt = self._judged(question, request, replace(blank, kept=True), kept)
            self.means.store.note(attempt.call)
            return attempt
        refused = self._refused(request) or self._unpriced(question)
        if refused is not None:
            call = replace(blank, outcome=refused[0], reason=refused[1])
            self.means.store.note(call)
            return _Attempt(call=call)
        return self._sent(question, request, blank)

    def _sent(
        self, question: Question[Answer], request: Request, blank: ModelCall
    ) -> _Attempt[Answer]:
        means = self.means
        price = means.price(self.entry)
        bounds = bounds_for(self.settings.caps, question.case, question.task)
        worst = worst_of(request, self.entry, price)
        ticket = means.store.reserve(blank, worst, bounds)
        if isinstance(ticket, Crossed):
            reason = f"the cap on {ticket.measure} of the {ticket.bound} would be crossed"
            call = replace(blank, outcome=CallOutcome.OVER_BUDGET, reason=reason)
            means.store.note(call)
            return _Attempt(call=call)
        begun = means.clock.monotonic_ms()
        sent = means.transport.send(self.name, self.entry, request)
        duration_ms = means.clock.monotonic_ms() - begun
        said: Kept | None = None
        if isinstance(sent, Fault):
            # What may have reached the provider may have to be paid: the question, at least.
            asked = worst.tokens - request.answer_tokens if sent.sent else 0
            usage = _usage(price, asked, 0, duration_ms)
            call = replace(
                blank, outcome=sent.outcome, reason=sent.reason, serving=sent.serving, usage=usage
            )
            attempt: _Attempt[Answer] = _Attempt(call=call, wait_s=sent.wait_s)
        else:
            said = _kept(sent, worst.tokens - request.answer_tokens, request.answer_tokens)
            usage = _usage(price, said.input_tokens, said.output_tokens, duration_ms)
            attempt = self._judged(question, request, replace(blank, usage=usage), said)
        self._settle(ticket, attempt, said, request)
        return attempt

    def _settle(
        self, ticket: Ticket, attempt: _Attempt[Answer], said: Kept | None, request: Request
    ) -> None:
        self.means.store.settle(ticket, attempt.call, said)
        self.breaker.mark(
            self.name, self.entry, POLICIES[attempt.call.outcome].mark, attempt.call.reason
        )
        if said is not None and attempt.answer is not None and self.means.memory is not None:
            document = KEPT.dump_json(said)
            self.means.memory.put(self._memory_name(request), document)

    def _judged(
        self, question: Question[Answer], request: Request, call: ModelCall, said: Kept
    ) -> _Attempt[Answer]:
        """Return what an answer is worth."""
        digest = hashlib.sha256(said.text.encode("utf-8", "replace")).hexdigest()
        call = replace(call, serving=said.serving, answer_sha256=digest)
        if said.refused:
            call = replace(call, outcome=CallOutcome.REFUSED, reason="the model would not do it")
            return _Attempt(call=call, text=said.text)
        if not is_served(self.entry, said.serving):
            named = f"{said.serving!r}" if said.serving else "a model that was not named"
            reason = f"{named} answered for {self.entry.model!r}"
            call = replace(call, outcome=CallOutcome.SUBSTITUTED, reason=reason)
            return _Attempt(call=call, text=said.text)
        parsed = parse(said.text, question, request.replaced)
        if isinstance(parsed, Parsed):
            return _Attempt(call=replace(call, outcome=CallOutcome.ANSWERED), answer=parsed.answer)
        if said.truncated:
            reason = f"cut at {question.answer_tokens} tokens"
            call = replace(call, outcome=CallOutcome.TRUNCATED, reason=reason)
        else:
            call = replace(call, outcome=CallOutcome.NONSENSE, reason=parsed.wrong)
        return _Attempt(call=call, text=said.text)

    def _kept(self, request: Request) -> Kept | None:
        """Return what this model said to the same request, in this run or an earlier one."""
        kept = self.means.store.kept(request.digest, self.name, self.entry.model)
        if kept is not None or self.means.memory is None:
            return kept
        document = self.means.memory.get(self._memory_name(request))
        if document is None:
            return None
        try:
            return KEPT.validate_json(document)
        except ValidationError:
            # Of another version, or harmed: it is asked again.
            return None

    def _refused(self, request: Request) -> tuple[CallOutcome, str] | None:
        out = self.breaker.refuses(self.name, self.entry)
        if out is not None:
            return CallOutcome.SUSPENDED, out
        characters = len(request.text)
        tokens = characters // CHARACTERS_A_TOKEN + request.answer_tokens
        if tokens > self.entry.context_tokens:
            reason = f"some {tokens} tokens, {self.entry.context_tokens} fit"
            return CallOutcome.TOO_LONG, reason
        for gatekeeper in self.means.gatekeepers:
            refused = gatekeeper.refuses(self.name, self.entry, request)
            if refused is not None:
                return refused
        return None

    def _unpriced(self, question: Question[Answer]) -> tuple[CallOutcome, str] | None:
        """Refuse where a cap on money holds and nobody knows what the model costs."""
        if self.means.price(self.entry) is not None:
            return None
        if not bounds_money(self.settings.caps, question.case, question.task):
            return None
        reason = (
            "its price is not known and a cap on money holds; "
            "give input_usd_per_million and output_usd_per_million"
        )
        return CallOutcome.OVER_BUDGET, reason

    def _blank(self, question: Question[Answer], request: Request) -> ModelCall:
        return ModelCall(
            task=question.task,
            case=question.case,
            entry=self.name,
            requested=self.entry.model,
            serving=None,
            outcome=CallOutcome.UNREACHABLE,
            reason="not on record yet",
            request_sha256=request.digest,
        )

    def _memory_name(self, request: Request) -> str:
        parts = [request.digest, self.entry.provider, self.entry.url or "", self.entry.model]
        return f"model-{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}"


def _usage(price: Price | None, asked: int, answered: int, duration_ms: int) -> ModelUsage:
    return ModelUsage(
        input_tokens=asked,
        output_tokens=answered,
        micro_usd=price.micro_usd(asked, answered) if price is not None else 0,
        duration_ms=duration_ms,
    )


def _kept(said: Said, asked: int, answered: int) -> Kept:
    """Return an answer as it is kept; a count that cannot be is taken for the most it may be."""
    return Kept(
        text=said.text,
        serving=said.serving,
        truncated=said.truncated,
        refused=said.refused,
        input_tokens=said.input_tokens if 0 <= said.input_tokens <= MOST_TOKENS else asked,
        output_tokens=said.output_tokens if 0 <= said.output_tokens <= MOST_TOKENS else answered,
    )
