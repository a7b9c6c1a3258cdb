"""Looks whether the models of a roster can do what is asked of them, by a few tiny questions.

Nothing of a target is sent. A model on this machine is sent one long question too, made of short
words: servers there cut what does not fit without saying so.
"""

import json
from dataclasses import dataclass, replace
from enum import StrEnum

from countermine.core.models import CallOutcome, ModelTask
from countermine.models.bounds import Price
from countermine.models.locality import is_local
from countermine.models.names import is_served
from countermine.models.options import RosterEntry, Structure
from countermine.models.pricing import FREE, known_context
from countermine.models.request import Request
from countermine.models.transport import Fault, Said, Sent, Transport

LONG_TOKENS = 6_000
"""Of the long question: more than servers on small machines take unless told to."""

_WORDS = ("the", "of", "and", "to", "in", "is", "it", "for", "on", "with")
"""Each is a token, whoever counts."""

_ANSWER_TOKENS = 500
"""A short answer, and room for models that think before it."""

_SCHEMA = {
    "type": "object",
    "properties": {"word": {"type": "string"}},
    "required": ["word"],
    "additionalProperties": False,
}

_SHORT = Request(
    task=ModelTask.EXPLAIN,
    system="You are asked whether you are there. Answer with one JSON object and nothing else.",
    user='Give the word "ready".',
    schema=_SCHEMA,
    answer_tokens=_ANSWER_TOKENS,
)


class Subject(StrEnum):
    """What is looked at."""

    REACHABLE = "reachable"
    STRUCTURED = "structured output"
    TOOLS = "tool calls"
    CONTEXT = "context length"
    PRICE = "price"


class Standing(StrEnum):
    """What came of it."""

    OK = "ok"
    WARNING = "warning"
    """Works, or is not known, and a user may want to know."""
    FAILED = "failed"
    """The model is of no use so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    subject: Subject
    standing: Standing
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of looking at one entry."""

    checks: tuple[Check, ...]
    calls: int
    input_tokens: int
    output_tokens: int
    micro_usd: int | None
    """What it cost; ``None`` where the price is not known."""

    @property
    def is_usable(self) -> bool:
        """Tell whether nothing failed."""
        return all(check.standing is not Standing.FAILED for check in self.checks)


def check(
    name: str, entry: RosterEntry, transport: Transport, price: Price | None, *, money_capped: bool
) -> Checked:
    """Look at one entry of the roster.

    Args:
        name: Of the entry.
        entry: The entry.
        transport: What the questions go through.
        price: What the model costs; ``None`` where nobody knows.
        money_capped: Whether a cap on money holds for a run.
    """
    answers: list[Said] = []
    calls = [0]

    def ask(asked: RosterEntry, request: Request) -> Sent:
        calls[0] += 1
        sent = transport.send(name, asked, request)
        if isinstance(sent, Said):
            answers.append(sent)
        return sent

    checks: list[Check] = []
    short = ask(entry, _SHORT)
    checks.append(_reached(entry, short))
    if isinstance(short, Said):
        checks.append(_structured(short))
        tooled = replace(entry, structure=Structure.TOOL)
        checks.append(_tools(ask(tooled, _SHORT), needed=entry.structure is Structure.TOOL))
        if is_local(entry):
            request = _long(entry)
            checks.append(_long_read(entry, request, ask(entry, request)))
        else:
            checks.append(_listed_context(entry))
    checks.append(_priced(price, money_capped=money_capped))
    asked = sum(answer.input_tokens for answer in answers)
    answered = sum(answer.output_tokens for answer in answers)
    return Checked(
        checks=tuple(checks),
        calls=calls[0],
        input_tokens=asked,
        output_tokens=answered,
        micro_usd=price.micro_usd(asked, answered) if price is not None else None,
    )


def _reached(entry: RosterEntry, sent: Sent) -> Check:
    if isinstance(sent, Fault):
        detail = f"{sent.outcome}: {sent.reason}"
        if sent.outcome is CallOutcome.REJECTED and entry.structure is not Structure.PROMPTED:
            detail += ' (servers that know no schemas want structure = "prompted")'
        return _failed(Subject.REACHABLE, detail)
    if not is_served(entry, sent.serving):
        named = repr(sent.serving) if sent.serving else "no name"
        detail = f"answers as {named}, not as {entry.model!r}: name it in serves, if it is the same"
        return _failed(Subject.REACHABLE, detail)
    return _ok(Subject.REACHABLE, f"answers as {sent.serving}")


def _structured(said: Said) -> Check:
    if said.refused:
        return _failed(Subject.STRUCTURED, "it refused to answer")
    if said.truncated:
        return _failed(Subject.STRUCTURED, f"not done after {_ANSWER_TOKENS} tokens")
    if _fits(said.text):
        return _ok(Subject.STRUCTURED, "the answer is held to its schema")
    if "{" in said.text:
        return _warning(Subject.STRUCTURED, "the answer's JSON stands in other text, or is broken")
    return _failed(
        Subject.STRUCTURED, 'no JSON in the answer; try structure = "tool" or "prompted"'
    )


def _fits(text: str) -> bool:
    try:
        document = json.loads(text)
    except ValueError:
        return False
    return isinstance(document, dict) and isinstance(document.get("word"), str)


def _tools(sent: Sent, *, needed: bool) -> Check:
    if isinstance(sent, Said) and _fits(sent.text):
        return _ok(Subject.TOOLS, "the answer can be a tool's arguments")
    told = f"{sent.outcome}: {sent.reason}" if isinstance(sent, Fault) else "it calls no tool"
    if needed:
        return _failed(Subject.TOOLS, told)
    return _ok(Subject.TOOLS, f"none, and none are needed ({told})")


def _long(entry: RosterEntry) -> Request:
    # Room for servers whose tokens are shorter than words, and for the answer.
    count = max(1, min((entry.context_tokens - 2 * _ANSWER_TOKENS) * 2 // 3, LONG_TOKENS))
    words = " ".join(_WORDS[at % len(_WORDS)] for at in range(count))
    return replace(_SHORT, user=f'{words}\nAfter these words, give the word "ready".')


def _long_read(entry: RosterEntry, request: Request, sent: Sent) -> Check:
    count = len(request.user.partition("\n")[0].split())
    wanted = f"{entry.context_tokens} are configured"
    if isinstance(sent, Fault):
        return _failed(Subject.CONTEXT, f"{count} tokens: {sent.outcome}: {sent.reason}")
    if sent.input_tokens == request.most_tokens:
        return _warning(Subject.CONTEXT, f"the server does not count what it read; {wanted}")
    if sent.input_tokens < count:
        detail = (
            f"the server read {sent.input_tokens} of more than {count} tokens and cut the rest; "
            f"give it a longer context, or set context_tokens ({wanted})"
        )
        return _failed(Subject.CONTEXT, detail)
    return _ok(Subject.CONTEXT, f"{sent.input_tokens} tokens were read; {wanted}")


def _listed_context(entry: RosterEntry) -> Check:
    known = known_context(entry)
    if known is None:
        detail = f"not known, and nothing long is sent to find out; {entry.context_tokens} are set"
        return _warning(Subject.CONTEXT, detail)
    if known < entry.context_tokens:
        detail = f"{known} tokens fit, and context_tokens is {entry.context_tokens}"
        return _failed(Subject.CONTEXT, detail)
    return _ok(Subject.CONTEXT, f"{known} tokens fit; {entry.context_tokens} are configured")


def _priced(price: Price | None, *, money_capped: bool) -> Check:
    if price == FREE:
        return _ok(Subject.PRICE, "free: on this machine")
    if price is not None:
        told = f"${price.input_usd:g} and ${price.output_usd:g} per million tokens"
        return _ok(Subject.PRICE, told)
    remedy = "give input_usd_per_million and output_usd_per_million"
    if money_capped:
        detail = f"not known, and a cap on money holds: it is never asked; {remedy}"
        return _failed(Subject.PRICE, detail)
    return _warning(Subject.PRICE, f"not known; {remedy}")


def _ok(subject: Subject, detail: str) -> Check:
    return Check(subject=subject, standing=Standing.OK, detail=detail)


def _warning(subject: Subject, detail: str) -> Check:
    return Check(subject=subject, standing=Standing.WARNING, detail=detail)


def _failed(subject: Subject, detail: str) -> Check:
    return Check(subject=subject, standing=Standing.FAILED, detail=detail)
