"""How regression tests are written: the calls, the text, the place."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.environment import NoTests, TestPlan, TestRunner
from countermine.core.regressions import RegressionProbe
from countermine.core.spans import tree_path
from countermine.core.witnesses import Input
from countermine.prove.records import UnusableTests, UsableTests
from countermine.prove.regression.calls import (
    Call,
    FlaskRoute,
    FunctionCall,
    Parameter,
    benign,
    function_call,
    subject_of,
    with_choices,
)
from countermine.prove.regression.flask_calls import flask_call
from countermine.prove.regression.place import client_fixture, folder_of_tests, path_of_test, style
from countermine.prove.regression.probes import literal, unopened
from countermine.prove.regression.render import TestText, as_pytest, as_unittest
from countermine.testing.findings import finding_at
from countermine.testing.proving import own_environment, write_tree

PROBE = RegressionProbe(
    name="runs_nothing",
    summary="Nothing of a value is run.",
    payloads=('"touch MARKER"', "'\"MARKER\"'"),
    setup=('marker = folder / "marker"',),
    value='payload.replace("MARKER", str(marker))',
    never="marker.exists()",
    message="part of the value in the folder was run",
)
ANSWER = replace(PROBE, setup=(), value="payload", never='"injected" in seen', message="it ran")
BYTES = replace(PROBE, binary=True)
FILE = replace(PROBE, by_file=True)


def parameter(
    name: str, annotation: str = "", *, optional: bool = False, kind: str = ""
) -> Parameter:
    return Parameter(
        name=name,
        annotation=annotation,
        optional=optional,
        kind=kind or "positional_or_keyword",
    )


def call_of(
    *parameters: Parameter, key: str | None = "text", probe: RegressionProbe = PROBE
) -> Call:
    described = FunctionCall(kind="function", parameters=parameters)
    return function_call(described, "shop.prices", "total", key, probe)


def test_what_is_taken_off_a_value_is_put_on_it_by_the_same_object() -> None:
    stream = replace(
        parameter("stream"), use='undone by [["zlib", "compress"], ["self.box", "encrypt"]]'
    )
    described = FunctionCall(kind="instance", parameters=(stream,), owner=(parameter("name"),))
    calls = [
        function_call(one, "shop.read", "Reader.load", "stream", PROBE)
        for one in with_choices(described)
    ]

    assert [call.expression for call in calls if call is not None] == [
        "made.load(zlib.compress(made.box.encrypt(value)))",
        "made.load(zlib.compress(made.box.encrypt(value.encode())))",
    ]
    assert calls[0] is not None
    assert calls[0].setup[0] == 'made = Reader("sample")'
    assert calls[0].imports == ("from shop.read import Reader", "import zlib")


def test_what_nothing_is_known_of_may_be_bytes() -> None:
    described = FunctionCall(kind="function", parameters=(parameter("message"), parameter("tag")))
    calls = [function_call(one, "shop", "check", "tag", PROBE) for one in with_choices(described)]
    assert [call.expression for call in calls if call is not None] == [
        'check("sample", value)',
        'check(b"sample", value.encode())',
    ]


def test_what_a_method_uses_later_is_what_its_object_is_made_with() -> None:
    described = FunctionCall(kind="instance", owner=(parameter("url"), parameter("folder")))

    call = function_call(described, "shop.read", "Clone.obtain", "url", PROBE)

    assert call is not None
    assert call.expression == "Clone(value, str(inside)).obtain()"
    assert function_call(described, "shop.read", "Clone.obtain", "name", PROBE) is None


def test_a_mapping_holds_the_value_under_every_key() -> None:
    call = call_of(replace(parameter("headers"), use="object"), key="headers")
    made = call.expression.removeprefix("total(").removesuffix(")")
    headers = eval(made, {"value": "Basic x"})
    assert headers.get("any", None) == headers["any"] == "Basic x"
    assert "any" in headers
    other = call_of(replace(parameter("entry"), use="object"), key="entry")
    assert "dict" not in other.expression


def test_a_parameter_gets_in_turn_each_text_that_it_is_compared_with() -> None:
    kind = replace(parameter("kind"), use='one of ["int", "chr"]')
    described = FunctionCall(kind="function", parameters=(parameter("text"), kind))
    calls = [
        function_call(one, "shop.prices", "total", "text", PROBE) for one in with_choices(described)
    ]

    assert [call.expression for call in calls if call is not None] == [
        'total(value, "sample")',
        'total(value, "int")',
        'total(value, "chr")',
    ]


@pytest.mark.parametrize(
    ("name", "annotation", "source"),
    [
        ("text", "str", '"sample"'),
        ("text", "", '"sample"'),
        ("data", "bytes", 'b"sample"'),
        ("count", "int", "1"),
        ("count", "", "1"),
        ("price", "float", "1.0"),
        ("strict", "bool", "False"),
        ("folder", "", "str(inside)"),
        ("folder", "str", "str(inside)"),
        ("folder", "pathlib.Path", "inside"),
        ("filename", "", 'str(inside / "sample.txt")'),
        ("options", "", "{}"),
        ("names", "list[str]", "[]"),
        ("stream", "IO[bytes]", 'io.BytesIO(b"")'),
        ("names", "Sequence", "[]"),
        ("fp", "", 'io.BytesIO(b"")'),
        ("conn", "", "database"),
        ("db", "sqlite3.Connection", "database"),
    ],
)
def test_other_parameters_get_what_fits_their_type_or_name(
    name: str, annotation: str, source: str
) -> None:
    assert benign(parameter(name, annotation)) == source


@pytest.mark.parametrize(
    ("annotation", "probe", "expression"),
    [
        ("", PROBE, "total(value)"),
        ("str", BYTES, 'total(value.decode("latin-1"))'),
        ("bytes", PROBE, "total(value.encode())"),
        ("bytes", BYTES, "total(value)"),
        ("pathlib.Path", PROBE, "total(Path(value))"),
        ("pathlib.Path", FILE, "total(sample)"),
        ("str", FILE, "total(str(sample))"),
        ("typing.IO[bytes]", PROBE, "total(io.BytesIO(value.encode()))"),
        ("list[str]", PROBE, "total([value])"),
        ("Sequence[bytes]", PROBE, "total([value.encode()])"),
        ("typing.TextIO", PROBE, "total(io.StringIO(value))"),
        ("typing.BinaryIO", FILE, "total(io.BytesIO(value.encode()))"),
    ],
)
def test_the_value_is_given_in_the_type_that_is_wanted(
    annotation: str, probe: RegressionProbe, expression: str
) -> None:
    assert call_of(parameter("text", annotation), probe=probe).expression == expression


def test_a_value_in_a_file_is_written_first() -> None:
    call = call_of(parameter("text"), probe=FILE)
    assert call.setup == ('sample = folder / "sample"', "sample.write_text(value)")


def test_optional_parameters_are_left_out_and_later_ones_named() -> None:
    call = call_of(
        parameter("count"),
        parameter("strict", optional=True),
        parameter("text"),
        parameter("folder", kind="keyword_only"),
    )
    assert call.expression == "total(1, text=value, folder=str(inside))"
    assert call.setup == ('inside = folder / "inside"', "inside.mkdir()")


def test_a_key_that_only_keywords_take_is_passed_by_name() -> None:
    call = call_of(parameter("rest", kind="var_keyword", optional=True))
    assert call.expression == "total(text=value)"


def test_a_function_that_cannot_take_the_value_is_not_called() -> None:
    assert call_of(parameter("other")) is None
    assert call_of(key=None) is None


def test_a_flaw_that_needs_no_value_is_called_without_one() -> None:
    call = call_of(parameter("count"), key="text", probe=replace(PROBE, inputless=True))
    assert call.expression == "total(1)"


@pytest.mark.parametrize(
    ("kind", "qualname", "expression", "imported"),
    [
        ("instance", "Store.find", 'Store("sample").find(value)', "Store"),
        ("static", "Store.find", "Store.find(value)", "Store"),
        ("class", "Store.find", "Store.find(value)", "Store"),
        ("constructor", "Store.__init__", "Store(value)", "Store"),
    ],
)
def test_methods_are_called_on_an_object_that_is_made(
    kind: str, qualname: str, expression: str, imported: str
) -> None:
    owner = (parameter("name"),)
    described = FunctionCall(kind=kind, parameters=(parameter("text"),), owner=owner)
    call = function_call(described, "shop.store", qualname, "text", PROBE)
    assert call.expression == expression
    assert call.imports == (f"from shop.store import {imported}",)


def test_coroutines_are_run_and_generators_used_up() -> None:
    text = (parameter("text"),)
    slow = FunctionCall(kind="function", parameters=text, coroutine=True)
    lazy = FunctionCall(kind="function", parameters=text, generator=True)
    assert function_call(slow, "m", "f", "text", PROBE).expression == "asyncio.run(f(value))"
    assert "import asyncio" in function_call(slow, "m", "f", "text", PROBE).imports
    assert function_call(lazy, "m", "f", "text", PROBE).expression == "list(f(value))"


# Flask

ROUTE = FlaskRoute(
    module="shop", application="create_app()", rule="/search", methods=("GET", "POST")
)


def request_of(
    channel: Channel,
    key: str | None = "q",
    *,
    route: FlaskRoute = ROUTE,
    others: tuple[Input, ...] = (),
    fixture: str | None = "client",
    probe: RegressionProbe = PROBE,
) -> Call:
    entry = EntryPoint(
        kind=EntryKind.FLASK_VIEW,
        path=tree_path("shop/views.py"),
        qualname="search",
        channel=channel,
        key=key,
    )
    return flask_call(route, entry, others, probe, fixture=fixture)


@pytest.mark.parametrize(
    ("channel", "key", "expression"),
    [
        (Channel.QUERY, "q", 'client.get("/search", query_string={"q": value})'),
        (Channel.FORM, "q", 'client.post("/search", data={"q": value})'),
        (Channel.JSON, "q", 'client.post("/search", json={"q": value})'),
        (Channel.JSON, None, 'client.post("/search", json=value)'),
        (Channel.BODY, None, 'client.post("/search", data=value.encode())'),
        (Channel.HEADER, "X-Q", 'client.get("/search", headers={"X-Q": value})'),
        (Channel.COOKIE, "q", 'client.get("/search")'),
        (
            Channel.UPLOAD_NAME,
            "q",
            'client.post("/search", data={"q": (io.BytesIO(b"sample"), value)})',
        ),
        (
            Channel.UPLOAD_CONTENT,
            "q",
            'client.post("/search", data={"q": (io.BytesIO(value.encode()), "sample")})',
        ),
    ],
)
def test_each_channel_of_a_request_is_filled(channel: Channel, key: str, expression: str) -> None:
    assert request_of(channel, key).expression == expression


def test_a_cookie_is_set_before_the_request() -> None:
    assert request_of(Channel.COOKIE).setup == ('client.set_cookie("q", value)',)


def test_a_channel_that_no_request_has_is_refused() -> None:
    assert request_of(Channel.ARGV) is None


@pytest.mark.parametrize(
    ("rule", "key", "url"),
    [
        ("/files/<path:name>", "name", '"/files/" + quote(value)'),
        ("/<int:id>/files/<name>/raw", "name", '"/1/files/" + quote(value) + "/raw"'),
        ("/<name>", "name", '"/" + quote(value)'),
        ("/<shop>/<name>", "name", '"/sample/" + quote(value)'),
    ],
)
def test_variables_of_a_rule_are_filled(rule: str, key: str, url: str) -> None:
    call = request_of(Channel.PATH, key, route=replace(ROUTE, rule=rule))
    assert call.expression == f"client.get({url})"
    assert "from urllib.parse import quote" in call.imports


def test_the_other_inputs_of_a_legitimate_use_go_along() -> None:
    others = (
        Input(channel=Channel.FORM, key="q", text="legitimate"),
        Input(channel=Channel.FORM, key="kind", text="book"),
    )
    call = request_of(Channel.FORM, others=others)
    assert call.expression == 'client.post("/search", data={"kind": "book", "q": value})'


def test_a_file_that_goes_along_has_bytes() -> None:
    others = (Input(channel=Channel.UPLOAD_CONTENT, key="doc", text="sample"),)
    call = request_of(Channel.FORM, others=others)
    assert call.expression == (
        'client.post("/search", data={"doc": (io.BytesIO(b"sample"), "sample"), "q": value})'
    )


def test_without_a_fixture_the_application_is_made() -> None:
    call = request_of(Channel.QUERY, fixture=None)
    assert call.setup == ("client = create_app().test_client()",)
    assert call.imports == ("from shop import create_app",)
    assert call.fixtures == ()


def test_the_method_is_one_that_the_route_has() -> None:
    only_put = replace(ROUTE, methods=("PUT",))
    assert request_of(Channel.QUERY, route=only_put).expression.startswith("client.put(")


# The text

CALL = Call(
    expression="total(value)",
    answer="repr({})",
    imports=("from shop.prices import total",),
    subject="total",
)


def text_of(probe: RegressionProbe, payloads: tuple[str, ...]) -> TestText:
    return TestText(title="Guards it.", call=CALL, probe=probe, payloads=payloads)


def test_a_pytest_function_reads_as_a_maintainer_would_write_it() -> None:
    assert (
        as_pytest([text_of(PROBE, PROBE.payloads)])
        == '''"""Guards it."""

from contextlib import suppress

import pytest

from shop.prices import total


@pytest.mark.parametrize(
    "payload",
    [
        "touch MARKER",
        '"MARKER"',
    ],
)
def test_total_runs_nothing(payload, tmp_path):
    """Nothing of a value is run."""
    marker = tmp_path / "marker"
    value = payload.replace("MARKER", str(marker))
    # To refuse the value is fine.
    with suppress(Exception):
        total(value)
    assert not marker.exists(), "part of the value in the folder was run"
'''
    )


def test_a_unittest_case_reads_as_a_maintainer_would_write_it() -> None:
    assert (
        as_unittest([text_of(PROBE, PROBE.payloads)])
        == '''"""Guards it."""

import tempfile
import unittest
from contextlib import suppress
from pathlib import Path

from shop.prices import total


class TotalRegressionTest(unittest.TestCase):
    def test_total_runs_nothing(self):
        """Nothing of a value is run."""
        for payload in (
            "touch MARKER",
            '"MARKER"',
        ):
            with self.subTest(payload=payload):
                with tempfile.TemporaryDirectory() as scratch:
                    folder = Path(scratch)
                    marker = folder / "marker"
                    value = payload.replace("MARKER", str(marker))
                    # To refuse the value is fine.
                    with suppress(Exception):
                        total(value)
                    self.assertFalse(marker.exists(), "part of the value in the folder was run")


if __name__ == "__main__":
    unittest.main()
'''
    )


def test_one_payload_needs_no_loop() -> None:
    text = as_pytest([text_of(ANSWER, ('"x"',))])
    assert text.endswith('''

def test_total_runs_nothing():
    """Nothing of a value is run."""
    value = "x"
    seen = ""
    # To refuse the value is fine.
    with suppress(Exception):
        seen = repr(total(value))
    assert "injected" not in seen, "it ran"
''')
    assert "import pytest" not in text
    assert 'self.assertNotIn("injected", seen, "it ran")' in as_unittest(
        [text_of(ANSWER, ('"x"',))]
    )


def test_what_never_holds_is_put_in_brackets_where_it_must_be() -> None:
    probe = replace(ANSWER, never="seen == '1' or seen == '2'")
    assert "assert not (seen == '1' or seen == '2')," in as_pytest([text_of(probe, ('"x"',))])


def test_membership_reads_as_such() -> None:
    probe = replace(ANSWER, never="str(secret) in opened_paths(opened)")
    assert "assert str(secret) not in opened_paths(opened)," in as_pytest([text_of(probe, ("1",))])


def test_helpers_and_managers_have_their_place() -> None:
    probe = replace(
        ANSWER,
        helpers="def helper():\n    return 1",
        around=('mock.patch("os.open") as opened',),
        imports=("from unittest import mock",),
        inputless=True,
    )
    text = as_pytest([text_of(probe, ('"x"',))])
    assert "\n\n\ndef helper():\n    return 1\n\n\ndef test_total" in text
    assert 'with suppress(Exception), mock.patch("os.open") as opened:' in text
    assert "To refuse" not in text


@pytest.mark.parametrize("render", [as_pytest, as_unittest])
def test_several_texts_stand_in_one_module(render: Callable[[Sequence[TestText]], str]) -> None:
    texts = [
        replace(text_of(PROBE, (one,)), suffix=f"_{n}") for n, one in enumerate(PROBE.payloads)
    ]
    tree = ast.parse(render(texts))
    names = [one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
    assert names == ["test_total_runs_nothing_0", "test_total_runs_nothing_1"]


@pytest.mark.parametrize(
    ("text", "source"),
    [("a", '"a"'), ('"', "'\"'"), ("'", '"\'"'), ("a\n", '"a\\n"'), ("'\"", "'\\'\"'")],
)
def test_literals_prefer_double_quotes(text: str, source: str) -> None:
    assert literal(text) == source
    assert ast.literal_eval(source) == text


@pytest.mark.parametrize(
    ("qualname", "subject"),
    [
        ("Store.find", "store_find"),
        ("__init__", "init"),
        ("<x>", "x"),
        ("make.<locals>.run", "run"),
        ("", "entry"),
    ],
)
def test_a_subject_is_part_of_a_name(qualname: str, subject: str) -> None:
    assert subject_of(qualname) == subject


# The place

FINDING = finding_at("shop/prices.py", b"eval(text)", b"eval(text)")
UNUSABLE = UnusableTests(reason="none")


def test_a_test_stands_beside_the_nearest_ones_that_run(tmp_path: Path) -> None:
    files = ["shop/tests/test_a.py", "shop/tests/deep/test_b.py", "other/tests/test_c.py"]
    write_tree(tmp_path, dict.fromkeys(files, ""))
    stable = (*(f"{file}::test_x" for file in files), "gone/test_d.py::test_x", "command")
    tests = UsableTests(stable=stable, flaky=(), failing=(), cut=False, plain=False)
    folder = folder_of_tests(own_environment(), tmp_path, FINDING, tests)
    assert folder == PurePosixPath("shop/tests")


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [
        (("checks",), "checks"),
        (("checks/test_a.py::test_x",), "checks"),
        (("../elsewhere", "/absolute", "."), "tests"),
        (("nowhere",), "tests"),
        ((), "tests"),
    ],
)
def test_a_test_goes_where_the_targets_tests_are(
    tmp_path: Path, arguments: tuple[str, ...], folder: str
) -> None:
    write_tree(tmp_path, {"checks/test_a.py": "", "tests/test_b.py": ""})
    plan = TestPlan(runner=TestRunner.PYTEST, arguments=arguments)
    assert folder_of_tests(own_environment(plan), tmp_path, FINDING, UNUSABLE) == PurePosixPath(
        folder
    )


def test_words_of_a_command_are_no_folders(tmp_path: Path) -> None:
    write_tree(tmp_path, {"make/x": "", "test/test_b.py": ""})
    plan = TestPlan(runner=TestRunner.COMMAND, arguments=("make", "test"))
    assert folder_of_tests(own_environment(plan), tmp_path, FINDING, UNUSABLE) == PurePosixPath(
        "test"
    )
    assert style(own_environment(plan), UNUSABLE) is TestRunner.UNITTEST


def test_the_style_is_that_of_the_way_that_gate_0_kept() -> None:
    environment = own_environment(TestPlan(runner=TestRunner.PYTEST, arguments=("tests",)))
    cases = TestPlan(runner=TestRunner.UNITTEST, arguments=("tests",))
    kept = UsableTests(
        stable=("tests.T.test_x",), flaky=(), failing=(), cut=False, plain=False, plan=cases
    )
    assert style(environment, UNUSABLE) is TestRunner.PYTEST
    assert style(environment, replace(kept, plan=None)) is TestRunner.PYTEST
    assert style(environment, kept) is TestRunner.UNITTEST


def test_a_target_without_tests_gets_a_folder(tmp_path: Path) -> None:
    environment = own_environment(NoTests(reason="none"))
    assert folder_of_tests(environment, tmp_path, FINDING, UNUSABLE) == PurePosixPath("tests")
    assert style(environment, UNUSABLE) is TestRunner.UNITTEST


def test_a_name_that_is_taken_anywhere_gets_a_number(tmp_path: Path) -> None:
    folder = PurePosixPath("tests")
    assert path_of_test(FINDING, folder, tmp_path) == "tests/test_prices_code_injection.py"
    write_tree(tmp_path, {"other/test_prices_code_injection.py": ""})
    assert path_of_test(FINDING, folder, tmp_path) == "tests/test_prices_code_injection_2.py"


def test_a_test_of_a_package_is_named_after_it(tmp_path: Path) -> None:
    finding = finding_at("shop/__init__.py", b"eval(text)", b"eval(text)")
    path = path_of_test(finding, PurePosixPath("tests"), tmp_path)
    assert path == "tests/test_shop_code_injection.py"


def test_a_client_fixture_of_the_target_is_used(tmp_path: Path) -> None:
    folder = PurePosixPath("tests")
    assert client_fixture(folder, tmp_path) is None
    write_tree(tmp_path, {"tests/conftest.py": "def (:\n", "conftest.py": "def other(): ...\n"})
    assert client_fixture(folder, tmp_path) is None
    write_tree(tmp_path, {"conftest.py": "def client(): ...\n"})
    assert client_fixture(folder, tmp_path) == "client"


def test_what_a_path_opens_is_looked_at_where_a_path_opens_it() -> None:
    text = as_pytest([text_of(unopened(ANSWER, "io.open"), ("1",))])
    assert 'mock.patch("io.open", wraps=open) as opened:' in text
