"""HTTP that a provider cannot misuse: no redirects, no compression, a bound on every answer."""

# typing.override is younger than the oldest Python that this runs on.
# mypy: disable-error-code="explicit-override"

import json
from collections.abc import AsyncIterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx2

from countermine.core.models import CallOutcome
from countermine.models.locality import is_loopback
from countermine.models.providers.failing import CallFailedError

MAX_ANSWER_BYTES = 4 << 20
"""Answers have some thousand tokens; with a model's thinking, some hundred thousand."""

MAX_CONNECT_S = 10.0
"""Longest time for a connection, where the entry's own bound is not shorter."""


@dataclass(slots=True)
class Seen:
    """What came over the wire in one call, as it came."""

    status: int | None = None
    body: bytearray = field(default_factory=bytearray)

    @property
    def serving(self) -> str | None:
        """Return the model that the answer itself names.

        Read here since SDKs and what is built on them put the requested name in a gap.
        """
        document = self._document()
        named = (document.get("model") or document.get("modelVersion")) if document else None
        return named if isinstance(named, str) else None

    @property
    def is_nameless(self) -> bool:
        """Tell whether there is an answer that does not say whose it is."""
        document = self._document()
        return document is not None and "choices" in document and "model" not in document

    def _document(self) -> Mapping[str, object] | None:
        if self.status is None or not 200 <= self.status < 300:  # noqa: PLR2004 - HTTP's own
            return None
        try:
            document: object = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return document if isinstance(document, dict) else None


SEEN: ContextVar[Seen | None] = ContextVar("SEEN", default=None)
"""Where the call that is under way writes down what it sees."""


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, seen: Seen, most: int) -> None:
        self._stream = stream
        self._seen = seen
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            self._seen.body += chunk
            if len(self._seen.body) > self._most:
                raise _too_large(self._most)
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Guarded(httpx2.AsyncBaseTransport):
    """A transport that refuses what no provider needs and a hostile one could use."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, most: int) -> None:
        self._inner = inner
        self._most = most

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        # A few compressed bytes can become any number of others.
        request.headers["accept-encoding"] = "identity"
        for name in [name for name in request.headers if name.startswith("x-stainless-")]:
            # What machine this is, which no provider needs to know.
            del request.headers[name]
        response = await self._inner.handle_async_request(request)
        seen = SEEN.get() or Seen()
        seen.status = response.status_code
        wrong = _wrong_of(response, self._most)
        if wrong is not None:
            await response.aclose()
            raise wrong
        stream = response.stream
        if isinstance(stream, httpx2.AsyncByteStream):
            response.stream = _Bounded(stream, seen, self._most)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


def _wrong_of(response: httpx2.Response, most: int) -> CallFailedError | None:
    if response.is_redirect:
        elsewhere = _host(response.headers.get("location", "")) or "elsewhere"
        reason = f"it sends us on to {elsewhere:.100}, where we do not go"
        return CallFailedError(CallOutcome.REJECTED, reason)
    if response.headers.get("content-encoding", "identity") != "identity":
        return CallFailedError(CallOutcome.NONSENSE, "the answer is compressed, unasked")
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > most:
        return _too_large(most)
    return None


def _too_large(most: int) -> CallFailedError:
    return CallFailedError(CallOutcome.NONSENSE, f"the answer is larger than {most} bytes")


def client_for(
    url: str, timeout_s: float, environment: Mapping[str, str], most: int = MAX_ANSWER_BYTES
) -> httpx2.AsyncClient:
    """Return a client for one server.

    Args:
        url: Of the server.
        timeout_s: Longest silence.
        environment: For a proxy; models on this machine are never asked through one.
        most: Bytes of an answer.

    Raises:
        CallFailedError: If the proxy cannot be used.
    """
    proxy = proxy_for(url, environment)
    try:
        inner = httpx2.AsyncHTTPTransport(proxy=proxy, trust_env=False)
    except (ValueError, ImportError, httpx2.InvalidURL) as error:
        # Not its text: an address of a proxy may hold a password.
        reason = f"the proxy of the environment cannot be used ({type(error).__name__})"
        raise CallFailedError(CallOutcome.UNREACHABLE, reason) from error
    return httpx2.AsyncClient(
        transport=_Guarded(inner, most),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx2.Timeout(timeout_s, connect=min(timeout_s, MAX_CONNECT_S), pool=None),
    )


def proxy_for(url: str, environment: Mapping[str, str]) -> str | None:
    """Return the proxy that the user's environment names for a server."""
    host = _host(url)
    if is_loopback(url) or not url.startswith("https:"):
        return None
    for without in (_named(environment, "NO_PROXY") or "").split(","):
        name = without.strip().lower().lstrip(".")
        if name == "*" or (name and (host == name or host.endswith("." + name))):
            return None
    return _named(environment, "HTTPS_PROXY") or _named(environment, "ALL_PROXY")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _named(environment: Mapping[str, str], name: str) -> str | None:
    return environment.get(name) or environment.get(name.lower()) or None
