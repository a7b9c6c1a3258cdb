"""Serves clients of this machine over HTTP: loopback only, and only with the token.

Loopback is open to every user of the machine, and to every page that a browser here shows. So a
request needs a token that only the user was told, must name this address as its host, which a page
cannot bring about by letting its own name lead here, and may come from no page at all.
"""

import hmac
import socket
from typing import Any

import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings

from countermine.core.errors import EnvironmentLacksError
from countermine.serve.mcp.jobs import Jobs

PATH = "/mcp"
LOOPBACK = "127.0.0.1"
MIN_TOKEN = 32
"""Characters: as many as 24 random bytes have in Base64."""
MAX_BODY_BYTES = 4 << 20
"""Above the sum of what a tool takes at most."""
MAX_SESSIONS = 64
END_S = 5
"""How long open requests may go on when the server ends."""


def bound(port: int) -> socket.socket:
    """Return a socket that listens on loopback; with port 0 on any port that is free.

    A client that is told of the address may come before the server is ready: it waits, and is
    not turned away.

    Raises:
        EnvironmentLacksError: If the port is taken, or not for this user.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen()
    except OSError as error:
        listener.close()
        message = f"cannot listen on {LOOPBACK}:{port}: {error.strerror}"
        raise EnvironmentLacksError(message) from error
    return listener


async def serve_http(server: MCPServer, jobs: Jobs, listener: socket.socket, token: str) -> None:
    """Serve clients on a socket until the process is told to end."""
    host, port = listener.getsockname()
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        max_request_body_size=MAX_BODY_BYTES,
        max_sessions=MAX_SESSIONS,
        transport_security=TransportSecuritySettings(
            enable_dns_rebinding_protection=True,
            allowed_hosts=[f"{host}:{port}", f"localhost:{port}"],
            allowed_origins=[],
        ),
    )
    config = uvicorn.Config(
        guarded(app, token),
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=END_S,
    )
    try:
        await uvicorn.Server(config).serve(sockets=[listener])
    finally:
        jobs.close()


def guarded(app: Any, token: str) -> Any:  # noqa: ANN401 - ASGI has no types of its own
    """Return an ASGI application that answers nobody without the token."""
    wanted = f"bearer {token}".encode()

    async def guard(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
        if scope["type"] == "http" and not _knows(scope["headers"], wanted):
            headers = [(b"content-length", b"0"), (b"www-authenticate", b"Bearer")]
            await send({"type": "http.response.start", "status": 401, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        await app(scope, receive, send)

    return guard


def _knows(headers: list[tuple[bytes, bytes]], wanted: bytes) -> bool:
    given = [value for name, value in headers if name == b"authorization"]
    if len(given) != 1:
        return False
    scheme, _, rest = given[0].partition(b" ")
    return hmac.compare_digest(scheme.lower() + b" " + rest.strip(), wanted)
