"""Small targets whose answers have headers that hold a value of the request."""

from countermine.core.entrypoints import Channel, EntryKind
from tests.weaknesses.witness_targets import Target

_SERVER = """
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, quote, urlsplit

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        name = parse_qs(urlsplit(self.path).query)["name"][0]
        self.send_response(200)
        self.send_header("X-Name", VALUE)
        self.end_headers()
        self.wfile.write(b"hello")
"""
_APPLICATION = """
from urllib.parse import parse_qs, quote

def application(environ, start_response):
    name = parse_qs(environ["QUERY_STRING"])["name"][0]
    start_response("302 Found", [("Content-Type", "text/html"), ("Location", "/" + VALUE)])
    return []
"""
_FIXES = ("quote(name)", 'name.replace("\\r", " ").replace("\\n", " ")', "name.splitlines()[0]")
_SYMPTOMS = ("name.strip()", 'name.replace("\\r\\n", "")', '"none"')


def _target(
    name: str, kind: EntryKind, where: str, sink: str, source: str, *, key: str | None = None
) -> Target:
    return Target(
        name=name,
        weakness="header-injection",
        kind=kind,
        qualname=where,
        channel=Channel.PATH,
        key=key,
        sink=sink,
        flawed=source.replace("VALUE", "name"),
        fixed=tuple(source.replace("VALUE", one) for one in _FIXES),
        wrong=tuple(source.replace("VALUE", one) for one in _SYMPTOMS),
    )


HEADERS = (
    _target("header-of-server", EntryKind.METHOD, "Handler.do_GET", "*.send_header", _SERVER),
    _target(
        "header-of-application",
        EntryKind.FUNCTION,
        "application",
        "wsgiref.StartResponse.__call__",
        _APPLICATION,
        key="environ",
    ),
)
