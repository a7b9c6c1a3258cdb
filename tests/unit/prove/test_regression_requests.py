"""How regression tests run programs, call views of Django and ask ASGI routes."""

import ast
from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.regressions import RegressionProbe
from countermine.core.spans import tree_path
from countermine.core.witnesses import Input
from countermine.prove.regression.asgi_calls import AsgiRoute, asgi_call
from countermine.prove.regression.calls import Call, FunctionCall, Parameter
from countermine.prove.regression.django_calls import DjangoView, django_call
from countermine.prove.regression.program_calls import Program, program_call, stand_in
from countermine.prove.regression.render import TestText, as_pytest, as_unittest

PROBE = RegressionProbe(
    name="runs_nothing",
    summary="Nothing of a value is run.",
    payloads=('"x"',),
    never='"injected" in seen',
    message="it ran",
)
BYTES_IN_FILE = replace(PROBE, binary=True, by_file=True)
TESTS = PurePosixPath("tests/unit")


def entry_of(kind: EntryKind, channel: Channel, key: str | None, qualname: str) -> EntryPoint:
    path = tree_path("bin/tool.py")
    return EntryPoint(kind=kind, path=path, qualname=qualname, channel=channel, key=key)


def test_an_application_that_is_an_object_is_made_with_its_folder() -> None:
    folder = Parameter(name="directory", kind="keyword_only", optional=True, annotation="")
    route = AsgiRoute(
        module="web.files", application="Files", path="/", methods=("GET",), owner=(folder,)
    )
    entry = entry_of(EntryKind.FUNCTION, Channel.PATH, "path", "Files.__call__")
    call = asgi_call(route, entry, (), PROBE)
    assert call is not None
    made = "Files(directory=str(inside))"
    assert call.expression == f'answer_of({made}, "GET", "/" + quote(value))'
    assert call.setup == ('inside = folder / "inside"', "inside.mkdir()")


# Programs


def run_of(
    channel: Channel = Channel.ARGV,
    key: str | None = None,
    *,
    program: Program | None = None,
    others: tuple[Input, ...] = (),
    qualname: str = "<module>",
    probe: RegressionProbe = PROBE,
    module: str | None = "bin.tool",
) -> Call | None:
    entry = entry_of(EntryKind.SCRIPT, channel, key, qualname)
    known = program or Program()
    return program_call(known, entry, others, probe, module=module, folder=TESTS)


@pytest.mark.parametrize(
    ("key", "argv"),
    [
        (None, 'argv = ["tool.py", value]'),
        ("1", 'argv = ["tool.py", value]'),
        ("3", 'argv = ["tool.py", "sample", "sample", value]'),
        ("--label", 'argv = ["tool.py", "--label", value]'),
    ],
)
def test_arguments_stand_where_the_program_looks(key: str | None, argv: str) -> None:
    call = run_of(key=key)
    assert call is not None
    assert argv in call.setup
    assert call.expression == 'runpy.run_path(str(script), run_name="__main__")'
    assert call.setup[0] == 'script = Path(__file__).resolve().parents[2] / "bin/tool.py"'


def test_words_that_a_parser_takes_are_filled() -> None:
    words = ("load", f"--label={stand_in(0)}", stand_in(1), "x")
    others = (Input(channel=Channel.ARGV, key="kind", text="book"),)
    call = run_of(key="--label", program=Program(words=words), others=others)
    assert call is not None
    assert 'argv = ["tool.py", "load", "--label=" + value, "book", "x"]' in call.setup


def test_a_value_in_a_file_is_an_argument_like_any_other() -> None:
    others = (Input(channel=Channel.FILE_CONTENT, key="1", text="plain"),)
    call = run_of(key="1", others=others, probe=BYTES_IN_FILE)
    assert call is not None
    assert 'argv = ["tool.py", str(sample)]' in call.setup
    assert "sample.write_bytes(value)" in call.setup


def test_variables_and_input_are_given_for_the_run_only() -> None:
    variable = run_of(Channel.ENV, "LABEL")
    typed = run_of(Channel.STDIN)
    assert variable is not None
    assert typed is not None
    assert variable.around == (
        'mock.patch.object(sys, "argv", argv)',
        'mock.patch.dict(os.environ, {"LABEL": value})',
    )
    assert typed.setup[-1] == 'typed = io.TextIOWrapper(io.BytesIO(value.encode() + b"\\n"))'
    assert typed.around[-1] == 'mock.patch.object(sys, "stdin", typed)'


MAIN = FunctionCall(kind="function")
GIVEN = FunctionCall(
    kind="function",
    parameters=(
        Parameter(name="argv", kind="positional_or_keyword", optional=False, annotation=""),
    ),
)


@pytest.mark.parametrize(
    ("program", "module", "expression"),
    [
        (Program(function=MAIN), "bin.tool", "main()"),
        (Program(function=GIVEN), "bin.tool", "main(argv[1:])"),
        (Program(function=MAIN), None, 'runpy.run_path(str(script))["main"]()'),
    ],
)
def test_a_function_of_the_command_line_is_called(
    program: Program, module: str | None, expression: str
) -> None:
    call = run_of(program=program, qualname="main", module=module)
    assert call is not None
    assert call.expression == expression


def test_a_part_of_a_package_is_run_as_such() -> None:
    call = run_of(program=Program(relative=True))
    assert call is not None
    assert call.expression == 'runpy.run_module("bin.tool", run_name="__main__")'


def test_files_beside_a_script_can_be_imported() -> None:
    call = run_of(program=Program(beside=True))
    assert call is not None
    assert 'mock.patch.object(sys, "path", [str(script.parent), *sys.path])' in call.around


@pytest.mark.parametrize(
    ("program", "qualname"),
    [
        (Program(), "main"),
        (Program(function=MAIN), "Tool.main"),
        (Program(function=replace(GIVEN, parameters=GIVEN.parameters * 2)), "main"),
    ],
)
def test_what_cannot_be_run_is_not(program: Program, qualname: str) -> None:
    assert run_of(program=program, qualname=qualname) is None


def test_a_flaw_that_needs_no_value_adds_no_argument() -> None:
    call = run_of(probe=replace(PROBE, inputless=True))
    assert call is not None
    assert 'argv = ["tool.py"]' in call.setup


def test_what_a_program_prints_is_its_answer() -> None:
    call = run_of(Channel.STDIN)
    assert call is not None
    text = as_pytest([TestText(title="Guards it.", call=call, probe=PROBE, payloads=('"x"',))])
    assert "from contextlib import redirect_stdout, suppress\n" in text
    assert text.endswith("""
    # To refuse the value is fine.
    with suppress(Exception, SystemExit):
        with mock.patch.object(sys, "argv", argv):
            with mock.patch.object(sys, "stdin", typed):
                with redirect_stdout(io.StringIO()) as printed:
                    runpy.run_path(str(script), run_name="__main__")
    seen = printed.getvalue()
    assert "injected" not in seen, "it ran"
""")


# Django

VIEW = DjangoView(module="shop.views", name="hello", settings="config.settings")


def view_of(
    channel: Channel,
    key: str | None = "q",
    *,
    view: DjangoView = VIEW,
    others: tuple[Input, ...] = (),
    fixture: str | None = None,
) -> Call | None:
    entry = entry_of(EntryKind.DJANGO_VIEW, channel, key, "hello")
    return django_call(view, entry, others, PROBE, folder=TESTS, fixture=fixture)


@pytest.mark.parametrize(
    ("channel", "key", "request_of_it"),
    [
        (Channel.QUERY, "q", 'RequestFactory().get("/", {"q": value})'),
        (Channel.FORM, "q", 'RequestFactory().post("/", {"q": value})'),
        (
            Channel.JSON,
            "q",
            'RequestFactory().post("/", json.dumps({"q": value}), content_type="application/json")',
        ),
        (
            Channel.JSON,
            None,
            'RequestFactory().post("/", json.dumps(value), content_type="application/json")',
        ),
        (
            Channel.BODY,
            None,
            'RequestFactory().post("/", value.encode(), content_type="application/octet-stream")',
        ),
        (Channel.HEADER, "X-Q", 'RequestFactory().get("/", **{"HTTP_X_Q": value})'),
        (
            Channel.UPLOAD_CONTENT,
            "q",
            'RequestFactory().post("/", {"q": SimpleUploadedFile("sample.txt", value.encode())})',
        ),
        (
            Channel.UPLOAD_NAME,
            "q",
            'RequestFactory().post("/", {"q": SimpleUploadedFile(value, b"sample")})',
        ),
    ],
)
def test_each_channel_of_a_django_request_is_filled(
    channel: Channel, key: str | None, request_of_it: str
) -> None:
    call = view_of(channel, key)
    assert call is not None
    assert f"request = {request_of_it}" in call.setup


def test_a_cookie_is_put_into_the_request() -> None:
    call = view_of(Channel.COOKIE)
    assert call is not None
    assert call.setup[-1] == 'request.COOKIES["q"] = value'


def test_a_view_gets_what_its_route_and_its_source_ask_for() -> None:
    zone = Parameter(name="zone", kind="positional_or_keyword", optional=False, annotation="int")
    view = replace(
        VIEW,
        parameters=(zone, replace(zone, name="page", optional=True)),
        fields=((Channel.FORM, "title"), (Channel.QUERY, "sort")),
        coroutine=True,
        user=True,
        session=True,
    )
    call = view_of(Channel.FORM, view=view)
    assert call is not None
    assert call.expression == "asyncio.run(hello(request, zone=1))"
    assert call.setup == (
        (
            'request = RequestFactory().post("/?" + urlencode({"sort": "sample"}), '
            '{"title": "sample", "q": value})'
        ),
        "request.user = mock.MagicMock(id=1, pk=1)",
        "request.session = {}",
    )


def test_somebody_is_logged_in_for_a_view_of_rest_framework() -> None:
    call = view_of(Channel.QUERY, view=replace(VIEW, rest=True, user=True))
    assert call is not None
    assert call.setup[1:] == ("force_authenticate(request, user=mock.MagicMock(id=1, pk=1))",)
    assert "from rest_framework.test import force_authenticate" in call.imports


def test_a_view_that_asks_the_database_gets_one_beside_the_projects_own() -> None:
    made = "connection.creation.create_test_db(verbosity=0, autoclobber=True)"
    view = replace(VIEW, tables=True)
    call, with_fixture = (
        view_of(Channel.QUERY, view=view),
        view_of(Channel.QUERY, view=view, fixture="db"),
    )
    assert call is not None
    assert with_fixture is not None
    assert made in call.setup
    assert "from django.db import connection" in call.imports
    assert made not in with_fixture.setup


def test_a_variable_of_the_route_is_an_argument_of_the_view() -> None:
    term = Parameter(name="term", kind="positional_or_keyword", optional=False, annotation="")
    view = replace(VIEW, name="Search", method="get", parameters=(term,))
    call = view_of(Channel.PATH, "term", view=view)
    assert call is not None
    assert call.expression == "Search.as_view()(request, term=value)"


@pytest.mark.parametrize("channel", [Channel.FORM, Channel.JSON, Channel.BODY])
def test_a_view_that_answers_get_takes_no_body(channel: Channel) -> None:
    assert view_of(channel, view=replace(VIEW, method="get")) is None


def test_django_is_set_up_before_the_view_is_imported() -> None:
    call = view_of(Channel.QUERY, view=replace(VIEW, root="site"), fixture="db")
    assert call is not None
    text = as_pytest([TestText(title="Guards it.", call=call, probe=PROBE, payloads=('"x"',))])
    order = [
        "\nimport os\nimport sys\n",
        "\nimport django\nfrom django.test import RequestFactory\n",
        '\nsys.path.insert(0, str(Path(__file__).resolve().parents[2] / "site"))\n',
        '\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")\ndjango.setup()\n',
        "\nfrom shop.views import hello  # noqa: E402\n",
        "\ndef page_of(response):\n",
        "\ndef test_hello_runs_nothing(db):\n",
        "        seen = page_of(hello(request))\n",
    ]
    places = [text.find(part) for part in order]
    assert places == sorted(places)
    assert places[0] > 0


def test_a_project_without_settings_gets_plain_ones() -> None:
    call = view_of(Channel.QUERY, view=replace(VIEW, settings=None))
    assert call is not None
    assert call.start[0].startswith("if not settings.configured:\n")
    assert "from django.conf import settings" in call.imports


# FastAPI and Starlette

ROUTE = AsgiRoute(
    module="shop.app", application="app", path="/a/{zone}", methods=("GET", "POST"), client=True
)


def asked(
    channel: Channel,
    key: str | None = "q",
    *,
    route: AsgiRoute = ROUTE,
    others: tuple[Input, ...] = (),
) -> Call | None:
    entry = entry_of(EntryKind.ASGI_ROUTE, channel, key, "view")
    return asgi_call(route, entry, others, PROBE)


@pytest.mark.parametrize(
    ("channel", "key", "by_client", "by_itself"),
    [
        (
            Channel.QUERY,
            "q",
            'client.get("/a/sample", params={"q": value})',
            'answer_of(app, "GET", "/a/sample", query=urlencode({"q": value}))',
        ),
        (
            Channel.FORM,
            "q",
            'client.post("/a/sample", data={"q": value})',
            (
                'answer_of(app, "POST", "/a/sample", '
                'headers={"content-type": "application/x-www-form-urlencoded"}, '
                'body=urlencode({"q": value}).encode())'
            ),
        ),
        (
            Channel.JSON,
            None,
            'client.post("/a/sample", json=value)',
            (
                'answer_of(app, "POST", "/a/sample", headers={"content-type": "application/json"}, '
                "body=json.dumps(value).encode())"
            ),
        ),
        (
            Channel.BODY,
            None,
            'client.post("/a/sample", content=value.encode())',
            'answer_of(app, "POST", "/a/sample", body=value.encode())',
        ),
        (
            Channel.HEADER,
            "X-Q",
            'client.get("/a/sample", headers={"x-q": value})',
            'answer_of(app, "GET", "/a/sample", headers={"x-q": value})',
        ),
        (
            Channel.COOKIE,
            "q",
            'client.get("/a/sample", headers={"cookie": "q=" + value})',
            'answer_of(app, "GET", "/a/sample", headers={"cookie": "q=" + value})',
        ),
    ],
)
def test_each_channel_of_an_asgi_request_is_filled(
    channel: Channel, key: str | None, by_client: str, by_itself: str
) -> None:
    with_client = asked(channel, key)
    without = asked(channel, key, route=replace(ROUTE, client=False))
    assert with_client is not None
    assert without is not None
    assert with_client.expression == by_client
    assert without.expression == by_itself


def test_files_are_sent_by_the_client_only() -> None:
    content, name = asked(Channel.UPLOAD_CONTENT), asked(Channel.UPLOAD_NAME)
    assert content is not None
    assert name is not None
    assert content.expression == (
        'client.post("/a/sample", files={"q": ("sample.txt", value.encode())})'
    )
    assert name.expression == 'client.post("/a/sample", files={"q": (value, b"sample")})'
    assert asked(Channel.UPLOAD_CONTENT, route=replace(ROUTE, client=False)) is None


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/files/{q:path}", '"/files/" + quote(value)'),
        ("/{q}/raw", '"/" + quote(value, safe="") + "/raw"'),
    ],
)
def test_a_path_is_never_given_to_the_client_which_tidies_it(path: str, url: str) -> None:
    call = asked(Channel.PATH, route=replace(ROUTE, path=path))
    assert call is not None
    assert call.expression == f'answer_of(app, "GET", {url})'


def test_what_the_schema_requires_goes_along() -> None:
    along = (
        (Channel.PATH, "zone", "1"),
        (Channel.QUERY, "page", "2"),
        (Channel.JSON, "item", f'{{"host": "{stand_in(0)}", "count": 1}}'),
    )
    call = asked(Channel.JSON, "host", route=replace(ROUTE, along=along))
    assert call is not None
    assert call.expression == (
        'client.post("/a/1", params={"page": 2}, json={"item": {"host": value, "count": 1}})'
    )


def test_a_router_alone_is_put_into_an_application() -> None:
    call = asked(Channel.QUERY, route=replace(ROUTE, application="router", router=True))
    assert call is not None
    assert call.setup == (
        "app = FastAPI()",
        "app.include_router(router)",
        "client = TestClient(app)",
    )


def test_the_answer_of_an_application_is_read_by_a_function_of_the_test() -> None:
    call = asked(Channel.QUERY, route=replace(ROUTE, application="create_app()", client=False))
    assert call is not None
    text = as_unittest([TestText(title="Guards it.", call=call, probe=PROBE, payloads=('"x"',))])
    tree = ast.parse(text)
    assert [one.name for one in tree.body if isinstance(one, ast.FunctionDef)] == ["answer_of"]
    assert "from urllib.parse import unquote, urlencode\n" in text
    assert 'seen = answer_of(create_app(), "GET", "/a/sample", ' in text


def test_a_view_of_an_application_without_settings_has_it_installed() -> None:
    made = view_of(Channel.QUERY, view=replace(VIEW, settings=None, application="shop"))
    assert made is not None
    (start,) = made.start
    assert '"django.contrib.messages", "shop"],' in start
    assert '"NAME": ":memory:"}}' in start
    plain = view_of(Channel.QUERY, view=replace(VIEW, settings=None))
    assert plain is not None
    assert '"django.contrib.auth"],' in plain.start[0]
