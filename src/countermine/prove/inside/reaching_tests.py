"""Tells which tests of the target call an entry point with an argument that can be replaced.

Usage: ``python reaching_tests.py RESULTS REQUEST``, where the request is a JSON object with the
``entry`` (as the harness has it), the ``runner``, the ``files`` of tests in the order in which they
are tried, and how many tests are ``enough``. Writes a line of JSON for each test that was seen.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
from typing import Any


class Watch:
    """Notes which test is running when the entry point is called; a plugin of pytest."""

    def __init__(self, results: str, request: dict[str, Any]) -> None:
        """Begin with nothing seen."""
        self._results = results
        self._enough = int(request["enough"])
        self._needs_argument = request["needs_argument"]
        self._key = request["entry"]["key"]
        self._hooking = importlib.import_module("countermine.prove.harness.hooking")
        self._fitting = importlib.import_module("countermine.prove.harness.fitting")
        self.file = ""
        self._test = ""
        self._seen: set[str] = set()

    @property
    def done(self) -> bool:
        """Tell whether enough tests were seen."""
        return len(self._seen) >= self._enough

    def pytest_runtest_setup(self, item: Any) -> None:  # noqa: ANN401 - pytest is not imported here
        """Note the test that begins."""
        self._test = item.nodeid

    def started(self, test: Any) -> None:  # noqa: ANN401 - a test of unittest
        """Note the test that begins."""
        self._test = test.id()

    def around(self, function: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401 - any function
        """Note the test that calls the entry point, and let it."""
        place, given = self._hooking.place_of(function, args, kwargs, self._key)
        usable = not self._needs_argument or (place is not None and self._fitting.fits(given))
        if usable and self._test and self._test not in self._seen and not self.done:
            self._seen.add(self._test)
            line = json.dumps({"id": self._test, "path": self.file})
            with open(self._results, "a", encoding="utf-8") as stream:  # noqa: PTH123 - 3.8 and up
                stream.write(line + "\n")
        return function(*args, **kwargs)


def main(results: str, asked: str) -> None:
    """Run the files until enough tests were seen."""
    request = json.loads(asked)
    loading = importlib.import_module("countermine.prove.harness.loading")
    running = importlib.import_module("countermine.prove.harness.running_tests")
    entry = request["entry"]
    entry["import_roots"] = tuple(entry["import_roots"])
    job = loading.EntryJob(**entry)
    running.prepare(job.root)
    sys.path[:0] = loading.search_path(job)
    module = loading.load(job)
    watch = Watch(results, request)
    importlib.import_module("countermine.prove.harness.hooking").stand_at(module, job, watch.around)
    for file in request["files"]:
        if watch.done:
            break
        watch.file = file
        with contextlib.suppress(Exception):  # a file of tests that cannot be run
            running.run(request["runner"], file, "", (watch,))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
