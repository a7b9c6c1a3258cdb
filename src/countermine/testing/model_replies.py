"""What a model server says: as it should, and in every way that servers were seen to misbehave.

Source: the error tables of the OpenAI chat-completions and the Anthropic messages API.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain, repeat


class Conduct(StrEnum):
    """How a server treats one request."""

    ANSWER = "answer"
    """As it should."""
    EMPTY_ANSWER = "empty-answer"
    CUT_ANSWER = "cut-answer"
    """Stopped at the bound on its length, and says so."""
    HUGE_ANSWER = "huge-answer"
    REFUSAL = "refusal"
    """The model would not, and says so in the place for it."""
    FILTERED = "filtered"
    """A filter stopped the answer."""
    FILTERED_QUESTION = "filtered-question"
    """A filter stopped the question: an error status."""
    WRONG_MODEL = "wrong-model"
    NO_MODEL = "no-model"
    """The answer names none."""
    NO_USAGE = "no-usage"
    """The answer counts nothing."""
    NO_CHOICES = "no-choices"
    SLOW = "slow"
    """Nothing at all, for longer than anybody waits."""
    TRICKLE = "trickle"
    """A byte now and then, without end."""
    ENDLESS = "endless"
    """Bytes without end, as fast as they go."""
    ENDLESS_EVENTS = "endless-events"
    """A stream of events without end, though none was asked for."""
    CUT_OFF = "cut-off"
    """The connection ends in the middle of the body."""
    HANG_UP = "hang-up"
    """The connection ends without an answer."""
    NOT_HTTP = "not-http"
    INVALID_JSON = "invalid-json"
    OTHER_JSON = "other-json"
    """A JSON document that is no answer at all."""
    HTML = "html"
    """A page, as from a gateway or a portal."""
    EMPTY_BODY = "empty-body"
    BAD_TEXT = "bad-text"
    """Bytes that are no UTF-8."""
    COMPRESSED = "compressed"
    """Compressed though that was not asked for."""
    THROTTLED = "throttled"
    """429 without a word on how long."""
    THROTTLED_WAIT = "throttled-wait"
    """429 with ``Retry-After: 7``."""
    QUOTA = "quota"
    """What was paid for is used up."""
    SERVER_ERROR = "server-error"
    BAD_GATEWAY = "bad-gateway"
    UNAVAILABLE = "unavailable"
    OVERLOADED = "overloaded"
    UNAUTHORIZED = "unauthorized"
    """401, which repeats the key that was sent."""
    FORBIDDEN = "forbidden"
    REGION = "region"
    """Not offered where the user is."""
    SUSPENDED = "suspended"
    """The account is."""
    NOT_FOUND = "not-found"
    GONE = "gone"
    """410."""
    RETIRED = "retired"
    """A rejection that says the model is no longer offered."""
    TOO_LONG = "too-long"
    """The question does not fit."""
    REJECTED = "rejected"
    """The form of the request is not taken."""
    REDIRECT = "redirect"
    """Sends the question on to another host."""


ELSEWHERE = "https://elsewhere.example/v1/steal"
"""Where a redirect leads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes over the wire."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    stream: Iterator[bytes] | None = None
    """Instead of a body of known length."""
    pause_s: float = 0.0
    """Before anything is said, and between the pieces of a stream."""
    missing_bytes: int = 0
    """Bytes that are promised and never come."""
    hang_up: bool = False
    """Say nothing and close; with a body, say that and nothing of HTTP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as a model server got it."""

    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: Mapping[str, object]
    """The JSON document; empty where there was none."""

    @property
    def is_anthropic(self) -> bool:
        """Whether it speaks the messages protocol."""
        return self.path.endswith("/messages")

    @property
    def wants_tool(self) -> bool:
        """Whether the answer is to be the arguments of a tool call."""
        return bool(self.body.get("tools"))


def reply_to(asked: Asked, conduct: Conduct, text: str, model: str) -> Reply:
    """Return what a server says to a request.

    Args:
        asked: The request.
        conduct: How it is treated.
        text: The answer, for conduct that has one.
        model: The name that the answer comes under.
    """
    if conduct in _ERRORS:
        return _error(asked, _ERRORS[conduct])
    if conduct in _WIRE:
        return _WIRE[conduct](_plain(asked, text, model))
    document = _answer(asked, text, model)
    _bend(asked, document, conduct)
    return Reply(headers=_JSON, body=json.dumps(document).encode())


_JSON = {"Content-Type": "application/json"}


def _plain(asked: Asked, text: str, model: str) -> bytes:
    return json.dumps(_answer(asked, text, model)).encode()


def _answer(asked: Asked, text: str, model: str) -> dict[str, object]:
    return _messages(asked, text, model) if asked.is_anthropic else _chat(asked, text, model)


def _chat(asked: Asked, text: str, model: str) -> dict[str, object]:
    message: dict[str, object] = {"role": "assistant", "content": text}
    if asked.wants_tool:
        function = {"name": "answer", "arguments": text}
        call = {"id": "call_1", "type": "function", "function": function}
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
    finish = "tool_calls" if asked.wants_tool else "stop"
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
    }


def _messages(asked: Asked, text: str, model: str) -> dict[str, object]:
    block: dict[str, object] = {"type": "text", "text": text}
    if asked.wants_tool:
        try:
            given = json.loads(text)
        except ValueError:
            given = {"said": text}
        block = {"type": "tool_use", "id": "toolu_1", "name": "answer", "input": given}
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [block],
        "stop_reason": "tool_use" if asked.wants_tool else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 100, "output_tokens": 20},
    }


def _bend(asked: Asked, document: dict[str, object], conduct: Conduct) -> None:
    if conduct is Conduct.WRONG_MODEL:
        document["model"] = "something-cheaper-1"
    elif conduct is Conduct.NO_MODEL:
        del document["model"]
    elif conduct is Conduct.NO_USAGE:
        document["usage"] = None if not asked.is_anthropic else _NOTHING_USED
    elif asked.is_anthropic:
        document.update(_BENT_MESSAGES.get(conduct, {}))
    elif conduct in _BENT_CHATS:
        document["choices"] = _BENT_CHATS[conduct]


_NOTHING_USED = {"input_tokens": 0, "output_tokens": 0}

_BENT_MESSAGES: Mapping[Conduct, Mapping[str, object]] = {
    Conduct.EMPTY_ANSWER: {"content": []},
    Conduct.CUT_ANSWER: {
        "content": [{"type": "text", "text": '{"said": "half of'}],
        "stop_reason": "max_tokens",
    },
    Conduct.HUGE_ANSWER: {"content": [{"type": "text", "text": "a" * (5 << 20)}]},
    Conduct.REFUSAL: {"content": [], "stop_reason": "refusal"},
    Conduct.FILTERED: {"content": [], "stop_reason": "refusal"},
    Conduct.NO_CHOICES: {"content": None},
}


def _choice(content: str | None, finish: str, refusal: str | None = None) -> list[object]:
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return [{"index": 0, "message": message, "finish_reason": finish}]


_BENT_CHATS: Mapping[Conduct, list[object]] = {
    Conduct.EMPTY_ANSWER: _choice("", "stop"),
    Conduct.CUT_ANSWER: _choice('{"said": "half of', "length"),
    Conduct.HUGE_ANSWER: _choice("a" * (5 << 20), "stop"),
    Conduct.REFUSAL: _choice(None, "stop", "I cannot help with that."),
    Conduct.FILTERED: _choice("", "content_filter"),
    Conduct.NO_CHOICES: [],
}


def _endless(piece: bytes) -> Iterator[bytes]:
    return repeat(piece)


def _open(body: bytes, text: str) -> Reply:
    """Return the beginning of an answer that never ends."""
    del body
    return Reply(headers=_JSON, stream=chain([b'{"model": "'], _endless(text.encode())))


_WIRE: Mapping[Conduct, Callable[[bytes], Reply]] = {
    Conduct.SLOW: lambda body: Reply(headers=_JSON, body=body, pause_s=60.0),
    Conduct.TRICKLE: lambda _: Reply(headers=_JSON, stream=_endless(b" "), pause_s=0.02),
    Conduct.ENDLESS: lambda body: _open(body, "a" * (1 << 16)),
    Conduct.ENDLESS_EVENTS: lambda _: Reply(
        headers={"Content-Type": "text/event-stream"},
        stream=_endless(b'data: {"choices": [{"delta": {"content": "a"}}]}\n\n' * 500),
    ),
    Conduct.CUT_OFF: lambda body: Reply(headers=_JSON, body=body, missing_bytes=100),
    Conduct.HANG_UP: lambda _: Reply(hang_up=True),
    Conduct.NOT_HTTP: lambda _: Reply(hang_up=True, body=b"SSH-2.0-OpenSSH_9.9\r\n"),
    Conduct.INVALID_JSON: lambda body: Reply(headers=_JSON, body=body[:-9] + b"}}]"),
    Conduct.OTHER_JSON: lambda _: Reply(headers=_JSON, body=b'["what", {"is": 1}, null]'),
    Conduct.HTML: lambda _: Reply(
        headers={"Content-Type": "text/html"}, body=b"<html><body>Please log in</body></html>"
    ),
    Conduct.EMPTY_BODY: lambda _: Reply(headers=_JSON),
    Conduct.BAD_TEXT: lambda body: Reply(headers=_JSON, body=b"\xff\xfe\x00" + body),
    Conduct.COMPRESSED: lambda body: Reply(
        headers={**_JSON, "Content-Encoding": "gzip"}, body=body
    ),
    Conduct.REDIRECT: lambda _: Reply(status=307, headers={"Location": ELSEWHERE}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Error:
    status: int
    chat_code: str | None
    messages_kind: str
    message: str
    messages_status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def _error(asked: Asked, error: _Error) -> Reply:
    """Return an error in the form of the protocol, with the key that was sent repeated in it."""
    sent = asked.headers.get("authorization", "") + asked.headers.get("x-api-key", "")
    message = error.message.replace("KEY", sent)
    status = error.status
    if asked.is_anthropic:
        status = error.messages_status or error.status
        inner: dict[str, object] = {"type": error.messages_kind, "message": message}
        document: dict[str, object] = {"type": "error", "error": inner}
    else:
        code = error.chat_code
        document = {"error": {"message": message, "type": code or "invalid_request", "code": code}}
    return Reply(
        status=status, headers={**_JSON, **error.headers}, body=json.dumps(document).encode()
    )


def _e(status: int, chat_code: str | None, messages_kind: str, message: str, **rest: int) -> _Error:
    return _Error(
        status=status,
        chat_code=chat_code,
        messages_kind=messages_kind,
        message=message,
        messages_status=rest.get("messages_status"),
    )


_ERRORS: Mapping[Conduct, _Error] = {
    Conduct.THROTTLED: _e(429, "rate_limit_exceeded", "rate_limit_error", "Slow down."),
    Conduct.THROTTLED_WAIT: _Error(
        status=429,
        chat_code="rate_limit_exceeded",
        messages_kind="rate_limit_error",
        message="Slow down.",
        headers={"Retry-After": "7"},
    ),
    Conduct.QUOTA: _e(
        429,
        "insufficient_quota",
        "invalid_request_error",
        "Your credit balance is too low to access the API. Please check your plan and billing.",
        messages_status=400,
    ),
    Conduct.SERVER_ERROR: _e(500, "server_error", "api_error", "It broke."),
    Conduct.BAD_GATEWAY: _e(502, None, "api_error", "Bad gateway."),
    Conduct.UNAVAILABLE: _e(503, None, "api_error", "Back soon."),
    Conduct.OVERLOADED: _e(529, None, "overloaded_error", "Overloaded"),
    Conduct.UNAUTHORIZED: _e(
        401, "invalid_api_key", "authentication_error", "Incorrect API key provided: KEY"
    ),
    Conduct.FORBIDDEN: _e(403, None, "permission_error", "KEY may not use this model."),
    Conduct.REGION: _e(
        403,
        "unsupported_country_region_territory",
        "permission_error",
        "Country, region, or territory not supported",
    ),
    Conduct.SUSPENDED: _e(
        400, None, "invalid_request_error", "This organization has been disabled (KEY)."
    ),
    Conduct.NOT_FOUND: _e(404, "model_not_found", "not_found_error", "No such model."),
    Conduct.GONE: _e(410, None, "not_found_error", "This model was retired."),
    Conduct.RETIRED: _e(
        400,
        "model_decommissioned",
        "invalid_request_error",
        "The model has been decommissioned and is no longer supported.",
    ),
    Conduct.TOO_LONG: _e(
        400,
        "context_length_exceeded",
        "invalid_request_error",
        "prompt is too long: 210000 tokens > 200000 maximum",
    ),
    Conduct.FILTERED_QUESTION: _e(
        400, "content_filter", "invalid_request_error", "Blocked by the content_filter."
    ),
    Conduct.REJECTED: _e(
        400, None, "invalid_request_error", "response_format: unknown field json_schema"
    ),
}
