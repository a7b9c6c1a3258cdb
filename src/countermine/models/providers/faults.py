"""What came of a call that brought no answer, as one of our outcomes."""

import re
from collections.abc import Iterator

from pydantic_ai import exceptions as said

from countermine.core.models import CallOutcome
from countermine.models.providers.failing import CallFailedError
from countermine.models.providers.http import Seen
from countermine.models.providers.keys import Key
from countermine.models.transport import Fault

_KINDS: tuple[tuple[type[Exception], CallOutcome], ...] = (
    (said.ContentFilterError, CallOutcome.REFUSED),
    (said.ModelQuotaExceededError, CallOutcome.QUOTA),
    (said.ModelRateLimitError, CallOutcome.THROTTLED),
    (said.ModelNotFoundError, CallOutcome.WITHDRAWN),
    (said.ModelAuthenticationError, CallOutcome.WITHDRAWN),
    (said.ModelContextWindowExceededError, CallOutcome.TOO_LONG),
    (said.ModelRequestTimeout, CallOutcome.TIMED_OUT),
    (said.ModelTimeoutError, CallOutcome.TIMED_OUT),
    (said.ModelConnectionError, CallOutcome.UNREACHABLE),
    (said.ModelUnavailableError, CallOutcome.OVERLOADED),
    (said.ModelServerError, CallOutcome.OVERLOADED),
    (TimeoutError, CallOutcome.TIMED_OUT),
    (OSError, CallOutcome.UNREACHABLE),
    (said.UserError, CallOutcome.REJECTED),
)
"""By what the SDKs' own layer calls it; the first that fits holds."""

_STATUSES = {
    402: CallOutcome.QUOTA,
    408: CallOutcome.TIMED_OUT,
    410: CallOutcome.WITHDRAWN,
    413: CallOutcome.TOO_LONG,
    451: CallOutcome.WITHDRAWN,
    529: CallOutcome.OVERLOADED,
}
"""Statuses that no kind of error stands for."""

_WORDS: tuple[tuple[re.Pattern[str], CallOutcome], ...] = (
    (
        re.compile(
            r"content_?filter|content_policy|responsible ?ai|usage polic|flagged as|safety system",
            re.IGNORECASE,
        ),
        CallOutcome.REFUSED,
    ),
    (
        re.compile(
            r"context (size|length|window)|context_(size|length|window)|too many tokens"
            r"|prompt is too long|input is too long",
            re.IGNORECASE,
        ),
        CallOutcome.TOO_LONG,
    ),
    (
        re.compile(
            r"decommission|no longer (available|supported)|has been (retired|deprecated|disabled)"
            r"|location is not supported|unsupported_country|not available in your (country|region)"
            r"|(account|organization|organisation|project)\b.{0,40}\b(suspend|deactivat|disabl)"
            r"|model_not_found|model .{0,80}(does not exist|not found)",
            re.IGNORECASE,
        ),
        CallOutcome.WITHDRAWN,
    ),
)
"""What providers write into a rejection that has no status or code of its own."""

_NOT_PAID = range(300, 500)
"""Statuses of requests that no model was put to work for."""

_LONGEST_REASON = 300

_CREDENTIALS = re.compile(r"Credential|Token|Login|SSO|Auth")
_SETTINGS = re.compile(r"Configuration|Validation|InvalidEndpoint|InvalidRegion|Unknown")
"""Names of botocore's own errors: what AWS's settings lack, and what is wrong with them."""


def fault_of(error: BaseException, seen: Seen, key: Key | None) -> Fault:
    """Return what came of a call.

    Args:
        error: What the SDK, or what is built on it, raised.
        seen: What came over the wire.
        key: Cleared from all that is said; a provider may well repeat it.
    """
    outcome, reason = _outcome(error, seen)
    return Fault(
        outcome=outcome,
        reason=one_sentence(reason, key),
        wait_s=_wait(error),
        serving=one_sentence(seen.serving, key) if seen.serving is not None else None,
        sent=_may_have_to_be_paid(error, seen),
    )


def one_sentence(text: str, key: Key | None) -> str:
    """Return a provider's words on one short line, without the key and without control codes."""
    cleared = key.clear(text) if key is not None else text
    line = "".join(sign if sign.isprintable() else " " for sign in cleared[: 8 * _LONGEST_REASON])
    return " ".join(line.split())[:_LONGEST_REASON]


def _outcome(error: BaseException, seen: Seen) -> tuple[CallOutcome, str]:
    for cause in _causes(error):
        if isinstance(cause, CallFailedError):
            return cause.outcome, cause.reason
    words = _words_of(error)
    outcome = _of_kind(error, words)
    if outcome is not None:
        return outcome, words
    if seen.is_nameless:
        return CallOutcome.SUBSTITUTED, "the answer does not say which model gave it"
    return CallOutcome.NONSENSE, f"the answer cannot be read: {words}"


def _of_kind(error: BaseException, words: str) -> CallOutcome | None:
    for kind, outcome in _KINDS:
        if isinstance(error, kind):
            return outcome
    if isinstance(error, said.ModelHTTPError):
        return _of_status(error, words)
    if isinstance(error, said.ModelRequestRejectedError):
        return _of_words(words)
    if _is_of(error, "botocore"):
        return _of_botocore(type(error).__name__)
    return CallOutcome.UNREACHABLE if _is_of(error, "httpx2") else None


def _of_botocore(name: str) -> CallOutcome:
    if _CREDENTIALS.search(name):
        return CallOutcome.WITHDRAWN
    return CallOutcome.REJECTED if _SETTINGS.search(name) else CallOutcome.UNREACHABLE


def _of_status(error: "said.ModelHTTPError", words: str) -> CallOutcome:
    known = _STATUSES.get(error.status_code)
    if known is not None:
        return known
    if error.status_code >= 500:  # noqa: PLR2004 - HTTP's own
        return CallOutcome.OVERLOADED
    return _of_words(words)


def _of_words(words: str) -> CallOutcome:
    for pattern, outcome in _WORDS:
        if pattern.search(words):
            return outcome
    return CallOutcome.REJECTED


def _words_of(error: BaseException) -> str:
    """Return what the provider itself says, with its status, or else what the error says."""
    if isinstance(error, said.ModelConnectionError):
        # The SDKs' own words are "Connection error."; why is at the bottom.
        return next((str(cause) for cause in reversed(list(_causes(error))) if str(cause)), "")
    if not isinstance(error, said.ModelHTTPError):
        return str(error) or type(error).__name__
    held: object = error.body
    for name in ("error", "message"):
        if isinstance(held, dict) and name in held:
            held = held[name]
    code = error.provider_error_code or error.provider_error_type
    return f"status {error.status_code}: {code + ': ' if code else ''}{held or ''}"


def _wait(error: BaseException) -> float | None:
    wait = error.retry_after if isinstance(error, said.ModelAPIError) else None
    return wait if wait is not None and 0 <= wait < float("inf") else None


def _may_have_to_be_paid(error: BaseException, seen: Seen) -> bool:
    if isinstance(error, said.ModelConnectionError) and error.phase in ("connect", "pool"):
        return False
    if isinstance(error, said.UserError):
        return False
    status = seen.status
    if status is None and isinstance(error, said.ModelHTTPError):
        status = error.status_code
    return status not in _NOT_PAID


def _is_of(error: BaseException, package: str) -> bool:
    return any(kind.__module__.partition(".")[0] == package for kind in type(error).__mro__)


def _causes(error: BaseException) -> Iterator[BaseException]:
    met: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in met:
        met.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__
