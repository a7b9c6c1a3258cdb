"""What the tests of the transport share."""

from countermine.core.models import ModelTask
from countermine.models.options import ProviderKind, RosterEntry
from countermine.models.request import Request
from countermine.testing.model_server import ModelServer

SENTINEL = "sk-sentinel-4f1d77c0a9"
"""A key that must appear nowhere but in a header."""

ENVIRONMENT = {
    "KEY_OF_TESTS": SENTINEL,
    "OPENAI_API_KEY": "sk-of-another-service",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
}

REQUEST = Request(
    task=ModelTask.EXPLAIN,
    system="Say it.",
    user="What is it?",
    schema={
        "type": "object",
        "properties": {"said": {"type": "string"}},
        "required": ["said"],
        "additionalProperties": False,
    },
    answer_tokens=100,
)

CHAT, MESSAGES = ProviderKind.OPENAI_COMPATIBLE, ProviderKind.ANTHROPIC


def entry_at(server: ModelServer, kind: ProviderKind, timeout_s: float = 5.0) -> RosterEntry:
    return RosterEntry(
        provider=kind,
        model="scripted-1",
        url=server.url if kind is CHAT else server.root,
        key_variable="KEY_OF_TESTS",
        timeout_s=timeout_s,
    )
