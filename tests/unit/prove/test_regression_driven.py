"""A test of an entry point that needs set-up holds the driver's lines, and the probe's value."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

from countermine.core.findings import Finding, FindingStatus
from countermine.core.regressions import RegressionProbe
from countermine.core.verdicts import Gate, GateOutcome, GateResult
from countermine.prove.records import Baseline, Claim, UnusableTests, Witnessed
from countermine.prove.regression.calls import FunctionCall, Parameter
from countermine.prove.regression.candidates import candidates
from countermine.prove.regression.driven import driven_call
from countermine.prove.regression.render import TestText, as_pytest
from countermine.prove.trial import Trial
from countermine.testing.findings import finding_at
from countermine.testing.proving import (
    own_environment,
    rewrite,
    setting_for,
    weakness,
    witness_for,
)

APP = "def view(text):\n    return eval(text)\n"
PROBE = RegressionProbe(
    name="runs_no_code",
    summary="Nothing is run.",
    payloads=('"x"',),
    never='"x" in seen',
    message="it was run",
)
METHOD = FunctionCall(kind="instance")
DRIVER = """\
import shop.store as stores
from shop.store import Store

def drive(value):
    stores.reset()
    store = Store.of(':memory:', {'role': 'admin'})
    return store.count(value, limit=1)
"""
PLAIN = "from app import load\n\ndef drive({0}):\n    return load({0})\n"


def test_the_set_up_comes_first_and_the_value_goes_into_the_entry_point() -> None:
    call = driven_call(DRIVER, METHOD, "Store.count", PROBE)

    assert call is not None
    assert call.imports == ("import shop.store as stores", "from shop.store import Store")
    assert call.setup == ("stores.reset()", "store = Store.of(':memory:', {'role': 'admin'})")
    assert call.expression == "store.count(value, limit=1)"
    assert call.subject == "count"


@pytest.mark.parametrize(
    ("parameter", "probe", "expression"),
    [
        ("value", PROBE, "load(value)"),
        ("value", replace(PROBE, binary=True), "load(value.decode('latin-1'))"),
        ("data", PROBE, "load(value.encode())"),
        ("data", replace(PROBE, binary=True), "load(value)"),
        ("value", replace(PROBE, by_file=True), "load(str(sample))"),
        ("data", replace(PROBE, by_file=True), "load(sample.read_bytes())"),
        ("text", replace(PROBE, by_file=True), "load(value)"),
        ("text", replace(PROBE, binary=True), "load(value.decode('latin-1'))"),
    ],
)
def test_the_value_comes_in_the_type_that_the_driver_takes(
    parameter: str, probe: RegressionProbe, expression: str
) -> None:
    call = driven_call(PLAIN.format(parameter), FunctionCall(kind="function"), "load", probe)

    assert call is not None
    assert call.expression == expression
    assert bool(call.setup) is (probe.by_file and parameter != "text")


LATER = """\
from unittest.mock import Mock
from app import Answer

def drive(value):
    connection = Mock()
    answer = Answer(connection)
    answer.add(value)
    answer.send()
"""
HEADED = replace(PROBE, never="any('X:' in one for one in headed)")


def test_what_is_kept_and_sent_later_is_refused_at_either_line() -> None:
    call = driven_call(LATER, METHOD, "Answer.add", HEADED)

    assert call is not None
    assert call.before == ("answer.add(value)",)
    assert call.expression == "answer.send()"
    assert call.headed == "lines_sent({}, connection)"
    text = as_pytest([TestText(title="T.", call=call, probe=HEADED, payloads=("'x'",))])
    guarded = "    with suppress(Exception):\n        answer.add(value)\n"
    assert f"{guarded}        headed = lines_sent(answer.send(), connection)\n" in text
    assert "def lines_sent(_answer, *connections):" in text


@pytest.mark.parametrize(
    ("sent", "added"),
    [
        ([b"HTTP/1.1 200 OK\r\nX-Name: a\r\nX: b\r\n\r\n"], True),
        ([b"HTTP/1.1 200 OK\r\n", b"X-Name: a\nX: b\r\n", b"\r\n"], True),
        ([b"HTTP/1.1 200 OK\r\nX-Name: a X: b\r\n\r\n"], False),
        ([b"HTTP/1.1 200 OK\r\nX-Name: a\r\n\r\n", b"X: b"], False),
    ],
)
def test_a_test_reads_the_head_that_a_connection_was_handed(
    sent: list[bytes], *, added: bool
) -> None:
    call = driven_call(LATER, METHOD, "Answer.add", HEADED)
    connection = Mock()
    for part in sent:
        connection.sendall(part)
    names: dict[str, Callable[..., list[str]]] = {}
    exec(call.helpers if call is not None else "", names)

    lines = names["lines_sent"](None, connection)
    assert any(line.startswith("X:") for line in lines) is added


def test_what_takes_no_value_is_called_without_one() -> None:
    source = "from app import Maker\n\ndef drive():\n    return Maker().make(8)\n"
    call = driven_call(source, METHOD, "Maker.__init__.make", replace(PROBE, inputless=True))

    assert call is not None
    assert call.expression == "Maker().make(8)"


def test_a_coroutine_is_run() -> None:
    described = FunctionCall(kind="function", coroutine=True)
    call = driven_call(PLAIN.format("value"), described, "load", PROBE)

    assert call is not None
    assert call.expression == "asyncio.run(load(value))"
    assert "import asyncio" in call.imports


@pytest.mark.parametrize(
    "driver",
    [
        "from app import load\n\ndef drive(value):\n    seen = load()\n    return load(value)\n",
        "from app import load as folder\n\ndef drive(value):\n    return folder(value)\n",
        "def drive(value):\n    if value:\n        return load(value)\n",
        "no Python at all (",
    ],
)
def test_what_a_test_cannot_hold_is_left(driver: str) -> None:
    assert driven_call(driver, METHOD, "Store.count", PROBE) is None


PLAINLY = "from app import view\n\ndef drive(value):\n    return view(text=value)\n"


def expressions(tmp_path: Path, finding: Finding, driver: str = PLAINLY) -> list[str]:
    """Return how the tests of a case with a driver call its entry point."""
    return [one.call.expression for one in texts(tmp_path, finding, driver, PROBE)]


def texts(tmp_path: Path, finding: Finding, driver: str, probe: RegressionProbe) -> list[TestText]:
    (tmp_path / "app.py").write_text(APP)
    witness = replace(witness_for(finding), driver=driver)
    trial = Trial(
        setting=setting_for(tmp_path),
        environment=own_environment(),
        claim=Claim(finding=finding, witness=witness, weakness=weakness()),
        patch=rewrite("app.py", APP.encode(), "eval(text)", "int(text)"),
        ground=Baseline(
            gate=GateResult(gate=Gate.BASELINE, outcome=GateOutcome.PASSED, reason="fine"),
            tests=UnusableTests(reason="none"),
            sightings=(),
        ),
        witnessed=Witnessed(gates=(), attacks=(), controls=()),
        original=tmp_path,
        patched=tmp_path,
    )
    text = Parameter(name="text", kind="positional_or_keyword", optional=False, annotation="")
    described = FunctionCall(kind="function", parameters=(text,))
    return list(candidates(trial, described, (probe,)))


def test_a_test_of_what_only_a_model_claims_knows_nothing_of_a_driver(tmp_path: Path) -> None:
    found = finding_at("app.py", APP.encode(), b"eval(text)")
    claimed = replace(found, proposed_by="guess-1", status=FindingStatus.SUSPECTED)
    traced = replace(found, proposed_by="guess-1")

    assert "view(text=value)" in expressions(tmp_path, found)
    assert "view(text=value)" in expressions(tmp_path, traced)
    assert "view(text=value)" not in expressions(tmp_path, claimed)


def test_what_a_driver_calls_by_the_harness_word_a_test_calls_by_its_own(tmp_path: Path) -> None:
    found = finding_at("app.py", APP.encode(), b"eval(text)")
    driver = "from app import view\n\ndef drive(value):\n    return view(value, 'cmprobe')\n"

    assert expressions(tmp_path, found, driver) == [
        "view(value, 'sample')",
        "view(value, 'cmprobe')",
    ]


def test_what_stands_around_a_call_may_name_the_module_with_the_flaw(tmp_path: Path) -> None:
    found = finding_at("app.py", APP.encode(), b"eval(text)")
    around = replace(PROBE, around=('mock.patch("MODULE.parse") as parsed',))

    made = texts(tmp_path, found, PLAINLY, around)
    assert {one.probe.around for one in made} == {('mock.patch("app.parse") as parsed',)}
