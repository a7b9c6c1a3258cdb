"""A test of the target lends its set-up to a regression test; one argument is replaced."""

import subprocess
import sys
from pathlib import Path

import pytest

from countermine.core.regressions import RegressionProbe
from countermine.core.spans import tree_path
from countermine.core.witnesses import TestDriver
from countermine.prove.regression.calls import Call, FunctionCall, Parameter
from countermine.prove.regression.donors import donor_call
from countermine.prove.regression.render import TestText, as_pytest, as_unittest
from countermine.testing.proving import write_tree

STORE = """class Store:
    def __init__(self, connection):
        self.connection = connection["open"]

    def load(self, text, strict=True):
        return eval(text)

    @staticmethod
    def parse(text):
        return eval(text)
"""
DONOR = """import unittest

import pytest

from store import Store


@pytest.fixture
def store():
    return Store({"open": True})


def test_load(store):
    assert store.load("1 + 1") == 2


def test_parse():
    assert Store.parse(text=b"1 + 1") == 2


@pytest.mark.parametrize("text", ["1"])
def test_varied(store, text):
    assert store.load(text)


class TestGrouped:
    def test_load(self, store):
        assert store.load("1 + 1") == 2


class StoreTest(unittest.TestCase):
    def setUp(self):
        self.store = Store({"open": True})

    def test_load(self):
        self.assertEqual(self.store.load("1 + 1"), 2)
"""
TREE = {"store.py": STORE, "test_store.py": DONOR}
TEXT = Parameter(name="text", kind="positional_or_keyword", optional=False, annotation="")
LOAD = FunctionCall(kind="instance", parameters=(TEXT,))
PROBE = RegressionProbe(
    name="runs_no_code",
    summary="Code is not run.",
    payloads=('"[].append(1) or 7 * 6"',),
    never='"42" in seen',
    message="code was run",
)


def made(tree: Path, test: str, call: FunctionCall = LOAD, name: str = "Store.load") -> Call | None:
    write_tree(tree, TREE)
    runner = "pytest" if "::" in test else "unittest"
    driver = TestDriver(path=tree_path("test_store.py"), id=test, runner=runner)
    return donor_call(call, ("store", name, "text"), driver, tree)


def outcome(tree: Path, call: Call, *, cases: bool = False) -> str:
    text = TestText(title="Guards.", call=call, probe=PROBE, payloads=PROBE.payloads)
    (tree / "test_new.py").write_text(as_unittest([text]) if cases else as_pytest([text]))
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_new.py"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stdout


@pytest.mark.parametrize(
    "test", ["test_store.py::test_load", "test_store.py::TestGrouped::test_load"]
)
def test_the_set_up_of_a_test_is_used_again(tmp_path: Path, test: str) -> None:
    call = made(tmp_path, test)
    assert call is not None
    assert call.fixtures == ("store",)
    assert "code was run" in outcome(tmp_path, call)
    (tmp_path / "store.py").write_text(STORE.replace("eval", "int"))
    assert "1 passed" in outcome(tmp_path, call)


def test_a_case_of_unittest_runs_with_its_own_set_up(tmp_path: Path) -> None:
    call = made(tmp_path, "test_store.StoreTest.test_load")
    assert call is not None
    assert "code was run" in outcome(tmp_path, call, cases=True)
    (tmp_path / "store.py").write_text(STORE.replace("eval", "int"))
    assert "1 passed" in outcome(tmp_path, call, cases=True)


def test_bytes_are_replaced_by_bytes_and_static_methods_stay_so(tmp_path: Path) -> None:
    static = FunctionCall(kind="static", parameters=(TEXT,))
    call = made(tmp_path, "test_store.py::test_parse", static, "Store.parse")
    assert call is not None
    assert "code was run" in outcome(tmp_path, call)


@pytest.mark.parametrize(
    "test",
    [
        "test_store.py::test_varied[1]",
        "test_store.py::test_gone",
        "test_store.py::StoreTest::Inner::test_load",
    ],
)
def test_a_test_that_cannot_be_called_by_itself_lends_nothing(tmp_path: Path, test: str) -> None:
    assert made(tmp_path, test) is None


def test_only_methods_can_be_replaced_for_every_caller(tmp_path: Path) -> None:
    plain = FunctionCall(kind="function", parameters=(TEXT,))
    assert made(tmp_path, "test_store.py::test_load", plain, "load") is None
