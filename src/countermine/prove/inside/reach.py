"""Notes which functions of the target each test enters, without a package in its environment.

The interpreter's own means are used: ``sys.monitoring`` from 3.12 on, ``sys.settrace`` before it,
which is slower. Threads that a test starts count as the test.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

_TOOL = 4
"""An identifier of ``sys.monitoring`` that no kind of tool is meant to use."""


class Reach:
    """Writes a line of JSON for every test that enters a function of certain files."""

    def __init__(self, path: str, files: list[str]) -> None:
        """Open the stream; files are named as from the root of the tree, which is here."""
        self._stream = open(path, "a", encoding="utf-8")  # noqa: SIM115, PTH123 - kept open
        self._files = {os.path.abspath(name): name for name in files}  # noqa: PTH100 - 3.8 and up
        self._seen: set[tuple[str, int]] = set()
        self._monitoring: Any = getattr(sys, "monitoring", None)
        if self._monitoring is not None:
            self._watch()

    def begin(self) -> None:
        """Forget what was entered before a test."""
        self._seen = set()
        if self._monitoring is not None:
            self._monitoring.restart_events()
        else:
            threading.settrace(self._called)
            sys.settrace(self._called)

    def end(self, test: str) -> None:
        """Tell what a test entered."""
        if self._monitoring is None:
            sys.settrace(None)
            threading.settrace(None)
        if self._seen:
            places = sorted([self._files[name], line] for name, line in self._seen)
            self._stream.write(json.dumps({"id": test, "places": places}) + "\n")
            self._stream.flush()

    def _watch(self) -> None:
        events = self._monitoring.events
        self._monitoring.use_tool_id(_TOOL, "countermine")
        self._monitoring.register_callback(_TOOL, events.PY_START, self._started)
        self._monitoring.set_events(_TOOL, events.PY_START)

    def _started(self, code: Any, _offset: int) -> object:  # noqa: ANN401 - a code object
        if code.co_filename in self._files:
            self._seen.add((code.co_filename, code.co_firstlineno))
        return self._monitoring.DISABLE

    def _called(self, frame: Any, _event: str, _argument: object) -> None:  # noqa: ANN401 - a frame
        code = frame.f_code
        if code.co_filename in self._files:
            self._seen.add((code.co_filename, code.co_firstlineno))
