"""A roster over real SDKs and servers that misbehave: the next one answers, and nothing leaks."""

import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from countermine.core.models import CallOutcome
from countermine.models.egress import EgressLog, Logged
from countermine.models.options import ModelSettings
from countermine.models.policy import POLICIES, Next
from countermine.models.providers.sending import ProviderTransport
from countermine.models.recording import Recording
from countermine.ports.model import Answered, Unanswered
from countermine.testing.clocks import StillClock
from countermine.testing.model_replies import Asked, Conduct
from countermine.testing.model_server import model_server
from tests.unit.models.asked import UNCAPPED, Bench, Word, question
from tests.unit.models.providers.asking import CHAT, ENVIRONMENT, MESSAGES, SENTINEL, entry_at

pytestmark = pytest.mark.xdist_group("models")

GOOD = '{"word": "yes"}'

BAD = (
    Conduct.REFUSAL,
    Conduct.UNAUTHORIZED,
    Conduct.GONE,
    Conduct.QUOTA,
    Conduct.THROTTLED,
    Conduct.OVERLOADED,
    Conduct.HANG_UP,
    Conduct.CUT_ANSWER,
    Conduct.INVALID_JSON,
    Conduct.HTML,
    Conduct.WRONG_MODEL,
    Conduct.NO_MODEL,
    Conduct.TOO_LONG,
    Conduct.REJECTED,
)


def test_whatever_the_first_model_does_the_second_one_answers_and_no_key_is_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with (
        model_server(say=GOOD) as first,
        model_server(say=GOOD) as second,
        ProviderTransport(ENVIRONMENT) as providers,
    ):
        roster = {
            "first": replace(entry_at(first, CHAT), retries=0),
            "second": entry_at(second, MESSAGES),
        }
        bench = Bench(
            folder=tmp_path, settings=ModelSettings(roster=roster, caps=UNCAPPED), script=[]
        )
        logged = Logged(inner=providers, log=EgressLog(tmp_path / "egress.jsonl", StillClock()))
        recording = Recording(logged, tmp_path / "record.jsonl")
        for conduct in BAD:
            first.plan = conduct
            reply = bench.another(recording).ask(question(text=f"# {conduct}"))
            assert isinstance(reply, Answered), (conduct, reply)
            assert reply.answer == Word(word="yes")
            assert reply.calls[0].outcome is not CallOutcome.ANSWERED, conduct
            assert reply.calls[-1].entry == "second"
    outcomes = {call.outcome for call in bench.store.calls()}
    assert outcomes >= {
        outcome
        for outcome, policy in POLICIES.items()
        if policy.next is not Next.STOP and outcome in _REACHED
    }
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"scripted-1" in kept
    assert SENTINEL.encode() not in kept
    assert SENTINEL not in caplog.text + "".join(capfd.readouterr())


_REACHED = {
    CallOutcome.ANSWERED,
    CallOutcome.REFUSED,
    CallOutcome.WITHDRAWN,
    CallOutcome.QUOTA,
    CallOutcome.THROTTLED,
    CallOutcome.OVERLOADED,
    CallOutcome.UNREACHABLE,
    CallOutcome.TRUNCATED,
    CallOutcome.NONSENSE,
    CallOutcome.SUBSTITUTED,
    CallOutcome.TOO_LONG,
    CallOutcome.REJECTED,
}


def test_a_key_that_a_server_puts_into_its_answer_is_taken_out(tmp_path: Path) -> None:
    def repeating(asked: Asked) -> str:
        return json.dumps({"word": asked.headers["authorization"]})

    with model_server(say=repeating) as server, ProviderTransport(ENVIRONMENT) as providers:
        settings = ModelSettings(roster={"only": entry_at(server, CHAT)}, caps=UNCAPPED)
        bench = Bench(folder=tmp_path, settings=settings, script=[])
        reply = bench.another(providers).ask(question())
    assert isinstance(reply, Answered)
    assert reply.answer == Word(word="Bearer [key]")


def test_when_both_are_withdrawn_in_the_middle_the_question_has_a_defined_end(
    tmp_path: Path,
) -> None:
    def withdrawn(_: Asked, before: int) -> Conduct:
        return Conduct.ANSWER if before < 2 else Conduct.GONE

    with model_server(withdrawn, say=GOOD) as server, ProviderTransport(ENVIRONMENT) as providers:
        roster = {"chat": entry_at(server, CHAT), "messages": entry_at(server, MESSAGES)}
        settings = ModelSettings(roster=roster, caps=UNCAPPED)
        bench = Bench(folder=tmp_path, settings=settings, script=[])
        asking = bench.another(providers)
        replies = [asking.ask(question(text=f"# {at}")) for at in range(4)]
        sent = len(server.asked)
    assert [isinstance(reply, Answered) for reply in replies] == [True, True, False, False]
    assert isinstance(replies[3], Unanswered)
    assert replies[3].lack == "gone"
    # Two answers, and each of the two models was asked in vain once.
    assert sent == 4
