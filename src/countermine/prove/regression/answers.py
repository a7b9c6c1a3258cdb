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
    HTTP_SERVER = "http.server"
    """A handler of the standard library's server."""


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

_HTTP_SERVER = '''def answer_of(handler, method, path, query="", headers=None, body=b""):
    """Return the text that a handler of http.server sends back for a request."""
    given = {"Host": "localhost", "Content-Length": len(body), **(headers or {})}
    lines = [f"{method} {path}?{query} HTTP/1.0", *(f"{name}: {given[name]}" for name in given)]
    sent = io.BytesIO()
    connection = mock.Mock()
    connection.makefile.return_value = io.BytesIO("\\r\\n".join([*lines, "", ""]).encode() + body)
    connection.sendall.side_effect = sent.write
    handler(connection, ("127.0.0.1", 50000), mock.Mock())
    return sent.getvalue().partition(b"\\r\\n\\r\\n")[2].decode("utf-8", "replace")'''

ANSWERS = {
    Speaks.ASGI: _ASGI,
    Speaks.QUART: _ASGI,
    Speaks.SANIC: _ASGI,
    Speaks.WSGI: _WSGI,
    Speaks.BOTTLE: _WSGI,
    Speaks.AIOHTTP: _AIOHTTP,
    Speaks.TORNADO: _TORNADO,
    Speaks.HTTP_SERVER: _HTTP_SERVER,
}
"""A function each, all called the same."""


def _asking_for_headers(answer: str, *changes: tuple[str, str]) -> str:
    """Return a function of tests that asks the same, and returns the lines of the headers."""
    for old, new in (_ASKED, _SAID, *changes):
        if old not in answer:
            raise ValueError(old)
        answer = answer.replace(old, new)
    return answer


_ASKED = ("def answer_of(", "def headers_of(")
_SAID = ("Return the text that", "Return the lines of the headers that")
_OF_ASGI = _asking_for_headers(
    _ASGI,
    ('sent.append(message.get("body", b""))', 'sent.extend(message.get("headers", ()))'),
    (
        'return b"".join(sent).decode("utf-8", "replace")',
        """lines = b"\\n".join(name + b": " + text for name, text in sent)
    return lines.decode("latin-1").splitlines()""",
    ),
)
_OF_WSGI = _asking_for_headers(
    _WSGI,
    (
        'return b"".join(app(environ, lambda *_: None)).decode("utf-8", "replace")',
        """sent = []
    b"".join(app(environ, lambda status, headers, *_: sent.extend(headers)))
    return "\\n".join(f"{name}: {text}" for name, text in sent).splitlines()""",
    ),
)
HEADERS = {
    Speaks.ASGI: _OF_ASGI,
    Speaks.QUART: _OF_ASGI,
    Speaks.SANIC: _OF_ASGI,
    Speaks.WSGI: _OF_WSGI,
    Speaks.BOTTLE: _OF_WSGI,
    Speaks.HTTP_SERVER: _asking_for_headers(
        _HTTP_SERVER,
        ('[2].decode("utf-8", "replace")', '[0].decode("latin-1").splitlines()'),
    ),
}
"""A function each that is called the same; where it is missing, the server lets no line break
through."""

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
    Speaks.HTTP_SERVER: ["import io", "from unittest import mock"],
}
"""What each of the functions needs."""
