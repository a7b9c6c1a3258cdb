"""A check says what a model can do, for a few tokens."""

from dataclasses import replace

import pytest

from countermine.core.models import CallOutcome
from countermine.models.bounds import Price
from countermine.models.checking import LONG_TOKENS, Checked, Standing, Subject, check
from countermine.models.options import ProviderKind, RosterEntry, Structure
from countermine.models.pricing import FREE
from countermine.models.transport import Fault, Said, Sent
from countermine.testing.models import Heard, ScriptedTransport

LOCAL = RosterEntry(
    provider=ProviderKind.OPENAI_COMPATIBLE, model="m-1", url="http://127.0.0.1:8080/v1"
)
HOSTED = RosterEntry(provider=ProviderKind.ANTHROPIC, model="claude-sonnet-4-5")

READY = Said(text='{"word": "ready"}', serving="m-1", input_tokens=60, output_tokens=8)


def behaving(heard: Heard) -> Said:
    long = heard.request.user.count(" ") > 100
    serving = heard.entry.model
    return replace(READY, serving=serving, input_tokens=LONG_TOKENS + 60 if long else 60)


def standings(checked: Checked) -> dict[Subject, Standing]:
    return {one.subject: one.standing for one in checked.checks}


def said_of(checked: Checked, subject: Subject) -> str:
    return next(one.detail for one in checked.checks if one.subject is subject)


def test_a_good_model_passes_and_its_cost_is_counted() -> None:
    price = Price(input_usd=3.0, output_usd=15.0)
    checked = check("a", HOSTED, ScriptedTransport(behaving), price, money_capped=True)
    assert set(standings(checked)) == set(Subject)
    assert set(standings(checked).values()) == {Standing.OK}
    assert (checked.calls, checked.input_tokens, checked.output_tokens) == (2, 120, 16)
    assert checked.micro_usd == 600
    assert checked.is_usable


def test_only_a_model_on_this_machine_is_sent_something_long() -> None:
    for entry, longest in ((LOCAL, 4 * LONG_TOKENS), (HOSTED, 200)):
        transport = ScriptedTransport(behaving)
        checked = check("a", entry, transport, FREE, money_capped=True)
        assert checked.is_usable
        assert max(len(heard.request.user) for heard in transport.heard) < longest


def test_a_server_that_cuts_long_questions_silently_is_found_out() -> None:
    def cutting(heard: Heard) -> Said:
        said = behaving(heard)
        return replace(said, input_tokens=min(said.input_tokens, 4_096))

    checked = check("a", LOCAL, ScriptedTransport(cutting), FREE, money_capped=True)
    assert standings(checked)[Subject.CONTEXT] is Standing.FAILED
    assert "read 4096 of more than 6000 tokens" in said_of(checked, Subject.CONTEXT)
    assert not checked.is_usable


def test_a_context_that_the_model_does_not_have_is_found_out() -> None:
    entry = replace(HOSTED, context_tokens=9_000_000)
    checked = check("a", entry, ScriptedTransport(behaving), FREE, money_capped=True)
    assert standings(checked)[Subject.CONTEXT] is Standing.FAILED


@pytest.mark.parametrize(
    ("sent", "subject", "standing", "told"),
    [
        (
            Fault(outcome=CallOutcome.WITHDRAWN, reason="status 401: no"),
            Subject.REACHABLE,
            Standing.FAILED,
            "withdrawn: status 401: no",
        ),
        (
            Fault(outcome=CallOutcome.REJECTED, reason="status 400: response_format"),
            Subject.REACHABLE,
            Standing.FAILED,
            'want structure = "prompted"',
        ),
        (replace(READY, serving="m-2"), Subject.REACHABLE, Standing.FAILED, "answers as 'm-2'"),
        (replace(READY, serving=None), Subject.REACHABLE, Standing.FAILED, "as no name"),
        (replace(READY, text="Ready!"), Subject.STRUCTURED, Standing.FAILED, "no JSON"),
        (replace(READY, text='Well: {"word": 1}'), Subject.STRUCTURED, Standing.WARNING, "JSON"),
        (replace(READY, refused=True), Subject.STRUCTURED, Standing.FAILED, "refused"),
        (replace(READY, truncated=True), Subject.STRUCTURED, Standing.FAILED, "not done after"),
        (replace(READY, text="Ready!"), Subject.TOOLS, Standing.OK, "none are needed"),
    ],
)
def test_what_a_model_cannot_do_is_said(
    sent: Sent, subject: Subject, standing: Standing, told: str
) -> None:
    checked = check("a", LOCAL, ScriptedTransport(lambda _: sent), FREE, money_capped=True)
    assert standings(checked)[subject] is standing
    assert told in said_of(checked, subject)


def test_missing_tool_calls_matter_where_they_are_asked_for() -> None:
    entry = replace(LOCAL, structure=Structure.TOOL)
    talking = ScriptedTransport(lambda _: replace(READY, text="Ready!"))
    checked = check("a", entry, talking, FREE, money_capped=True)
    assert standings(checked)[Subject.TOOLS] is Standing.FAILED


@pytest.mark.parametrize(
    ("money_capped", "standing"), [(True, Standing.FAILED), (False, Standing.WARNING)]
)
def test_an_unknown_price_is_of_no_use_under_a_cap_on_money(
    *, money_capped: bool, standing: Standing
) -> None:
    checked = check("a", HOSTED, ScriptedTransport(behaving), None, money_capped=money_capped)
    assert standings(checked)[Subject.PRICE] is standing
    assert checked.micro_usd is None
