"""Regression tests that look at the headers of an answer, and those of the plain servers."""

from dataclasses import replace
from pathlib import Path

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.environment import TestPlan, TestRunner
from countermine.core.regressions import RegressionProbe
from countermine.core.spans import tree_path
from countermine.prove.regression.answers import Speaks
from countermine.prove.regression.asgi_calls import AsgiRoute, asgi_call
from countermine.prove.steps import Passed, Unsettled
from countermine.testing.proving import own_environment
from tests.unit.prove.test_regressions_real import Flaw, written
from tests.weaknesses.header_targets import HEADERS

SERVER = Flaw(
    weakness="header-injection",
    sink="*.send_header",
    code=HEADERS[0].flawed,
    old='"X-Name", name)',
    new='"X-Name", quote(name))',
    function="Handler.do_GET",
    kind=EntryKind.METHOD,
    channel=Channel.PATH,
    key=None,
)
WSGI = replace(
    SERVER,
    sink="wsgiref.StartResponse.__call__",
    code=HEADERS[1].flawed,
    old='"/" + name)',
    new='"/" + quote(name))',
    function="application",
    kind=EntryKind.FUNCTION,
    key="environ",
)
ASGI = replace(
    WSGI,
    code="from urllib.parse import parse_qs, quote\n\n"
    "async def application(scope, receive, send):\n"
    "    name = parse_qs(scope['query_string'].decode())['name'][0]\n"
    "    headers = [(b'x-name', name.encode())]\n"
    "    await send({'type': 'http.response.start', 'status': 200, 'headers': headers})\n"
    "    await send({'type': 'http.response.body', 'body': b''})\n",
    old="name.encode()",
    new="quote(name).encode()",
    kind=EntryKind.ASGI_ROUTE,
    key="scope",
)
CODE = Flaw(
    weakness="code-injection",
    sink="eval",
    code="import ast\nfrom http.server import BaseHTTPRequestHandler\n"
    "from urllib.parse import parse_qs, urlsplit\n\n"
    "class Handler(BaseHTTPRequestHandler):\n"
    "    def param(self, name):\n"
    "        return parse_qs(urlsplit(self.path).query)[name][0]\n\n"
    "    def do_GET(self):\n        result = eval(self.param('sum'))\n"
    "        self.send_response(200)\n        self.end_headers()\n"
    "        self.wfile.write(str(result).encode())\n",
    old="eval(",
    new="ast.literal_eval(",
    function="Handler.do_GET",
    kind=EntryKind.METHOD,
    channel=Channel.PATH,
    key=None,
)


@pytest.mark.parametrize("flaw", [SERVER, WSGI, ASGI, CODE], ids=lambda one: one.sink)
def test_a_test_of_a_plain_server_fails_without_the_fix_only(tmp_path: Path, flaw: Flaw) -> None:
    step, test = written(tmp_path, flaw)
    assert isinstance(step, Passed), step
    assert test is not None
    assert "import unittest" in test.new_files[0].text


def test_a_test_of_headers_is_written_for_pytest(tmp_path: Path) -> None:
    plan = TestPlan(runner=TestRunner.PYTEST, arguments=("tests",))
    step, test = written(tmp_path, SERVER, own_environment(plan))
    assert isinstance(step, Passed), step
    assert test is not None
    assert "@pytest.mark.parametrize(" in test.new_files[0].text


@pytest.mark.parametrize(
    "new", ["name.strip()", 'name.replace("\\r\\n", "")', 'name.replace("\\r", "")']
)
def test_a_patch_that_leaves_one_line_break_gets_no_test(tmp_path: Path, new: str) -> None:
    flaw = replace(SERVER, old='"X-Name", name)', new=f'"X-Name", {new})')
    step, test = written(tmp_path, flaw)
    assert isinstance(step, Unsettled)
    assert test is None


PROBE = RegressionProbe(
    name="adds_nothing",
    summary="Nothing is added.",
    payloads=('"x"',),
    never='"X-Added: yes" in headed',
    message="added",
)
ENTRY = EntryPoint(
    kind=EntryKind.FUNCTION,
    path=tree_path("web.py"),
    qualname="app",
    channel=Channel.PATH,
    key="environ",
)


def route(speaks: Speaks, keys: tuple[str, ...] = ()) -> AsgiRoute:
    return AsgiRoute(
        module="web", application="app", path="/", methods=("GET",), speaks=speaks, keys=keys
    )


def test_headers_are_asked_for_by_a_function_of_their_own() -> None:
    call = asgi_call(route(Speaks.WSGI, ("name",)), ENTRY, (), PROBE)
    assert call is not None
    asked = 'headers_of(app, "GET", "/" + quote(value), query=urlencode({"name": value}))'
    assert call.expression == asked
    assert call.headed == "{}"
    assert call.helpers.startswith("def headers_of(")


def test_a_server_that_lets_no_line_break_through_is_not_asked_for_headers() -> None:
    assert asgi_call(route(Speaks.TORNADO), ENTRY, (), PROBE) is None
    asked = asgi_call(route(Speaks.TORNADO), ENTRY, (), replace(PROBE, never='"x" in seen'))
    assert asked is not None
    assert asked.headed is None
