import json

import pytest

from countermine.core.environment import TestRunner
from countermine.ports.sandbox import Bound, Stopped
from countermine.prove.records import TestOutcome
from countermine.prove.target_tests.results import TestRun, read_run
from countermine.testing.proving import exited, stream


def read(content: bytes, code: int = 0) -> TestRun:
    return read_run(content, exited(code), TestRunner.PYTEST)


def test_records_and_exit_code_that_agree_are_believed() -> None:
    run = read(stream({"b": "passed", "a": "skipped"}))
    assert run.trouble is None
    assert [(one.id, one.outcome) for one in run.records] == [
        ("a", TestOutcome.SKIPPED),
        ("b", TestOutcome.PASSED),
    ]
    assert run.outcomes() == {"a": TestOutcome.SKIPPED, "b": TestOutcome.PASSED}


def test_a_failed_test_goes_with_exit_code_1() -> None:
    run = read(stream({"a": "failed"}, detail="E   assert 1 == 2"), 1)
    assert run.trouble is None
    assert run.records[0].detail == "E   assert 1 == 2"


@pytest.mark.parametrize(
    ("content", "code", "trouble"),
    [
        (stream({"a": "failed"}), 0, "the test runner exits with 0 although a failed"),
        (stream({"a": "error"}), 0, "the test runner exits with 0 although a failed"),
        (stream({}), 0, "the test runner exits with 0 although no test ran"),
        (stream({"a": "passed"}), 1, "the test runner exits with 1 although no test failed"),
        (stream({"a": "passed"}), 3, "the test runner exits with 3 although no test failed"),
        (
            stream({"a": "passed"}, end=False),
            0,
            "the test runner ended with exit code 0 before its closing record",
        ),
        (b"", 4, "the test runner ended with exit code 4 before its closing record"),
        (b"nonsense\n" + stream({"a": "passed"}), 0, "1 lines of the test results cannot be read"),
        (b"[1]\n" + stream({"a": "passed"}), 0, "1 lines of the test results cannot be read"),
        (stream({"a": "splendid"}), 0, "1 lines of the test results cannot be read"),
        (
            stream({"a": "passed"}, end=False) + stream({}),
            0,
            "the closing record counts 0 tests, the stream has 1",
        ),
    ],
)
def test_records_that_contradict_the_exit_code_are_not(
    content: bytes, code: int, trouble: str
) -> None:
    assert read(content, code).trouble == trouble


def test_no_tests_at_all_is_no_contradiction() -> None:
    assert read(stream({}), 5).trouble is None


def test_what_could_not_be_collected_is_kept_apart() -> None:
    line = {"kind": "collection", "id": "tests/test_b.py", "detail": "ImportError: no b"}
    run = read(json.dumps(line).encode() + b"\n" + stream({"a": "passed"}), 1)
    assert run.trouble is None
    assert [one.id for one in run.records] == ["a"]
    assert [(one.id, one.detail) for one in run.collection_errors] == [
        ("tests/test_b.py", "ImportError: no b")
    ]


def test_a_run_stopped_at_a_bound_keeps_what_ran() -> None:
    outcome = Stopped(bound=Bound.WALL, stdout=b"", stderr=b"", duration_ms=1)
    content = stream({"a": "passed"}, end=False) + b'{"kind": "test", "id": "cut'
    run = read_run(content, outcome, TestRunner.PYTEST)
    assert run.trouble is None
    assert run.stopped is Bound.WALL
    assert run.exit_code is None
    assert [one.id for one in run.records] == ["a"]


@pytest.mark.parametrize(("code", "expected"), [(0, TestOutcome.PASSED), (2, TestOutcome.FAILED)])
def test_a_command_is_one_test(code: int, expected: TestOutcome) -> None:
    run = read_run(b"", exited(code, stdout=b"said"), TestRunner.COMMAND)
    assert run.outcomes() == {"command": expected}
    assert run.output == "said"


def test_a_command_stopped_at_a_bound_is_no_test() -> None:
    outcome = Stopped(bound=Bound.MEMORY, stdout=b"", stderr=b"", duration_ms=1)
    run = read_run(b"", outcome, TestRunner.COMMAND)
    assert run.outcomes() == {}
    assert run.stopped is Bound.MEMORY


def test_the_last_record_of_a_test_that_was_run_again_counts() -> None:
    content = stream({"a": "failed"}, end=False) + stream({"a": "passed"})
    assert read(content).outcomes() == {"a": TestOutcome.PASSED}
