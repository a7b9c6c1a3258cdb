"""What goes over the wire, to whom, and with whose key."""

import json
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from countermine.core.models import CallOutcome
from countermine.models.options import ProviderKind, RosterEntry, Structure
from countermine.models.providers.http import proxy_for
from countermine.models.providers.sending import ProviderTransport
from countermine.models.transport import Fault, Said
from countermine.testing.model_replies import Asked, Conduct
from countermine.testing.model_server import model_server
from tests.unit.models.providers.asking import (
    CHAT,
    ENVIRONMENT,
    MESSAGES,
    REQUEST,
    SENTINEL,
    entry_at,
)

pytestmark = pytest.mark.xdist_group("models")


def asked_with(kind: ProviderKind, structure: Structure) -> Asked:
    with model_server(say='{"said": "hi"}') as server, ProviderTransport(ENVIRONMENT) as transport:
        entry = replace(entry_at(server, kind), structure=structure)
        sent = transport.send("tested", entry, REQUEST)
        assert isinstance(sent, Said)
        assert json.loads(sent.text) == {"said": "hi"}
    return server.asked[0]


def test_a_compatible_server_is_given_the_schema_as_grammar_and_as_words() -> None:
    asked = asked_with(CHAT, Structure.AUTO)
    form = asked.body["response_format"]
    assert isinstance(form, Mapping)
    assert form["json_schema"]["schema"] == REQUEST.schema
    messages = asked.body["messages"]
    assert isinstance(messages, list)
    assert [message["role"] for message in messages] == ["system", "user"]
    assert messages[0]["content"].startswith(REQUEST.system)
    assert '"said"' in messages[0]["content"]
    assert messages[1]["content"] == REQUEST.user
    assert asked.body["max_tokens"] == REQUEST.answer_tokens
    assert not asked.wants_tool


@pytest.mark.parametrize("kind", [CHAT, MESSAGES])
def test_an_answer_can_be_the_arguments_of_a_tool(kind: ProviderKind) -> None:
    asked = asked_with(kind, Structure.TOOL)
    tools = asked.body["tools"]
    assert isinstance(tools, list)
    assert len(tools) == 1
    assert "response_format" not in asked.body


@pytest.mark.parametrize("kind", [CHAT, MESSAGES])
def test_a_prompted_answer_asks_nothing_of_the_server(kind: ProviderKind) -> None:
    asked = asked_with(kind, Structure.PROMPTED)
    assert not asked.wants_tool
    assert "response_format" not in asked.body
    assert "required" in json.dumps(asked.body)


def test_nothing_is_said_of_the_machine() -> None:
    headers = asked_with(CHAT, Structure.AUTO).headers
    assert not [name for name in headers if name.startswith("x-stainless")]
    assert headers["accept-encoding"] == "identity"


def test_the_key_of_one_service_does_not_go_to_another(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "of-another-service")
    with model_server() as server, ProviderTransport({"OPENAI_API_KEY": SENTINEL}) as transport:
        entry = replace(entry_at(server, CHAT), key_variable=None)
        assert isinstance(transport.send("tested", entry, REQUEST), Said)
    headers = json.dumps(dict(server.asked[0].headers))
    assert SENTINEL not in headers
    assert "of-another-service" not in headers


@pytest.mark.parametrize("kind", [*ProviderKind])
def test_a_missing_key_is_a_withdrawn_model_and_nothing_is_sent(kind: ProviderKind) -> None:
    entry = RosterEntry(provider=kind, model="m", url="http://127.0.0.1:9", key_variable="UNSET")
    with ProviderTransport({}) as transport:
        sent = transport.send("tested", entry, REQUEST)
    reason = "no key: the environment variable UNSET is not set"
    assert sent == Fault(outcome=CallOutcome.WITHDRAWN, reason=reason, sent=False)


def test_a_keyring_without_the_key_is_a_withdrawn_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    entry = RosterEntry(provider=CHAT, model="m", url="http://127.0.0.1:9", keyring_service="s")
    with ProviderTransport({}) as transport:
        sent = transport.send("tested", entry, REQUEST)
    assert isinstance(sent, Fault)
    assert sent.outcome is CallOutcome.WITHDRAWN
    assert "keyring" in sent.reason


def test_many_threads_share_a_transport() -> None:
    def say(asked: Asked) -> str:
        return json.dumps({"said": json.dumps(asked.body)[-20:]})

    with model_server(say=say) as server, ProviderTransport(ENVIRONMENT) as transport:
        entry = entry_at(server, CHAT)
        requests = [replace(REQUEST, user=f"question {at}") for at in range(24)]
        with ThreadPoolExecutor(8) as pool:
            got = list(pool.map(lambda one: transport.send("tested", entry, one), requests))
    assert all(isinstance(one, Said) for one in got)
    assert len(server.asked) == 24


def test_a_slow_call_does_not_hold_up_another() -> None:
    with model_server() as server, ProviderTransport(ENVIRONMENT) as transport:
        server.plan = lambda asked, _: (
            Conduct.SLOW if "slow" in json.dumps(asked.body) else Conduct.ANSWER
        )
        entry = entry_at(server, CHAT, timeout_s=1.0)
        slow = threading.Thread(
            target=transport.send, args=("tested", entry, replace(REQUEST, user="slow"))
        )
        slow.start()
        assert isinstance(transport.send("tested", entry, REQUEST), Said)
        assert slow.is_alive()
        slow.join()


def test_a_call_costs_little_beside_the_call() -> None:
    with model_server() as server, ProviderTransport(ENVIRONMENT) as transport:
        entry = entry_at(server, CHAT)
        transport.send("tested", entry, REQUEST)
        begun = time.perf_counter()
        for _ in range(10):
            transport.send("tested", entry, REQUEST)
        each_s = (time.perf_counter() - begun) / 10
    # 25 ms is the bar on a quiet machine; tests share theirs.
    assert each_s < 0.25


def test_a_closed_transport_begins_anew() -> None:
    with model_server() as server, ProviderTransport(ENVIRONMENT) as transport:
        entry = entry_at(server, CHAT)
        assert isinstance(transport.send("tested", entry, REQUEST), Said)
        transport.close()
        assert isinstance(transport.send("tested", entry, REQUEST), Said)


@pytest.mark.parametrize(
    ("url", "environment", "proxy"),
    [
        ("https://api.example/v1", {"HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        ("https://api.example/v1", {"https_proxy": "http://p:1"}, "http://p:1"),
        ("https://api.example/v1", {"ALL_PROXY": "http://p:1"}, "http://p:1"),
        ("https://api.example/v1", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".example"}, None),
        (
            "https://api.example/v1",
            {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "ample"},
            "http://p:1",
        ),
        ("https://api.example/v1", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, None),
        ("https://localhost/v1", {"HTTPS_PROXY": "http://p:1"}, None),
        ("http://127.0.0.1:80/v1", {"ALL_PROXY": "http://p:1"}, None),
    ],
)
def test_a_proxy_is_for_other_machines_only(
    url: str, environment: Mapping[str, str], proxy: str | None
) -> None:
    assert proxy_for(url, environment) == proxy
