"""Google, Mistral and Bedrock, through their own SDKs, against a server that speaks as they do."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from countermine.core.models import CallOutcome
from countermine.models.options import ProviderKind, RosterEntry
from countermine.models.providers.sending import ProviderTransport
from countermine.models.transport import Fault, Said
from tests.unit.models.providers.asking import REQUEST, SENTINEL

pytestmark = pytest.mark.xdist_group("models")

ANSWER = '{"said":"hi"}'

GEMINI = {
    "candidates": [
        {"content": {"role": "model", "parts": [{"text": ANSWER}]}, "finishReason": "STOP"}
    ],
    "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 3, "totalTokenCount": 8},
    "modelVersion": "gemini-x-001",
}
TOOL = {"toolUse": {"toolUseId": "t1", "name": "answer", "input": {"said": "hi"}}}
CONVERSE = {
    "output": {"message": {"role": "assistant", "content": [TOOL]}},
    "stopReason": "tool_use",
    "usage": {"inputTokens": 5, "outputTokens": 3, "totalTokens": 8},
    "metrics": {"latencyMs": 1},
}
CALL = {"id": "abcdefghi", "type": "function", "function": {"name": "answer", "arguments": ANSWER}}
CHAT = {
    "id": "1",
    "object": "chat.completion",
    "created": 1,
    "model": "mistral-x-2410",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "", "tool_calls": [CALL]},
            "finish_reason": "tool_calls",
        }
    ],
    "usage": {"prompt_tokens": 5, "completion_tokens": 3, "total_tokens": 8},
}

BLOCKED = {**GEMINI, "candidates": [], "promptFeedback": {"blockReason": "SAFETY"}}
STOPPED = {**CONVERSE, "stopReason": "guardrail_intervened"}

WAIT = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "14s"}
DAY = {
    "@type": "type.googleapis.com/google.rpc.QuotaFailure",
    "violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}],
}


SPENT = "RESOURCE_EXHAUSTED"
REGION = {"error": {"status": "FAILED_PRECONDITION", "message": "User location is not supported"}}
BUSY = {"__type": "ServiceUnavailableException"}


def google_error(status: int, name: str, *details: object) -> tuple[int, object]:
    inner = {"code": status, "status": name, "message": "no KEY", "details": details}
    return status, {"error": inner}


@dataclass(slots=True)
class Speaking:
    url: str = ""
    status: int = 200
    document: object = None
    silent: bool = False
    asked: int = 0


@pytest.fixture(scope="module")
def speaking() -> Iterator[Speaking]:
    told = Speaking()
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            told.asked += 1
            if told.silent:
                over.wait(5)
                self.close_connection = True
                return
            key = self.headers.get("x-goog-api-key") or self.headers.get("authorization") or ""
            body = json.dumps(told.document).replace("KEY", key).encode()
            self.send_response(told.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if isinstance(told.document, dict) and "__type" in told.document:
                self.send_header("x-amzn-errortype", told.document["__type"])
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    yield told
    over.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def transport() -> Iterator[ProviderTransport]:
    with ProviderTransport({"KEY_OF_TESTS": SENTINEL}) as sending:
        yield sending


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS's own client takes its credentials from here, and the key of the service wants TLS."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOFTESTS")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SENTINEL)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_BEARER_TOKEN_BEDROCK", raising=False)


def entry_of(kind: ProviderKind, url: str) -> RosterEntry:
    bedrock = kind is ProviderKind.BEDROCK
    return RosterEntry(
        provider=kind,
        model="vendor.model-x",
        url=url,
        key_variable=None if bedrock else "KEY_OF_TESTS",
        region="eu-west-1" if bedrock else None,
        timeout_s=5.0,
    )


@pytest.mark.parametrize(
    ("kind", "document", "serving"),
    [
        (ProviderKind.GOOGLE, GEMINI, "gemini-x-001"),
        (ProviderKind.MISTRAL, CHAT, "mistral-x-2410"),
        (ProviderKind.BEDROCK, CONVERSE, "vendor.model-x"),
    ],
)
def test_an_answer_is_an_answer_of_any_provider(
    speaking: Speaking,
    transport: ProviderTransport,
    kind: ProviderKind,
    document: object,
    serving: str,
) -> None:
    speaking.status, speaking.document = 200, document
    said = transport.send("tested", entry_of(kind, speaking.url), REQUEST)
    assert isinstance(said, Said), said
    assert json.loads(said.text) == {"said": "hi"}
    assert (said.serving, said.input_tokens, said.output_tokens) == (serving, 5, 3)


@pytest.mark.parametrize(
    ("kind", "document"), [(ProviderKind.GOOGLE, BLOCKED), (ProviderKind.BEDROCK, STOPPED)]
)
def test_what_a_filter_stops_is_a_refusal(
    speaking: Speaking, transport: ProviderTransport, kind: ProviderKind, document: object
) -> None:
    speaking.status, speaking.document = 200, document
    said = transport.send("tested", entry_of(kind, speaking.url), REQUEST)
    assert isinstance(said, Said), said
    assert said.refused


@pytest.mark.parametrize(
    ("kind", "status", "document", "outcome"),
    [
        (
            ProviderKind.GOOGLE,
            *google_error(429, "RESOURCE_EXHAUSTED", WAIT),
            CallOutcome.THROTTLED,
        ),
        (ProviderKind.GOOGLE, *google_error(429, "RESOURCE_EXHAUSTED", DAY), CallOutcome.QUOTA),
        (ProviderKind.GOOGLE, *google_error(403, "PERMISSION_DENIED"), CallOutcome.WITHDRAWN),
        (ProviderKind.GOOGLE, *google_error(404, "NOT_FOUND"), CallOutcome.WITHDRAWN),
        (ProviderKind.GOOGLE, *google_error(503, "UNAVAILABLE"), CallOutcome.OVERLOADED),
        (
            ProviderKind.GOOGLE,
            400,
            {
                "error": {
                    "status": "FAILED_PRECONDITION",
                    "message": "User location is not supported",
                }
            },
            CallOutcome.WITHDRAWN,
        ),
        (ProviderKind.MISTRAL, 429, {"message": "slow down"}, CallOutcome.THROTTLED),
        (ProviderKind.MISTRAL, 401, {"message": "no KEY"}, CallOutcome.WITHDRAWN),
        (ProviderKind.MISTRAL, 500, {"message": "broken"}, CallOutcome.OVERLOADED),
        (ProviderKind.MISTRAL, 200, {"odd": 1}, CallOutcome.NONSENSE),
        (ProviderKind.BEDROCK, 429, {"__type": "ThrottlingException"}, CallOutcome.THROTTLED),
        (
            ProviderKind.BEDROCK,
            400,
            {"__type": "ServiceQuotaExceededException", "message": "used up"},
            CallOutcome.QUOTA,
        ),
        (ProviderKind.BEDROCK, 403, {"__type": "AccessDeniedException"}, CallOutcome.WITHDRAWN),
        (ProviderKind.BEDROCK, 404, {"__type": "ResourceNotFoundException"}, CallOutcome.WITHDRAWN),
        (
            ProviderKind.BEDROCK,
            503,
            {"__type": "ServiceUnavailableException"},
            CallOutcome.OVERLOADED,
        ),
    ],
)
def test_a_fault_is_a_fault_of_any_provider(
    speaking: Speaking,
    transport: ProviderTransport,
    kind: ProviderKind,
    status: int,
    document: object,
    outcome: CallOutcome,
) -> None:
    speaking.status, speaking.document = status, document
    before = speaking.asked
    fault = transport.send("tested", entry_of(kind, speaking.url), REQUEST)
    assert isinstance(fault, Fault)
    assert fault.outcome is outcome, fault
    assert speaking.asked == before + 1
    assert SENTINEL not in repr(fault)
    waits = outcome is CallOutcome.THROTTLED and kind is ProviderKind.GOOGLE
    assert fault.wait_s == (14.0 if waits else None)


@pytest.mark.parametrize("kind", [ProviderKind.GOOGLE, ProviderKind.MISTRAL, ProviderKind.BEDROCK])
def test_silence_is_out_of_time_for_any_provider(
    speaking: Speaking, transport: ProviderTransport, kind: ProviderKind
) -> None:
    speaking.silent = True
    entry = replace(entry_of(kind, speaking.url), timeout_s=0.3)
    fault = transport.send("tested", entry, REQUEST)
    speaking.silent = False
    assert isinstance(fault, Fault)
    assert fault.outcome is CallOutcome.TIMED_OUT


def test_bedrock_without_a_region_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    entry = RosterEntry(provider=ProviderKind.BEDROCK, model="m")
    with ProviderTransport({}) as transport:
        fault = transport.send("tested", entry, REQUEST)
    assert isinstance(fault, Fault)
    assert (fault.outcome, fault.sent) == (CallOutcome.WITHDRAWN, False)
    assert "region" in fault.reason


def test_an_odd_proxy_is_said_without_its_password() -> None:
    entry = RosterEntry(provider=ProviderKind.ANTHROPIC, model="m", key_variable="KEY_OF_TESTS")
    environment = {"KEY_OF_TESTS": SENTINEL, "HTTPS_PROXY": "gopher://me:secret@proxy:70"}
    with ProviderTransport(environment) as transport:
        fault = transport.send("tested", entry, REQUEST)
    assert isinstance(fault, Fault)
    assert fault.outcome is CallOutcome.UNREACHABLE
    assert "secret" not in fault.reason
