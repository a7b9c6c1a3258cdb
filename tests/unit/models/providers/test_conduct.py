"""Whatever a server does, over either protocol and through the real SDKs, has a typed outcome."""

import logging
from collections.abc import Iterator

import pytest

from countermine.core.models import CallOutcome
from countermine.models.options import ProviderKind
from countermine.models.providers.sending import ProviderTransport
from countermine.models.transport import Fault, Said
from countermine.testing.model_replies import Conduct
from countermine.testing.model_server import ModelServer, model_server
from tests.unit.models.providers.asking import (
    CHAT,
    ENVIRONMENT,
    MESSAGES,
    REQUEST,
    SENTINEL,
    entry_at,
)

pytestmark = pytest.mark.xdist_group("models")

FAULTS = {
    Conduct.HUGE_ANSWER: CallOutcome.NONSENSE,
    Conduct.FILTERED_QUESTION: CallOutcome.REFUSED,
    Conduct.NO_CHOICES: CallOutcome.NONSENSE,
    Conduct.SLOW: CallOutcome.TIMED_OUT,
    Conduct.TRICKLE: CallOutcome.TIMED_OUT,
    Conduct.ENDLESS: CallOutcome.NONSENSE,
    Conduct.ENDLESS_EVENTS: CallOutcome.NONSENSE,
    Conduct.CUT_OFF: CallOutcome.UNREACHABLE,
    Conduct.HANG_UP: CallOutcome.UNREACHABLE,
    Conduct.NOT_HTTP: CallOutcome.UNREACHABLE,
    Conduct.INVALID_JSON: CallOutcome.NONSENSE,
    Conduct.OTHER_JSON: CallOutcome.NONSENSE,
    Conduct.HTML: CallOutcome.NONSENSE,
    Conduct.EMPTY_BODY: CallOutcome.NONSENSE,
    Conduct.BAD_TEXT: CallOutcome.NONSENSE,
    Conduct.COMPRESSED: CallOutcome.NONSENSE,
    Conduct.THROTTLED: CallOutcome.THROTTLED,
    Conduct.THROTTLED_WAIT: CallOutcome.THROTTLED,
    Conduct.QUOTA: CallOutcome.QUOTA,
    Conduct.SERVER_ERROR: CallOutcome.OVERLOADED,
    Conduct.BAD_GATEWAY: CallOutcome.OVERLOADED,
    Conduct.UNAVAILABLE: CallOutcome.OVERLOADED,
    Conduct.OVERLOADED: CallOutcome.OVERLOADED,
    Conduct.UNAUTHORIZED: CallOutcome.WITHDRAWN,
    Conduct.FORBIDDEN: CallOutcome.WITHDRAWN,
    Conduct.REGION: CallOutcome.WITHDRAWN,
    Conduct.SUSPENDED: CallOutcome.WITHDRAWN,
    Conduct.NOT_FOUND: CallOutcome.WITHDRAWN,
    Conduct.GONE: CallOutcome.WITHDRAWN,
    Conduct.RETIRED: CallOutcome.WITHDRAWN,
    Conduct.TOO_LONG: CallOutcome.TOO_LONG,
    Conduct.REJECTED: CallOutcome.REJECTED,
    Conduct.REDIRECT: CallOutcome.REJECTED,
}

ANSWERS = {
    Conduct.ANSWER: Said(
        text='{"said":"hi"}', serving="scripted-1", input_tokens=100, output_tokens=20
    ),
    Conduct.EMPTY_ANSWER: Said(text="", serving="scripted-1", input_tokens=100, output_tokens=20),
    Conduct.CUT_ANSWER: Said(
        text='{"said": "half of',
        serving="scripted-1",
        input_tokens=100,
        output_tokens=20,
        truncated=True,
    ),
    Conduct.FILTERED: Said(
        text="", serving="scripted-1", input_tokens=100, output_tokens=20, refused=True
    ),
    Conduct.WRONG_MODEL: Said(
        text='{"said":"hi"}', serving="something-cheaper-1", input_tokens=100, output_tokens=20
    ),
}

OTHERS = {Conduct.REFUSAL, Conduct.NO_MODEL, Conduct.NO_USAGE}
"""Where the protocols differ; each has a test of its own."""

OUT_OF_TIME = (Conduct.SLOW, Conduct.TRICKLE)

PROTOCOLS = pytest.mark.parametrize("kind", [CHAT, MESSAGES])


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with model_server(say='{"said":"hi"}') as serving:
        yield serving


@pytest.fixture(scope="module")
def transport() -> Iterator[ProviderTransport]:
    with ProviderTransport(ENVIRONMENT) as sending:
        yield sending


def test_every_conduct_has_its_expectation() -> None:
    assert {*FAULTS, *ANSWERS, *OTHERS} == set(Conduct)


@PROTOCOLS
@pytest.mark.parametrize("conduct", FAULTS)
def test_a_fault_is_its_own_outcome_and_never_shows_the_key(
    server: ModelServer,
    transport: ProviderTransport,
    kind: ProviderKind,
    conduct: Conduct,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    server.plan = conduct
    before = len(server.asked)
    timeout_s = 0.3 if conduct in OUT_OF_TIME else 5.0
    sent = transport.send("tested", entry_at(server, kind, timeout_s), REQUEST)
    assert isinstance(sent, Fault)
    assert sent.outcome is FAULTS[conduct], sent
    assert sent.reason
    assert len(sent.reason) <= 300
    assert sent.reason.isprintable()
    assert sent.wait_s == (7.0 if conduct is Conduct.THROTTLED_WAIT else None)
    # Retries are ours to decide: each question goes out once.
    assert len(server.asked) == before + 1
    assert SENTINEL in server.asked[-1].headers["authorization"]
    assert SENTINEL not in repr(sent) + caplog.text + "".join(capfd.readouterr())


@PROTOCOLS
@pytest.mark.parametrize("conduct", ANSWERS)
def test_an_answer_comes_under_the_name_that_it_gives_itself(
    server: ModelServer, transport: ProviderTransport, kind: ProviderKind, conduct: Conduct
) -> None:
    server.plan = conduct
    assert transport.send("tested", entry_at(server, kind), REQUEST) == ANSWERS[conduct]


@PROTOCOLS
def test_a_refusal_is_told_from_an_answer(
    server: ModelServer, transport: ProviderTransport, kind: ProviderKind
) -> None:
    server.plan = Conduct.REFUSAL
    sent = transport.send("tested", entry_at(server, kind), REQUEST)
    assert isinstance(sent, Said)
    assert sent.refused
    assert sent.text == ("I cannot help with that." if kind is CHAT else "")


@PROTOCOLS
def test_an_answer_without_a_name_is_never_given_the_requested_one(
    server: ModelServer, transport: ProviderTransport, kind: ProviderKind
) -> None:
    server.plan = Conduct.NO_MODEL
    sent = transport.send("tested", entry_at(server, kind), REQUEST)
    assert sent.serving is None
    assert isinstance(sent, Said) or sent.outcome is CallOutcome.SUBSTITUTED


@PROTOCOLS
def test_what_a_server_does_not_count_is_counted_at_its_most(
    server: ModelServer, transport: ProviderTransport, kind: ProviderKind
) -> None:
    server.plan = Conduct.NO_USAGE
    sent = transport.send("tested", entry_at(server, kind), REQUEST)
    assert isinstance(sent, Said)
    assert sent.input_tokens == REQUEST.most_tokens
    assert sent.output_tokens == len(sent.text)


@PROTOCOLS
def test_a_model_can_be_withdrawn_between_two_questions(
    server: ModelServer, transport: ProviderTransport, kind: ProviderKind
) -> None:
    before = len(server.asked)
    server.plan = lambda _, number: Conduct.GONE if number - before >= 2 else Conduct.ANSWER
    got = [transport.send("tested", entry_at(server, kind), REQUEST) for _ in range(4)]
    assert [isinstance(one, Said) for one in got] == [True, True, False, False]
    assert isinstance(got[3], Fault)
    assert got[3].outcome is CallOutcome.WITHDRAWN


def test_nothing_listens() -> None:
    with model_server() as server:
        entry = entry_at(server, CHAT)
    with ProviderTransport(ENVIRONMENT) as transport:
        sent = transport.send("tested", entry, REQUEST)
    assert isinstance(sent, Fault)
    assert sent.outcome is CallOutcome.UNREACHABLE
    assert not sent.sent
