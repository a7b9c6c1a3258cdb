"""What reaches objects of ``unittest.mock`` that stand in: for a database, or for a connection."""

# ruff: noqa: ANN401 - stands in for calls of any type

from __future__ import annotations

import re
from types import ModuleType
from typing import TYPE_CHECKING, Any

from countermine.prove.harness.observer import Observer
from countermine.prove.harness.sinks_documents import QUERIES, tell_query
from countermine.prove.harness.sinks_languages import tell_sql
from countermine.prove.harness.wrapping import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from countermine.prove.harness.wrapping import Apply

_EXECUTES = frozenset({"execute", "executemany", "executescript"})
_WRITES = frozenset({"send", "sendall", "write"})
_WRITES_MANY = frozenset({"sendmsg", "writelines"})
_BEGINNING = re.compile(rb"HTTP/\d(?:\.\d)? \d{3}\b|[A-Z]+ \S+ HTTP/\d\.\d\r?\n")
_BEGUN = re.compile(
    rb"(?:H|HT|HTT|HTTP|HTTP/|HTTP/\d[\d.]{0,3}(?: \d{0,2})?"
    rb"|[A-Z]{1,10}(?: \S{0,2000}(?: [HTP/\d.]{0,8}\r?)?)?)\Z"
)
"""What may become the beginning of a message once more is written."""
MAX_LINE = 16_000
"""Bytes of a line of a message's head that are kept until it is whole."""
_MAX_FACT = 2_000
_BYTES = (bytes, bytearray, memoryview)


class Head:
    """Tells the lines of a head of HTTP as a server, or a client, hands them to a connection.

    Whoever reads them takes each line for a header of its own, and a line feed alone for the end
    of one: so do most.
    """

    def __init__(self, observer: Observer) -> None:
        """Keep what is not a whole line yet."""
        self._observer = observer
        self._left = b""
        self._begun = b""
        self._inside = False

    def written(self, data: bytes) -> None:
        """Take what was handed to the connection: in one piece, or line by line."""
        begun = data if self._inside else self._begun + data
        self._begun = b""
        if _BEGINNING.match(begun):
            self._left, self._inside = b"", True
            # Of a first line that is not whole the rest belongs to no header.
            data = begun
        elif not self._inside:
            self._begun = begun if _BEGUN.match(begun) else b""
            return
        *lines, left = (self._left + data).split(b"\n")
        self._left = left[:MAX_LINE]
        for line in lines:
            if _BEGINNING.match(line + b"\n"):
                continue
            if not line.strip(b"\r"):
                self._inside = False
                return
            name, _, text = line.decode("latin-1").partition(":")
            facts = {"name": name.strip()[:_MAX_FACT], "text": text.strip()[:_MAX_FACT]}
            self._observer.tell("header", facts)


def _mocks(module: ModuleType, observer: Observer) -> None:
    """Report what reaches a stand-in: of a test, or of a driver."""
    called = module.CallableMixin.__call__
    head = Head(observer)

    def __call__(*args: Any, **kwargs: Any) -> Any:  # noqa: N807 - it is one
        name = vars(args[0]).get("_mock_new_name")
        first = args[1] if len(args) > 1 else None
        if name in _EXECUTES and isinstance(first, str):
            tell_sql(observer, "unittest.mock", first, args[2:])
        if name in QUERIES and "_" in name and isinstance(first, dict):
            # Names of one word, such as update, are those of other things as well.
            tell_query(observer, "unittest.mock", name, first)
        if name in _WRITES and isinstance(first, _BYTES):
            head.written(bytes(first))
        if name in _WRITES_MANY and isinstance(first, (list, tuple)):
            head.written(b"".join(bytes(one) for one in first if isinstance(one, _BYTES)))
        return called(*args, **kwargs)

    replace(observer, module.CallableMixin, "__call__", __call__)


WATCHED: Mapping[str, Apply] = {"unittest.mock": _mocks}
"""Module to how it is wrapped once it is loaded."""
