"""Which tests enter which functions: the tracer for real, the gates with a scripted sandbox."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from countermine.core.environment import TestPlan, TestRunner
from countermine.core.verdicts import Gate, GateOutcome, GateResult
from countermine.ports.sandbox import SandboxCommand
from countermine.prove import inside
from countermine.prove.gates.baseline import with_reaching
from countermine.prove.gates.tests import tests as run_gate_8
from countermine.prove.records import Baseline, Claim, Reaching, Sighting, UsableTests, Witnessed
from countermine.prove.steps import Broken, Passed
from countermine.prove.target_tests.reaching import chosen, functions_by_line, reaching
from countermine.prove.trial import Trial
from countermine.sandbox.detect import choose
from countermine.testing.findings import finding_at
from countermine.testing.proving import (
    Reply,
    ScriptedSandbox,
    exited,
    own_environment,
    rewrite,
    setting_for,
    stream,
    weakness,
    witness_for,
    write_tree,
)

SCRIPTS = Path(inside.__path__[0])
APP = """
def deco(function):
    return function


class Shop:
    @deco
    def price(self):
        return 1


def other():
    return threaded()


def threaded():
    return 2
"""
TESTS = """
import threading
import app

def test_price(): assert app.Shop().price() == 1
def test_again(): assert app.Shop().price() == 1
def test_thread():
    one = threading.Thread(target=app.threaded)
    one.start()
    one.join()
def test_nothing(): pass
"""


def test_functions_are_named_by_their_first_line(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    assert functions_by_line(tmp_path / "app.py") == {
        2: "deco",
        7: "Shop.price",
        12: "other",
        16: "threaded",
    }
    (tmp_path / "bad.py").write_text("def (")
    assert functions_by_line(tmp_path / "bad.py") == {}
    assert functions_by_line(tmp_path / "none.py") == {}


def known_of(*names: str, cut: bool = False) -> UsableTests:
    return UsableTests(stable=names, flaky=(), failing=(), cut=cut, plain=False)


@pytest.mark.slow
def test_each_test_is_told_with_what_it_enters(tmp_path: Path) -> None:
    write_tree(tmp_path, {"app.py": APP, "tests/test_app.py": TESTS})
    environment = own_environment()
    setting = setting_for(tmp_path, environment=environment, sandbox=choose())
    names = [f"tests/test_app.py::test_{name}" for name in ("again", "nothing", "price", "thread")]
    found = reaching(setting, environment, known_of(*names), ("app.py",))
    assert found == (
        Reaching(path="app.py", function="Shop.price", tests=(names[0], names[2])),
        Reaching(path="app.py", function="threaded", tests=(names[3],)),
    )


def test_the_tracer_of_older_interpreters_tells_the_same(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    program = (
        "import sys\n"
        "had = getattr(sys, 'monitoring', None)\n"
        "if had is not None: del sys.monitoring\n"
        f"sys.path[:0] = [{str(SCRIPTS)!r}, {str(tmp_path)!r}]\n"
        "import reach, app\n"
        "one = reach.Reach('reach.jsonl', ['app.py'])\n"
        "one.begin(); app.other(); one.end('a')\n"
        "app.other()\n"
        "one.begin(); one.end('b')\n"
        "assert sys.gettrace() is None\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
    assert (tmp_path / "reach.jsonl").read_text() == (
        '{"id": "a", "places": [["app.py", 12], ["app.py", 16]]}\n'
    )


def test_only_a_large_or_a_cut_suite_is_looked_at(tmp_path: Path) -> None:
    write_tree(tmp_path, {"app.py": APP})
    lines = b'{"id": "t0", "places": [["app.py", 12], ["gone.py", 1]]}\nnonsense\n{"id": "t1"'

    def reply(command: SandboxCommand, _tree: Path) -> Reply:
        place = next(one.host for one in command.mounts if one.inside == "/results")
        (place / "reach.jsonl").write_bytes(lines)
        return exited(), b""

    sandbox = ScriptedSandbox(reply)
    setting = setting_for(tmp_path, environment=own_environment(), sandbox=sandbox)
    seen = (Sighting(weakness="x", path="app.py", function="other", sink="", fingerprint=""),)
    small = known_of("t0", "t1")
    assert with_reaching(setting, small, seen) == small
    assert not sandbox.commands
    expected = (Reaching(path="app.py", function="other", tests=("t0",)),)
    found = with_reaching(setting, replace(small, cut=True), seen)
    assert isinstance(found, UsableTests)
    assert found.reaching == expected
    found = with_reaching(setting, known_of(*(f"t{number}" for number in range(200))), seen)
    assert isinstance(found, UsableTests)
    assert found.reaching == expected
    assert "--countermine-reached=app.py" in sandbox.commands[0].argv


def test_options_of_the_whole_suite_stay(tmp_path: Path) -> None:
    write_tree(tmp_path, {"tests/test_a.py": ""})
    arguments = ("--ds=x", "-p", "no:doctest", "tests")
    plan = TestPlan(runner=TestRunner.PYTEST, arguments=arguments)
    few = chosen(plan, ("tests/test_a.py::test_a",), tmp_path)
    assert few.arguments == ("--ds=x", "-p", "no:doctest", "tests/test_a.py::test_a")


CODE = b"def view(text):\n    return eval(text)\n"


def gate_8(tmp_path: Path, few_before: str, few_now: str, all_now: str) -> tuple[object, list[str]]:
    """Run gate 8 of a suite of which one test reaches the patch; returns it and what was run."""
    write_tree(tmp_path / "original", {"app.py": CODE.decode(), "tests/test_a.py": ""})
    write_tree(tmp_path / "patched", {"app.py": "changed"})
    ran: list[str] = []

    def reply(command: SandboxCommand, tree: Path) -> Reply:
        few = command.argv[-1] == "a"
        patched = (tree / "app.py").read_text() == "changed"
        ran.append(f"{'few' if few else 'all'} {'now' if patched else 'before'}")
        outcome = (few_now if patched else few_before) if few else all_now
        return exited(int(outcome == "failed")), stream({"a": outcome})

    known = replace(
        known_of("a", "b"), reaching=(Reaching(path="app.py", function="view", tests=("a",)),)
    )
    finding = finding_at("app.py", CODE, b"eval(text)")
    gate = GateResult(gate=Gate.BASELINE, outcome=GateOutcome.PASSED, reason="fine")
    trial = Trial(
        setting=setting_for(tmp_path / "original", sandbox=ScriptedSandbox(reply)),
        environment=own_environment(),
        claim=Claim(finding=finding, witness=witness_for(finding), weakness=weakness()),
        patch=rewrite("app.py", CODE, "eval(text)", "int(text)"),
        ground=Baseline(gate=gate, tests=replace(known, stable=("a",)), sightings=()),
        witnessed=Witnessed(gates=(), attacks=(), controls=()),
        original=tmp_path / "original",
        patched=tmp_path / "patched",
    )
    return run_gate_8(trial)[0], ran


def test_a_test_that_reaches_the_patch_and_fails_refuses_it_before_the_rest_runs(
    tmp_path: Path,
) -> None:
    step, ran = gate_8(tmp_path, "passed", "failed", "failed")
    assert isinstance(step, Broken)
    assert ran == ["few now", "few before"]


def test_what_fails_alone_on_both_trees_is_left_to_the_whole_suite(tmp_path: Path) -> None:
    step, ran = gate_8(tmp_path, "failed", "failed", "passed")
    assert isinstance(step, Passed)
    assert ran == ["few now", "few before", "all now"]


def test_tests_that_reach_the_patch_and_pass_do_not_stand_for_the_rest(tmp_path: Path) -> None:
    step, ran = gate_8(tmp_path, "passed", "passed", "failed")
    assert isinstance(step, Broken)
    assert ran == ["few now", "all now"]
