"""Functions of tests that ask an application for an answer, by what the application speaks."""

from enum import StrEnum


class Speaks(StrEnum):
    """What an application speaks; the harness calls it so."""

    ASGI = "asgi"
    QUART = "quart"
    SANIC = "sanic"
    WSGI = "wsgi"
    BOTTLE = "bottle"
    AIOHTTP = "aiohttp"
    TORNADO = "tornado"


_ASGI = '''def answer_of(app, method, path, query="", headers=None, body=b""):
    """Return the text that an application sends back for a request."""
    asked = [{"type": "http.request", "body": body, "more_body": False}]
    sent = []

    async def receive():
        return asked.pop() if asked else await asyncio.Event().wait()

    async def send(message):
        sent.append(message.get("body", b""))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), text.encode()) for name, text in (headers or {}).items()],
        "client": ("127.0.0.1", 50000),
        "server": ("testserver", 80),
    }
    asyncio.run(app(scope, receive, send))
    return b"".join(sent).decode("utf-8", "replace")'''

_WSGI = '''def answer_of(app, method, path, query="", headers=None, body=b""):
    """Return the text that an application sends back for a request."""
    environ = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
    for name, text in (headers or {}).items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = text
    where = unquote_to_bytes(path).decode("latin-1")
    environ.update(REQUEST_METHOD=method, PATH_INFO=where, QUERY_STRING=query)
    setup_testing_defaults(environ)
    return b"".join(app(environ, lambda *_: None)).decode("utf-8", "replace")'''

_AIOHTTP = '''def answer_of(app, method, path, query="", headers=None, body=b""):
    """Return the text that an application sends back for a request."""

    async def ask():
        async with TestClient(TestServer(app)) as client:
            address = URL(f"{path}?{query}", encoded=True)
            answer = await client.request(
                method, address, headers=headers, data=body, allow_redirects=False
            )
            return await answer.text()

    return asyncio.run(ask())'''

_TORNADO = '''def answer_of(app, method, path, query="", headers=None, body=b""):
    """Return the text that an application sends back for a request."""

    async def ask():
        (listening,) = bind_sockets(0, "127.0.0.1")
        HTTPServer(app).add_sockets([listening])
        answer = await AsyncHTTPClient().fetch(
            f"http://127.0.0.1:{listening.getsockname()[1]}{path}?{query}",
            method=method,
            headers=headers,
            body=body or None,
            allow_nonstandard_methods=True,
            follow_redirects=False,
            raise_error=False,
        )
        return answer.body.decode("utf-8", "replace")

    return asyncio.run(ask())'''

ANSWERS = {
    Speaks.ASGI: _ASGI,
    Speaks.QUART: _ASGI,
    Speaks.SANIC: _ASGI,
    Speaks.WSGI: _WSGI,
    Speaks.BOTTLE: _WSGI,
    Speaks.AIOHTTP: _AIOHTTP,
    Speaks.TORNADO: _TORNADO,
}
"""A function each, all called the same."""

_ASGI_IMPORTS = ["import asyncio", "from urllib.parse import unquote"]
_WSGI_IMPORTS = [
    "import io",
    "from urllib.parse import unquote_to_bytes",
    "from wsgiref.util import setup_testing_defaults",
]
IMPORTS = {
    Speaks.ASGI: _ASGI_IMPORTS,
    Speaks.QUART: _ASGI_IMPORTS,
    Speaks.SANIC: _ASGI_IMPORTS,
    Speaks.WSGI: _WSGI_IMPORTS,
    Speaks.BOTTLE: _WSGI_IMPORTS,
    Speaks.AIOHTTP: [
        "import asyncio",
        "from aiohttp.test_utils import TestClient, TestServer",
        "from yarl import URL",
    ],
    Speaks.TORNADO: [
        "import asyncio",
        "from tornado.httpclient import AsyncHTTPClient",
        "from tornado.httpserver import HTTPServer",
        "from tornado.netutil import bind_sockets",
    ],
}
"""What each of the functions needs."""
