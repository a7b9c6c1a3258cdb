"""Which lines of the target ran: a guide for the search of attacks, never evidence.

Code of the target shares the process and can switch the recording off. All that loses is a hint
where to search on; what an attack showed is told by the observer alone.
"""

from __future__ import annotations

import sys
import threading
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import CodeType, FrameType

MOST = 4000
"""Lines that are told of one drive; a request of a large application runs through some hundreds."""


class Lines:
    """Records the lines of files below a folder from ``start`` to ``stop``."""

    def __init__(self, root: str) -> None:
        """Record what lies below ``root``, which ends in ``/``."""
        self._root = root
        self._seen: set[tuple[str, int]] = set()

    def start(self) -> None:
        """Begin to record, in every thread."""
        if sys.version_info >= (3, 12):
            tool = sys.monitoring
            if tool.get_tool(tool.COVERAGE_ID) is None:
                tool.use_tool_id(tool.COVERAGE_ID, "countermine")
                tool.register_callback(tool.COVERAGE_ID, tool.events.LINE, self._ran)
                tool.set_events(tool.COVERAGE_ID, tool.events.LINE)
            return
        threading.settrace(self._called)
        sys.settrace(self._called)

    def stop(self) -> str:
        """End the recording, and return a number for each line that ran, in order, as text."""
        if sys.version_info >= (3, 12):
            tool = sys.monitoring
            if tool.get_tool(tool.COVERAGE_ID) == "countermine":
                tool.set_events(tool.COVERAGE_ID, 0)
        else:
            sys.settrace(None)
        seen = sorted(zlib.crc32(f"{path}:{line}".encode()) for path, line in self._seen)
        return " ".join(map(str, seen[:MOST]))

    def _ran(self, code: CodeType, line: int) -> Any:  # noqa: ANN401 - the interpreter's own mark
        if code.co_filename.startswith(self._root):
            self._seen.add((code.co_filename, line))
        if sys.version_info >= (3, 12):
            return sys.monitoring.DISABLE
        return None

    def _called(self, frame: FrameType, _event: str, _argument: object) -> Any:  # noqa: ANN401
        if not frame.f_code.co_filename.startswith(self._root):
            return None
        return self._stepped

    def _stepped(self, frame: FrameType, _event: str, _argument: object) -> Any:  # noqa: ANN401
        self._seen.add((frame.f_code.co_filename, frame.f_lineno))
        return self._stepped
