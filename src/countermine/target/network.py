"""Downloads: over HTTPS with the system's certificates, within bounds, no credentials shown."""

import hashlib
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import truststore
import urllib3
from urllib3.exceptions import HTTPError, LocationParseError, MaxRetryError

from countermine.core.errors import BadTargetError, EnvironmentLacksError
from countermine.target.display import one_line

MAX_PAGE_BYTES = 64 << 20
"""Largest page of an index: the longest on PyPI are near 20 MB."""

_TIMEOUT = urllib3.Timeout(connect=15, read=60)
_RETRIES = urllib3.Retry(total=3, connect=1, backoff_factor=0.3, raise_on_status=False)
_ABSENT = frozenset({404, 410})
_FIRST_BAD_STATUS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that was read."""

    url: str
    """Where it lay in the end, for links relative to it; without credentials."""
    content_type: str
    body: bytes


def make_pool(proxy: str | None = None) -> urllib3.PoolManager:
    """Return a pool that trusts what the system trusts, behind a proxy where one is named."""
    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if proxy:
        user = _credentials(proxy)
        headers = urllib3.make_headers(proxy_basic_auth=user) if user else None
        return urllib3.ProxyManager(
            proxy, proxy_headers=headers, ssl_context=context, timeout=_TIMEOUT, retries=_RETRIES
        )
    return urllib3.PoolManager(ssl_context=context, timeout=_TIMEOUT, retries=_RETRIES)


def without_credentials(url: str) -> str:
    """Return a URL as it may be shown."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return one_line(parts._replace(netloc=host, query="").geturl())


def get_page(pool: urllib3.PoolManager, url: str, accept: str) -> Page | None:
    """Return a page; ``None`` when there is none.

    Raises:
        EnvironmentLacksError: If the server does not answer, or answers with an error.
    """
    if urlsplit(url).scheme == "file":
        return _file_page(url)
    response = _request(pool, url, {"Accept": accept})
    try:
        if response.status in _ABSENT:
            return None
        _check_status(response, url)
        return Page(
            url=urljoin(without_credentials(url), response.geturl() or ""),
            content_type=response.headers.get("content-type", ""),
            body=b"".join(_bounded(response, url, MAX_PAGE_BYTES)),
        )
    except HTTPError as error:
        raise no_answer(url, error) from error
    finally:
        response.release_conn()


def download(pool: urllib3.PoolManager, url: str, to: Path, max_bytes: int) -> str:
    """Write what a URL gives to a new file and return its SHA-256 in hex.

    Raises:
        BadTargetError: If it is larger than the bound.
        EnvironmentLacksError: If the server does not answer, or answers with an error.
    """
    if urlsplit(url).scheme == "file":
        data = _file_bytes(url, max_bytes)
        to.write_bytes(data)
        return hashlib.sha256(data).hexdigest()
    digest = hashlib.sha256()
    response = _request(pool, url, {"Accept-Encoding": "identity"})
    try:
        _check_status(response, url)
        with to.open("xb") as file:
            for chunk in _bounded(response, url, max_bytes):
                digest.update(chunk)
                file.write(chunk)
    except HTTPError as error:
        raise no_answer(url, error) from error
    finally:
        response.release_conn()
    return digest.hexdigest()


def no_answer(url: str, error: Exception) -> EnvironmentLacksError:
    """Return the error that says that a server does not answer, without credentials."""
    cause: object = error
    if isinstance(error, MaxRetryError) and error.reason:
        cause = error.reason
    if isinstance(cause, OSError) and cause.strerror:
        cause = cause.strerror
    said = one_line(str(cause)).rpartition(": ")[2]
    host = urlsplit(url).hostname or without_credentials(url)
    return EnvironmentLacksError(
        f"{host} does not answer ({said}); check the network, the proxy and the index that is set"
    )


def _request(
    pool: urllib3.PoolManager, url: str, headers: Mapping[str, str]
) -> urllib3.BaseHTTPResponse:
    user = _credentials(url)
    sent = dict(headers)
    if user:
        sent.update(urllib3.make_headers(basic_auth=user))
    parts = urlsplit(url)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    try:
        return pool.request("GET", bare, headers=sent, preload_content=False)
    except (HTTPError, LocationParseError) as error:
        raise no_answer(url, error) from error


def _bounded(response: urllib3.BaseHTTPResponse, url: str, max_bytes: int) -> Iterator[bytes]:
    total = 0
    for chunk in response.stream(1 << 18, decode_content=True):
        total += len(chunk)
        if total > max_bytes:
            raise _too_large(url, max_bytes)
        yield chunk


def _check_status(response: urllib3.BaseHTTPResponse, url: str) -> None:
    if response.status >= _FIRST_BAD_STATUS:
        message = f"{without_credentials(url)} answers {response.status}; try again later"
        raise EnvironmentLacksError(message)


def _file_page(url: str) -> Page | None:
    path = Path(unquote(urlsplit(url).path))
    if path.is_dir():
        path /= "index.html"
    if not path.is_file():
        return None
    body = _file_bytes(path.as_uri(), MAX_PAGE_BYTES)
    return Page(url=path.as_uri(), content_type="text/html", body=body)


def _file_bytes(url: str, max_bytes: int) -> bytes:
    path = Path(unquote(urlsplit(url).path))
    try:
        if path.stat().st_size > max_bytes:
            raise _too_large(url, max_bytes)
        return path.read_bytes()
    except OSError as error:
        raise no_answer(url, error) from error


def _credentials(url: str) -> str | None:
    user, at, _ = urlsplit(url).netloc.rpartition("@")
    return unquote(user) if at else None


def _too_large(url: str, max_bytes: int) -> BadTargetError:
    return BadTargetError(
        f"{without_credentials(url)} is larger than the bound of {max_bytes:,} bytes"
    )
