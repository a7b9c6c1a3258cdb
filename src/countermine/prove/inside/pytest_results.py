"""A pytest plugin that writes a line of JSON for every test as soon as it is done.

Loaded with ``-p``; a run that is stopped at a bound leaves what it got through. It imports
nothing of pytest, so that it suits every version from 4 on.
"""

from __future__ import annotations

import importlib
import json
import zlib
from typing import Any

_DETAIL_CHARS = 2000
_RANK = ("passed", "xpassed", "skipped", "xfailed", "failed", "error")
_STATE: dict[str, Any] = {"stream": None, "reach": None, "phases": {}, "tests": 0}


def pytest_addoption(parser: Any) -> None:  # noqa: ANN401 - pytest is not imported here
    """Take the place where the results go."""
    parser.addoption("--countermine-results", default=None, help="file for one line per test")
    parser.addoption("--countermine-part", default=None, help="K/N: of N parts of the files, the K")
    parser.addoption("--countermine-reach", default=None, help="file for what each test enters")
    parser.addoption("--countermine-reached", action="append", default=[], help="a file to look at")


def pytest_configure(config: Any) -> None:  # noqa: ANN401 - the same
    """Open the stream; the workers of a distributed run tell their controller instead."""
    path = config.getoption("--countermine-results")
    if path is not None and not hasattr(config, "workerinput"):
        _STATE["stream"] = open(path, "a", encoding="utf-8")  # noqa: SIM115, PTH123 - kept open
    reach = config.getoption("--countermine-reach")
    if reach is not None and not hasattr(config, "workerinput"):
        tracer = importlib.import_module("countermine_reach")  # Beside this, when it is asked for.
        _STATE["reach"] = tracer.Reach(reach, config.getoption("--countermine-reached"))


def pytest_collection_modifyitems(config: Any, items: list[Any]) -> None:  # noqa: ANN401 - the same
    """Keep the tests of this part's files; a file is in the same part whatever others there are."""
    part = config.getoption("--countermine-part")
    if part is None:
        return
    number, of = map(int, part.split("/"))
    kept: list[Any] = []
    others: list[Any] = []
    for item in items:
        file = item.nodeid.split("::")[0].encode("utf-8", "replace")
        (kept if zlib.crc32(file) % of == number else others).append(item)
    if others:
        items[:] = kept
        config.hook.pytest_deselected(items=others)


def pytest_runtest_logstart(nodeid: str, location: object) -> None:  # noqa: ARG001 - the hook's
    """Begin to note what the test enters, its fixtures included."""
    if _STATE["reach"] is not None:
        _STATE["reach"].begin()


def pytest_runtest_logfinish(nodeid: str, location: object) -> None:  # noqa: ARG001 - the hook's
    """Tell what the test entered."""
    if _STATE["reach"] is not None:
        _STATE["reach"].end(nodeid)


def _write(record: dict[str, object]) -> None:
    stream = _STATE["stream"]
    if stream is not None:
        stream.write(json.dumps(record, sort_keys=True) + "\n")
        stream.flush()


def _detail(report: Any) -> str:  # noqa: ANN401 - the same
    return str(getattr(report, "longreprtext", "") or report.longrepr or "")[-_DETAIL_CHARS:]


def pytest_collectreport(report: Any) -> None:  # noqa: ANN401 - the same
    """Keep apart what could not even be collected."""
    if report.outcome == "failed":
        _write({"kind": "collection", "id": report.nodeid, "detail": _detail(report)})


def _outcome(report: Any) -> str:  # noqa: ANN401 - the same
    expected_to_fail = hasattr(report, "wasxfail")
    if report.outcome == "failed":
        return "failed" if report.when == "call" else "error"
    if report.outcome == "skipped":
        return "xfailed" if expected_to_fail else "skipped"
    return "xpassed" if expected_to_fail else "passed"


def pytest_runtest_logreport(report: Any) -> None:  # noqa: ANN401 - the same
    """Join the phases of a test; its line is written when it is torn down."""
    phases = _STATE["phases"]
    worst, detail = phases.pop(report.nodeid, ("passed", ""))
    outcome = _outcome(report)
    if _RANK.index(outcome) > _RANK.index(worst):
        worst, detail = outcome, _detail(report) if report.outcome == "failed" else ""
    if report.when == "teardown":
        _STATE["tests"] += 1
        _write({"kind": "test", "id": report.nodeid, "outcome": worst, "detail": detail})
    else:
        phases[report.nodeid] = (worst, detail)


def pytest_unconfigure(config: Any) -> None:  # noqa: ANN401, ARG001 - the hook's signature
    """Write the closing record: without it, the stream was cut."""
    _write({"kind": "end", "tests": _STATE["tests"]})
