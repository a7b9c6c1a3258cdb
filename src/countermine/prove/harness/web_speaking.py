"""Speaks to an application: by WSGI, by ASGI, or HTTP over a pair of sockets; no network."""

# ruff: noqa: ANN401 - the frameworks are the target's, not ours: their types are not known here

from __future__ import annotations

import contextlib
import importlib
import io
import socket
import threading
from typing import TYPE_CHECKING, Any

from countermine.prove.harness import web

if TYPE_CHECKING:
    from collections.abc import Callable

    from countermine.prove.harness.observer import Observer
    from countermine.prove.harness.web_requests import Request

CLIENT = ("127.0.0.1", 50000)
MAX_ANSWER = 4 << 20


def told(observer: Observer, problem: BaseException) -> web.Response:
    """Report what a handler raised, and return what a server would answer."""
    observer.tell("raised", {"error": f"{type(problem).__name__}: {problem}"[:1000]})
    return web.Response(500, "", "", b"")


def wsgi(app: Any, request: Request, observer: Observer) -> web.Response:
    """Call an application of PEP 3333."""
    path = request.decoded.decode("latin-1")
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": request.query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": CLIENT[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for key, text in request.headers:
        name = key.upper().replace("-", "_")
        plain = name in {"CONTENT_TYPE", "CONTENT_LENGTH"}
        environ[name if plain else f"HTTP_{name}"] = text
    answered: list[Any] = ["500", []]

    def start_response(status: str, headers: Any, _problem: Any = None) -> Any:
        answered[:] = [status, headers]
        return written.append

    written: list[bytes] = []
    try:
        result = app(environ, start_response)
        written.extend(result or ())
        body = b"".join(written)
        getattr(result, "close", lambda: None)()
    except Exception as problem:  # noqa: BLE001 - whatever a handler raises is its answer
        return told(observer, problem)
    headers = {str(key).lower(): str(text) for key, text in answered[1]}
    status = int(str(answered[0]).split(" ")[0])
    return _response(status, headers, body)


def _response(status: int, headers: dict[str, str], body: bytes) -> web.Response:
    kind, location = headers.get("content-type", ""), headers.get("location", "")
    return web.Response(status, kind, location, body, tuple(headers.items()))


def asgi(app: Any, request: Request, observer: Observer) -> web.Response:
    """Call an application of the ASGI specification, once it has started up."""
    asyncio = importlib.import_module("asyncio")
    return asyncio.run(_asgi(app, request, observer))  # type: ignore[no-any-return]  # one


async def _asgi(app: Any, request: Request, observer: Observer) -> web.Response:
    asyncio = importlib.import_module("asyncio")
    started = asyncio.Event()
    asked = [{"type": "lifespan.startup"}]

    async def starting() -> dict[str, Any]:
        return asked.pop() if asked else await asyncio.Event().wait()

    async def start_told(_message: dict[str, Any]) -> None:
        started.set()

    async def live() -> None:
        # Many applications know nothing of a life span, and raise.
        with contextlib.suppress(Exception):
            scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
            await app(scope, starting, start_told)
        started.set()

    living = asyncio.ensure_future(live())
    await started.wait()
    try:
        return await _exchanged(app, request, observer)
    finally:
        living.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await living


async def _exchanged(app: Any, request: Request, observer: Observer) -> web.Response:
    asyncio = importlib.import_module("asyncio")
    bodies = [{"type": "http.request", "body": request.body, "more_body": False}]
    status, headers, chunks = [500], {}, []

    async def receive() -> dict[str, Any]:
        return bodies.pop() if bodies else await asyncio.Event().wait()

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            status[0] = message["status"]
            for key, text in message.get("headers", []):
                headers[bytes(key).decode("latin-1").lower()] = bytes(text).decode("latin-1")
        elif message["type"] == "http.response.body":
            chunks.append(bytes(message.get("body", b"")))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.decoded.decode("utf-8", "replace"),
        "raw_path": request.path.encode(),
        "query_string": request.query.encode(),
        "root_path": "",
        "headers": [(k.encode(), v.encode("latin-1", "replace")) for k, v in request.headers],
        "client": CLIENT,
        "server": ("localhost", 80),
        "state": {},
    }
    try:
        await app(scope, receive, send)
    except Exception as problem:  # noqa: BLE001 - whatever a handler raises is its answer
        return told(observer, problem)
    return _response(status[0], headers, b"".join(chunks))


def read(data: bytes, method: str) -> web.Response:
    """Return an answer that came over a wire."""
    client = importlib.import_module("http.client")

    class Wire:
        """What the standard library reads an answer from."""

        def makefile(self, _mode: str) -> io.BytesIO:
            return io.BytesIO(data)

    answer = client.HTTPResponse(Wire(), method=method)
    try:
        answer.begin()
        body = answer.read()
    except (client.HTTPException, ValueError, OSError):
        # No HTTP at all: what was said is the body.
        return web.Response(200 if data else 500, "", "", data)
    headers = {key.lower(): text for key, text in answer.getheaders()}
    return _response(answer.status, headers, body)


def over_sockets(serve: Callable[[socket.socket], None], sent: bytes) -> bytes:
    """Let a server speak to one end of a pair of sockets, and return what came out of the other.

    Args:
        serve: Handles one connection, and returns when that is done.
        sent: What the client sends.
    """
    ours, theirs = socket.socketpair()
    answer: list[bytes] = []

    def client() -> None:
        with contextlib.suppress(OSError):
            ours.sendall(sent)
            ours.shutdown(socket.SHUT_WR)
        size = 0
        with contextlib.suppress(OSError):
            while size < MAX_ANSWER:
                chunk = ours.recv(1 << 16)
                if not chunk:
                    return
                size += len(chunk)
                answer.append(chunk)

    speaking = threading.Thread(target=client, daemon=True)
    speaking.start()
    try:
        serve(theirs)
    finally:
        with contextlib.suppress(OSError):
            theirs.shutdown(socket.SHUT_RDWR)
        theirs.close()
        speaking.join(5)
        ours.close()
    return b"".join(answer)
