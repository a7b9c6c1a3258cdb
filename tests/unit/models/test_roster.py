"""Failover: what becomes of a question when models do not do what they should."""

from pathlib import Path

import pytest

from countermine.core.models import NOTHING_SENT, CallOutcome, Lack, ModelTask
from countermine.models.asking import ASKED_AGAIN
from countermine.models.bounds import Price
from countermine.models.options import AllCaps, Caps, ModelSettings, RosterEntry
from countermine.models.policy import POLICIES, Mark, Next
from countermine.models.request import Request
from countermine.models.transport import Fault, Said
from countermine.ports.model import Answered, NoModel, Unanswered
from countermine.testing.models import Heard, ScriptedTransport, said
from tests.unit.models.asked import UNCAPPED, Bench, Word, entry, question, settings

GOOD = '{"word": "yes"}'


def fault(outcome: CallOutcome, *, wait_s: float | None = None) -> Fault:
    return Fault(outcome=outcome, reason="the script says so", wait_s=wait_s)


def outcomes(reply: Answered[Word] | Unanswered) -> list[CallOutcome]:
    return [call.outcome for call in reply.calls]


def test_the_first_model_of_the_order_answers_and_stands_on_record_as_the_one_that_served(
    tmp_path: Path,
) -> None:
    bench = Bench(
        folder=tmp_path,
        settings=settings(["first", "second"]),
        script=[said(GOOD, serving="first-2026-01-01")],
    )
    reply = bench.roster.ask(question())
    assert isinstance(reply, Answered)
    assert reply.answer == Word(word="yes")
    (call,) = bench.store.calls()
    assert (call.requested, call.serving) == ("first", "first-2026-01-01")
    assert reply.model == "first-2026-01-01"


def test_every_outcome_has_a_policy() -> None:
    assert set(POLICIES) == set(CallOutcome)


@pytest.mark.parametrize(
    "outcome",
    sorted(
        outcome
        for outcome, policy in POLICIES.items()
        if policy.next in {Next.NEXT, Next.WAIT} and outcome not in NOTHING_SENT
    ),
)
def test_after_trouble_with_one_model_the_next_one_answers(
    tmp_path: Path, outcome: CallOutcome
) -> None:
    def script(heard: Heard) -> Said | Fault:
        return fault(outcome) if heard.name == "first" else said(GOOD, serving="second")

    bench = Bench(folder=tmp_path, settings=settings(["first", "second"]), script=script)
    reply = bench.roster.ask(question())
    assert isinstance(reply, Answered)
    assert reply.model == "second"
    assert set(outcomes(reply)[:-1]) == {outcome}


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (said(GOOD, serving="another"), CallOutcome.SUBSTITUTED),
        (said(GOOD, serving=None), CallOutcome.SUBSTITUTED),
        (said(GOOD, serving="first-but-smaller"), CallOutcome.SUBSTITUTED),
        (
            Said(text="I cannot", serving="first", input_tokens=1, output_tokens=1, refused=True),
            CallOutcome.REFUSED,
        ),
        (
            Said(text='{"wo', serving="first", input_tokens=1, output_tokens=1, truncated=True),
            CallOutcome.TRUNCATED,
        ),
    ],
)
def test_an_answer_that_is_none_is_not_taken(
    tmp_path: Path, answer: Said, outcome: CallOutcome
) -> None:
    bench = Bench(folder=tmp_path, settings=settings(["first"]), script=[answer])
    reply = bench.roster.ask(question())
    assert isinstance(reply, Unanswered)
    assert outcomes(reply) == [outcome]


def test_a_model_may_answer_under_a_name_that_the_user_gave(tmp_path: Path) -> None:
    wanted = ModelSettings(
        roster={"first": entry("first", serves=("gguf/first.q4",))}, caps=UNCAPPED
    )
    bench = Bench(folder=tmp_path, settings=wanted, script=[said(GOOD, serving="gguf/first.q4")])
    assert isinstance(bench.roster.ask(question()), Answered)


def test_nonsense_is_told_to_the_model_and_then_left(tmp_path: Path) -> None:
    bench = Bench(
        folder=tmp_path,
        settings=settings(["first"]),
        script=lambda _: said("the word is yes", serving="first"),
    )
    reply = bench.roster.ask(question())
    assert isinstance(reply, Unanswered)
    assert reply.lack is Lack.UNUSABLE
    assert outcomes(reply) == [CallOutcome.NONSENSE] * (1 + ASKED_AGAIN)
    assert "the answer holds no JSON object" in bench.transport.heard[1].request.user
    assert len({heard.request.digest for heard in bench.transport.heard}) == 1 + ASKED_AGAIN


def test_an_answer_that_fails_the_questions_own_check_is_asked_for_again(tmp_path: Path) -> None:
    bench = Bench(
        folder=tmp_path,
        settings=settings(["first"]),
        script=[said('{"word": "no"}', serving="first"), said(GOOD, serving="first")],
    )
    wanted = question(check=lambda answer: None if answer.word == "yes" else "say yes")
    reply = bench.roster.ask(wanted)
    assert isinstance(reply, Answered)
    assert outcomes(reply) == [CallOutcome.NONSENSE, CallOutcome.ANSWERED]


def test_a_throttled_model_is_waited_for_as_long_as_it_asks(tmp_path: Path) -> None:
    bench = Bench(
        folder=tmp_path,
        settings=settings(["first"]),
        script=[fault(CallOutcome.THROTTLED, wait_s=7.0), said(GOOD, serving="first")],
    )
    assert isinstance(bench.roster.ask(question()), Answered)
    assert bench.slept == [7.0]


def test_a_wait_that_is_too_long_is_not_waited(tmp_path: Path) -> None:
    bench = Bench(
        folder=tmp_path,
        settings=settings(["first"]),
        script=lambda _: fault(CallOutcome.THROTTLED, wait_s=3_600.0),
    )
    reply = bench.roster.ask(question())
    assert isinstance(reply, Unanswered)
    assert (reply.lack, bench.slept) == (Lack.GONE, [])


def test_a_withdrawn_model_is_not_asked_a_second_time(tmp_path: Path) -> None:
    def script(heard: Heard) -> Said | Fault:
        if heard.name == "first":
            return fault(CallOutcome.WITHDRAWN)
        return said(GOOD, serving="second")

    bench = Bench(folder=tmp_path, settings=settings(["first", "second"]), script=script)
    bench.roster.ask(question(text="a = 1"))
    reply = bench.roster.ask(question(text="b = 2"))
    assert [heard.name for heard in bench.transport.heard] == ["first", "second", "second"]
    assert outcomes(reply) == [CallOutcome.SUSPENDED, CallOutcome.ANSWERED]


def test_a_used_up_quota_takes_every_model_of_the_provider_out(tmp_path: Path) -> None:
    one = "http://127.0.0.1:9/v1"
    wanted = ModelSettings(
        roster={"big": entry("big", url=one), "small": entry("small", url=one)}, caps=UNCAPPED
    )
    bench = Bench(folder=tmp_path, settings=wanted, script=lambda _: fault(CallOutcome.QUOTA))
    reply = bench.roster.ask(question())
    assert outcomes(reply) == [CallOutcome.QUOTA, CallOutcome.SUSPENDED]
    assert isinstance(reply, Unanswered)
    assert reply.lack is Lack.GONE


def test_a_provider_in_trouble_is_left_alone_and_then_tried_with_one_call(tmp_path: Path) -> None:
    bench = Bench(
        folder=tmp_path,
        settings=settings(["first"]),
        script=lambda _: fault(CallOutcome.TIMED_OUT),
    )
    for number in range(4):
        bench.roster.ask(question(text=f"x = {number}"))
    assert len(bench.transport.heard) == 3
    for _ in range(40_000):
        bench.clock.monotonic_ms()
    bench.roster.ask(question(text="x = 5"))
    bench.roster.ask(question(text="x = 6"))
    assert len(bench.transport.heard) == 4


def test_when_the_last_model_is_gone_the_record_says_what_no_model_did(tmp_path: Path) -> None:
    bench = Bench(
        folder=tmp_path,
        settings=settings(["first"]),
        script=[fault(CallOutcome.WITHDRAWN)],
    )
    reply = bench.roster.ask(question())
    assert isinstance(reply, Unanswered)
    assert reply.lack is Lack.GONE
    (undone,) = bench.store.lacks()
    assert (undone.case, undone.task, undone.lack) == ("case-1", ModelTask.PATCH, Lack.GONE)
    back = bench.another(ScriptedTransport([said(GOOD, serving="first")]))
    assert isinstance(back.ask(question()), Answered)
    assert bench.store.lacks() == ()


def test_an_answer_on_record_is_neither_asked_for_nor_paid_again(tmp_path: Path) -> None:
    wanted = settings(["first"])
    bench = Bench(folder=tmp_path, settings=wanted, script=[said(GOOD, serving="first")])
    bench.roster.ask(question())
    reply = bench.another().ask(question(case="case-2"))
    assert isinstance(reply, Answered)
    assert len(bench.transport.heard) == 1
    assert [call.kept for call in bench.store.calls()] == [False, True]


def test_nonsense_on_record_is_not_paid_again_either(tmp_path: Path) -> None:
    script = [said("what?", serving="first"), fault(CallOutcome.WITHDRAWN)]
    bench = Bench(folder=tmp_path, settings=settings(["first"]), script=script)
    bench.roster.ask(question())
    back = ScriptedTransport([said(GOOD, serving="first")])
    reply = bench.another(back).ask(question())
    assert isinstance(reply, Answered)
    assert outcomes(reply) == [CallOutcome.NONSENSE, CallOutcome.ANSWERED]
    assert len(back.heard) == 1


def test_a_cap_that_would_be_crossed_keeps_the_question_here(tmp_path: Path) -> None:
    caps = AllCaps(run=Caps(usd=0.000_5), case=Caps())
    bench = Bench(
        folder=tmp_path,
        settings=settings(["first"], caps=caps),
        script=[said(GOOD, serving="first")],
        price=lambda _: Price(input_usd=1.0, output_usd=1.0),
    )
    reply = bench.roster.ask(question())
    assert isinstance(reply, Unanswered)
    assert (reply.lack, outcomes(reply)) == (Lack.OVER_BUDGET, [CallOutcome.OVER_BUDGET])
    assert bench.transport.heard == []


def test_a_model_without_a_price_is_not_asked_under_a_cap_on_money(tmp_path: Path) -> None:
    bench = Bench(
        folder=tmp_path,
        settings=settings(["first"], caps=AllCaps(run=Caps(usd=5.0), case=Caps())),
        script=[said(GOOD, serving="first")],
        price=lambda _: None,
    )
    reply = bench.roster.ask(question())
    assert outcomes(reply) == [CallOutcome.OVER_BUDGET]
    assert "input_usd_per_million" in reply.calls[0].reason


def test_a_local_model_that_costs_nothing_answers_when_the_money_is_spent(tmp_path: Path) -> None:
    def price(asked: RosterEntry) -> Price:
        usd = 0.0 if asked.model == "local" else 1_000.0
        return Price(input_usd=usd, output_usd=usd)

    bench = Bench(
        folder=tmp_path,
        settings=settings(["hosted", "local"], caps=AllCaps(run=Caps(usd=0.01), case=Caps())),
        script=[said(GOOD, serving="local")],
        price=price,
    )
    reply = bench.roster.ask(question())
    assert outcomes(reply) == [CallOutcome.OVER_BUDGET, CallOutcome.ANSWERED]


def test_a_question_that_does_not_fit_the_context_is_not_sent(tmp_path: Path) -> None:
    small = ModelSettings(roster={"first": entry("first", context_tokens=300)}, caps=UNCAPPED)
    bench = Bench(folder=tmp_path, settings=small, script=[said(GOOD, serving="first")])
    reply = bench.roster.ask(question())
    assert (outcomes(reply), bench.transport.heard) == ([CallOutcome.TOO_LONG], [])


class _Never:
    def refuses(
        self, name: str, entry: RosterEntry, request: Request
    ) -> tuple[CallOutcome, str] | None:
        return CallOutcome.WITHHELD, f"not {request.digest} to {name} of {entry.provider}"


def test_a_question_that_the_user_keeps_back_goes_to_nobody(tmp_path: Path) -> None:
    bench = Bench(
        folder=tmp_path,
        settings=settings(["first", "second"]),
        script=lambda heard: said(GOOD, serving=heard.name),
        gatekeepers=(_Never(),),
    )
    reply = bench.roster.ask(question())
    assert isinstance(reply, Unanswered)
    assert (reply.lack, outcomes(reply)) == (Lack.KEPT_BACK, [CallOutcome.WITHHELD])
    assert bench.transport.heard == []


def test_a_task_has_the_order_that_the_user_gave_it(tmp_path: Path) -> None:
    wanted = ModelSettings(
        roster={name: entry(name) for name in ("first", "second")},
        tasks={ModelTask.PATCH: ("second",), ModelTask.EXPLAIN: ()},
        caps=UNCAPPED,
    )
    bench = Bench(
        folder=tmp_path, settings=wanted, script=lambda heard: said(GOOD, serving=heard.name)
    )
    reply = bench.roster.ask(question())
    assert isinstance(reply, Answered)
    assert reply.model == "second"
    none = bench.roster.ask(question(task=ModelTask.EXPLAIN))
    assert isinstance(none, Unanswered)
    assert (none.lack, bench.store.lacks()) == (Lack.NO_MODEL, ())


def test_no_model_answers_nothing_and_says_so() -> None:
    reply = NoModel().ask(question())
    assert isinstance(reply, Unanswered)
    assert reply.lack is Lack.NO_MODEL


def test_only_trouble_that_may_pass_is_picked_up_later() -> None:
    returning = {outcome for outcome, policy in POLICIES.items() if policy.may_return}
    assert CallOutcome.REFUSED not in returning
    assert CallOutcome.NONSENSE not in returning
    assert {CallOutcome.WITHDRAWN, CallOutcome.QUOTA, CallOutcome.THROTTLED} <= returning
    assert POLICIES[CallOutcome.WITHDRAWN].mark is Mark.MODEL_OUT
