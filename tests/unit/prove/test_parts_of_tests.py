"""The target's tests run in parts at once, where that comes to what the whole comes to."""

from pathlib import Path

import pytest

from countermine.core.environment import TestPlan, TestRunner
from countermine.ports.sandbox import Bound, SandboxCommand, SandboxOutcome, Stopped
from countermine.prove.gates.baseline import baseline
from countermine.prove.options import ProveOptions
from countermine.prove.records import TestOutcome, TestRecord, UsableTests
from countermine.prove.target_tests.parts import joined, run_in_parts, run_known
from countermine.prove.target_tests.results import TestRun
from countermine.sandbox.detect import choose
from countermine.testing.proving import (
    ScriptedSandbox,
    exited,
    own_environment,
    setting_for,
    stream,
    write_tree,
)

OPTIONS = ProveOptions(test_shards=2)
PYTEST = TestPlan(runner=TestRunner.PYTEST, arguments=("tests",))
FILES = {f"tests/test_{name}.py": "def test_one(): pass\n" for name in "abcd"}
ALL = {"a": "passed", "b": "passed", "c": "failed", "d": "passed"}
FIRST, SECOND = ("a", "c"), ("b", "d")


class Suite:
    """A sandbox whose tests come to what each run of them is said to."""

    def __init__(self, **parts: dict[str, str]) -> None:
        """Tell what the whole, the first and the second part come to."""
        self.comes_to = parts
        self.asked: list[str] = []
        self.cut: set[str] = set()

    def reply(self, command: SandboxCommand, tree: Path) -> tuple[SandboxOutcome, bytes]:
        """Say what one run came to."""
        del tree
        part = next((one[-3:] for one in command.argv if "countermine-part" in one), "whole")
        self.asked.append(part)
        outcomes = self.comes_to[{"0/2": "first", "1/2": "second"}.get(part, part)]
        if part in self.cut:
            ended = Stopped(bound=Bound.WALL, stdout=b"", stderr=b"", duration_ms=1)
            return ended, stream(outcomes, end=False)
        bad = "failed" in outcomes.values()
        return exited(1 if bad else 0 if outcomes else 5), stream(outcomes)

    def known(self, root: Path, files: dict[str, str] | None = None) -> UsableTests:
        """Return what the baseline makes of it."""
        write_tree(root, files or FILES)
        environment = own_environment(PYTEST)
        sandbox = ScriptedSandbox(self.reply)
        setting = setting_for(root, environment=environment, sandbox=sandbox, options=OPTIONS)
        _, seen = baseline(setting)
        assert isinstance(seen, UsableTests)
        return seen


def taken(*names: str) -> dict[str, str]:
    return {name: ALL[name] for name in names}


def test_a_suite_whose_parts_come_to_the_same_is_run_in_parts_from_then_on(tmp_path: Path) -> None:
    suite = Suite(whole=ALL, first=taken(*FIRST), second=taken(*SECOND))
    known = suite.known(tmp_path)
    assert sorted(suite.asked) == ["0/2", "1/2", "whole"]
    assert (known.stable, known.failing, known.flaky) == (("a", "b", "d"), ("c",), ())
    assert known.shards == 2
    suite.asked.clear()
    environment = own_environment(PYTEST)
    setting = setting_for(tmp_path, environment=environment, sandbox=ScriptedSandbox(suite.reply))
    run = run_known(setting, environment, PYTEST, tmp_path, known)
    assert sorted(suite.asked) == ["0/2", "1/2"]
    assert {name: outcome.value for name, outcome in run.outcomes().items()} == ALL


def test_a_suite_with_a_test_that_needs_the_others_is_run_as_a_whole(tmp_path: Path) -> None:
    suite = Suite(whole=ALL, first=taken(*FIRST), second={"b": "failed", "d": "passed"})
    known = suite.known(tmp_path)
    assert suite.asked.count("whole") == 2
    assert (known.stable, known.flaky, known.shards) == (("a", "b", "d"), (), 1)


def test_a_test_that_fails_by_chance_does_not_keep_a_suite_whole(tmp_path: Path) -> None:
    wholes = iter([ALL, {**ALL, "d": "failed"}])
    suite = Suite(first=taken(*FIRST), second={"b": "passed", "d": "failed"})

    class Changing(dict[str, dict[str, str]]):
        def __getitem__(self, key: str) -> dict[str, str]:
            return next(wholes) if key == "whole" else super().__getitem__(key)

    suite.comes_to = Changing(suite.comes_to)
    known = suite.known(tmp_path)
    assert (known.stable, known.flaky, known.shards) == (("a", "b"), ("d",), 2)


def test_what_the_parts_reach_behind_the_time_bound_is_known(tmp_path: Path) -> None:
    suite = Suite(whole=taken("a", "b"), first=taken(*FIRST), second=taken(*SECOND))
    suite.cut.add("whole")
    known = suite.known(tmp_path)
    assert sorted(suite.asked) == ["0/2", "0/2", "1/2", "1/2", "whole"]
    assert (known.stable, known.cut, known.shards) == (("a", "b", "d"), False, 2)


def test_few_files_are_run_as_a_whole(tmp_path: Path) -> None:
    suite = Suite(whole=ALL)
    assert suite.known(tmp_path, {"tests/test_a.py": ""}).shards == 1
    assert suite.asked == ["whole", "whole"]


def test_parts_that_say_nothing_do_not_hide_what_the_whole_says(tmp_path: Path) -> None:
    suite = Suite(whole=ALL, first={}, second={})
    known = suite.known(tmp_path)
    assert suite.asked.count("whole") == 2
    assert (known.stable, known.shards) == (("a", "b", "d"), 1)


def run_of(*records: tuple[str, str], code: int = 0, trouble: str | None = None) -> TestRun:
    return TestRun(
        records=tuple(TestRecord(id=name, outcome=TestOutcome(how)) for name, how in records),
        collection_errors=(),
        stopped=None,
        trouble=trouble,
        exit_code=code,
        output="",
    )


def test_of_a_test_in_two_parts_the_worse_outcome_counts() -> None:
    good, bad = run_of(("a", "passed")), run_of(("a", "failed"), code=1)
    for runs in ([good, bad], [bad, good]):
        whole = joined(runs)
        assert whole.outcomes() == {"a": TestOutcome.FAILED}
        assert whole.exit_code == 1


def test_what_makes_one_part_unbelievable_makes_the_whole_so() -> None:
    odd = run_of(trouble="the test runner exits with 0 although no test ran")
    assert joined([run_of(("a", "passed")), odd]).trouble == odd.trouble


def test_a_part_without_tests_is_no_failure() -> None:
    assert joined([run_of(("a", "passed")), run_of(code=5)]).exit_code == 0
    assert joined([run_of(code=5), run_of(code=5)]).exit_code == 5


UNITTEST = "import unittest\nclass T(unittest.TestCase):\n    def test_one(self): pass\n"


@pytest.mark.parametrize(
    ("runner", "text"),
    [(TestRunner.PYTEST, "def test_one(): pass\n"), (TestRunner.UNITTEST, UNITTEST)],
)
def test_real_runners_run_each_test_in_one_part(
    tmp_path: Path, runner: TestRunner, text: str
) -> None:
    tmp_path.chmod(0o755)
    files = {f"tests/test_{name}.py": text for name in "abcdefg"}
    broken = {"tests/test_broken.py": "import nothing_of_this_name\n"}
    write_tree(tmp_path, {"pytest.ini": "[pytest]\n", **files, **broken})
    plan = TestPlan(runner=runner, arguments=("tests",))
    environment = own_environment(plan)
    setting = setting_for(tmp_path, environment=environment, sandbox=choose())
    seen = [
        run_in_parts(setting, environment, plan, tmp_path, plain=False, parts=parts)
        for parts in (1, 2)
    ]
    whole, parted = seen
    assert len(whole.records) == len(files)
    assert parted.records == whole.records
    assert [one.id for one in parted.collection_errors] == [
        one.id for one in whole.collection_errors
    ]
    assert (parted.trouble, parted.exit_code) == (None, whole.exit_code)
