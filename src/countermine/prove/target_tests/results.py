"""What came back from a run of the target's tests, and whether it can be believed."""

import json
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, ValidationError

from countermine.core.environment import TestRunner
from countermine.ports.sandbox import Bound, Exited, SandboxOutcome, Stopped
from countermine.prove.evidence import clean
from countermine.prove.records import TestOutcome, TestRecord

MAX_TESTS = 100_000
"""More tests than the largest suites of the package index."""

_OUTCOMES = frozenset(outcome.value for outcome in TestOutcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRun:
    """One run of the target's tests."""

    __test__ = False

    records: tuple[TestRecord, ...]
    """One for each test that ended, in the order of their ids."""
    collection_errors: tuple[TestRecord, ...]
    """What could not even be loaded."""
    stopped: Bound | None
    """The bound that cut the run; the records are what was done until then."""
    trouble: str | None
    """Why the records cannot be believed; ``None`` when they and the exit code agree."""
    exit_code: int | None
    output: str
    """The end of what the runner printed, cleaned."""

    def outcomes(self) -> dict[str, TestOutcome]:
        """Return each test's outcome by its id."""
        return {record.id: record.outcome for record in self.records}


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    kind: str
    id: str = ""
    outcome: str = ""
    detail: str = ""
    tests: int = 0


def read_run(content: bytes, outcome: SandboxOutcome, runner: TestRunner) -> TestRun:
    """Return the run that a stream of results and an exit tell of."""
    if runner is TestRunner.COMMAND:
        return _command_run(outcome)
    lines, broken = _lines(content)
    tests: dict[str, TestRecord] = {}
    errors: dict[str, TestRecord] = {}
    ended: int | None = None
    for line in lines[:MAX_TESTS]:
        if line.kind == "end":
            ended = line.tests
        elif line.kind == "collection":
            errors[line.id] = _record(line, TestOutcome.ERROR)
        elif line.kind == "test" and line.outcome in _OUTCOMES:
            tests[line.id] = _record(line, TestOutcome(line.outcome))
        else:
            broken += 1
    run = TestRun(
        records=tuple(sorted(tests.values())),
        collection_errors=tuple(sorted(errors.values())),
        stopped=outcome.bound if isinstance(outcome, Stopped) else None,
        trouble=None,
        exit_code=outcome.exit_code if isinstance(outcome, Exited) else None,
        output=_tail(outcome),
    )
    return replace(run, trouble=_trouble(run, ended, broken))


def _record(line: _Line, outcome: TestOutcome) -> TestRecord:
    return TestRecord(id=line.id[:1000], outcome=outcome, detail=clean(line.detail))


def _lines(content: bytes) -> tuple[list[_Line], int]:
    """Return the lines that can be read, and how many cannot; a last cut line is none."""
    parsed: list[_Line] = []
    broken = 0
    whole, _, _ = content.rpartition(b"\n")
    for line in whole.splitlines():
        try:
            parsed.append(_Line.model_validate(json.loads(line)))
        except (ValueError, ValidationError, RecursionError):
            broken += 1
    return parsed, broken


def _command_run(outcome: SandboxOutcome) -> TestRun:
    """Return the run of a command: one test, which passes when it exits with 0."""
    code = outcome.exit_code if isinstance(outcome, Exited) else None
    verdict = TestOutcome.PASSED if code == 0 else TestOutcome.FAILED
    detail = "" if code == 0 else _tail(outcome)
    record = TestRecord(id="command", outcome=verdict, detail=detail)
    return TestRun(
        records=() if code is None else (record,),
        collection_errors=(),
        stopped=outcome.bound if isinstance(outcome, Stopped) else None,
        trouble=None,
        exit_code=code,
        output=_tail(outcome),
    )


def _trouble(run: TestRun, ended: int | None, broken: int) -> str | None:
    """Return how the records and the exit code disagree, or ``None``."""
    if broken:
        return f"{broken} lines of the test results cannot be read"
    if run.stopped is not None:
        return None
    if ended is None:
        return f"the test runner ended with exit code {run.exit_code} before its closing record"
    if ended < len(run.records):
        return f"the closing record counts {ended} tests, the stream has {len(run.records)}"
    return _disagreement(run)


def _disagreement(run: TestRun) -> str | None:
    bad = [r.id for r in run.records if r.outcome in {TestOutcome.FAILED, TestOutcome.ERROR}]
    bad += [record.id for record in run.collection_errors]
    if run.exit_code == 0 and bad:
        return f"the test runner exits with 0 although {bad[0]} failed"
    if run.exit_code == 0 and not run.records:
        return "the test runner exits with 0 although no test ran"
    if run.exit_code != 0 and not bad and run.records:
        return f"the test runner exits with {run.exit_code} although no test failed"
    return None


def _tail(outcome: SandboxOutcome) -> str:
    text = outcome.stdout[-4000:] + b"\n" + outcome.stderr[-4000:]
    return clean(text.decode("utf-8", "replace"))
