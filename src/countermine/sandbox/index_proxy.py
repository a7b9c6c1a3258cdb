"""The proxy through which fetching packages reaches the index and nothing else."""

import base64
import contextlib
import selectors
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from countermine.sandbox.index_access import IndexAccess

MAX_HEAD_BYTES: Final = 16 << 10
"""A request head; servers commonly take 8 to 16 KiB."""
MAX_CONNECTIONS: Final = 64
"""At once; uv opens up to 50."""
CONNECT_S: Final = 20.0
IDLE_S: Final = 60.0
CHUNK_BYTES: Final = 1 << 16

HOP_HEADERS: Final = frozenset(
    {"connection", "proxy-connection", "proxy-authorization", "keep-alive", "te", "upgrade", "host"}
)
"""Headers that end at a proxy (RFC 9110, 7.6.1), and the one that is written anew."""


class RefusedError(Exception):
    """A request that is not passed on; carries the status line's code and reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The head of a request to the proxy."""

    method: str
    host: str
    port: int
    path: str
    """Path and query; empty for CONNECT."""
    headers: tuple[str, ...]
    rest: bytes
    """What came after the head."""


@dataclass(slots=True, kw_only=True)
class IndexProxy:
    """Serves one listening socket until it is closed."""

    access: IndexAccess
    _open: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closed: bool = False
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(MAX_CONNECTIONS + 1, "index-proxy")
    )

    def serve(self, listener: socket.socket) -> None:
        """Begin to accept connections, in threads of the proxy's own."""
        if self._hold(listener):
            self._pool.submit(self._accept, listener)

    def close(self) -> None:
        """End every connection and wait for the threads."""
        with self._lock:
            self._closed = True
            for held in self._open:
                with contextlib.suppress(OSError):
                    held.shutdown(socket.SHUT_RDWR)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _hold(self, held: socket.socket) -> bool:
        """Keep a socket to be shut down with the proxy; return whether there is still a use."""
        with self._lock:
            if self._closed:
                held.close()
                return False
            self._open.add(held)
            return True

    def _release(self, held: socket.socket) -> None:
        with self._lock:
            self._open.discard(held)
        held.close()

    def _accept(self, listener: socket.socket) -> None:
        try:
            while True:
                client, _ = listener.accept()
                if not self._hold(client):
                    return
                self._pool.submit(self._handle, client)
        except OSError:
            # Shut down by close(), or the sandbox's network is gone: either way there is no more.
            return
        finally:
            self._release(listener)

    def _handle(self, client: socket.socket) -> None:
        try:
            client.settimeout(IDLE_S)
            request = read_request(client)
            self._check(request)
            self._forward(client, request)
        except RefusedError as refused:
            answer = f"HTTP/1.1 {refused}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            with contextlib.suppress(OSError):
                client.sendall(answer.encode())
        except OSError:
            # One side went away; the other sees its connection end.
            return
        finally:
            self._release(client)

    def _check(self, request: Request) -> None:
        if (request.host, request.port) in self.access.hosts:
            return
        message = "403 Not the package index"
        raise RefusedError(message)

    def _forward(self, client: socket.socket, request: Request) -> None:
        upstream = None if self.access.upstream is None else urlsplit(self.access.upstream)
        to = (request.host, request.port)
        if upstream is not None and upstream.hostname is not None:
            to = (upstream.hostname, upstream.port or 80)
        try:
            server = socket.create_connection(to, timeout=CONNECT_S)
        except OSError as error:
            message = "502 The package index does not answer"
            raise RefusedError(message) from error
        if not self._hold(server):
            return
        try:
            server.settimeout(IDLE_S)
            authorization = _authorization(self.access.upstream)
            if request.method != "CONNECT":
                server.sendall(_plain_head(request, authorization, absolute=upstream is not None))
            elif upstream is not None:
                server.sendall(_tunnel_head(request, authorization))
            else:
                client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            if request.method == "CONNECT" and request.rest:
                server.sendall(request.rest)
            _relay(client, server)
        finally:
            self._release(server)


def read_request(client: socket.socket) -> Request:
    """Read the head of a request.

    Raises:
        RefusedError: If it is none that a client of a package index makes.
    """
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = client.recv(CHUNK_BYTES) if len(data) < MAX_HEAD_BYTES else b""
        if not chunk:
            message = "400 No request head"
            raise RefusedError(message)
        data += chunk
    head, _, rest = data.partition(b"\r\n\r\n")
    first, *headers = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or words[0] not in {"CONNECT", "GET", "HEAD"}:  # noqa: PLR2004 - RFC 9112
        message = "405 Only CONNECT, GET and HEAD"
        raise RefusedError(message)
    method, target, _ = words
    url = f"//{target}" if method == "CONNECT" else target
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        message = "400 No such address"
        raise RefusedError(message) from error
    if host is None or (method == "CONNECT") != (parts.scheme == "") or parts.username is not None:
        message = "400 No such address"
        raise RefusedError(message)
    if parts.scheme not in {"", "http"}:
        message = "400 Use CONNECT for what is not plain http"
        raise RefusedError(message)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return Request(
        method=method,
        host=host.rstrip("."),
        port=port or (443 if method == "CONNECT" else 80),
        path="" if method == "CONNECT" else path or "/",
        headers=tuple(headers),
        rest=rest,
    )


def _authorization(upstream: str | None) -> tuple[str, ...]:
    """Return the header that a proxy with a password wants."""
    parts = urlsplit(upstream or "")
    if parts.username is None:
        return ()
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return (f"Proxy-Authorization: Basic {base64.b64encode(pair.encode()).decode()}",)


def _address(request: Request) -> str:
    host = f"[{request.host}]" if ":" in request.host else request.host
    return f"{host}:{request.port}"


def _plain_head(request: Request, authorization: tuple[str, ...], *, absolute: bool) -> bytes:
    kept = [h for h in request.headers if h.partition(":")[0].strip().lower() not in HOP_HEADERS]
    target = f"http://{_address(request)}{request.path}" if absolute else request.path
    lines = [f"{request.method} {target} HTTP/1.1", f"Host: {_address(request)}", *kept]
    lines += [*(authorization if absolute else ()), "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1")


def _tunnel_head(request: Request, authorization: tuple[str, ...]) -> bytes:
    address = _address(request)
    lines = [f"CONNECT {address} HTTP/1.1", f"Host: {address}", *authorization, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def _relay(client: socket.socket, server: socket.socket) -> None:
    """Pass bytes both ways until both sides have ended, or nothing moves for a while."""
    other = {client: server, server: client}
    with selectors.DefaultSelector() as selector:
        for side in other:
            selector.register(side, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(IDLE_S)
            if not ready:
                return
            for key, _ in ready:
                side = client if key.fileobj is client else server
                chunk = side.recv(CHUNK_BYTES)
                if chunk:
                    other[side].sendall(chunk)
                    continue
                selector.unregister(side)
                with contextlib.suppress(OSError):
                    other[side].shutdown(socket.SHUT_WR)
