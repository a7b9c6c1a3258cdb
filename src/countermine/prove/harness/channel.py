"""Records between the observer and whoever reads it: numbered, and signed with a key of the run.

Code of the target shares a process with the observer, so it can write to the same pipe, close it,
or end the process. What it cannot do without the key is make a record that reads as valid, take
one out, or write the closing one.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from typing import TYPE_CHECKING, NamedTuple

MAIN = "main"
"""The stream of the driven process; processes that it forks write streams of their own."""

CLOSING = "countermine.closed"

_blake2b = hashlib.blake2b
_write = os.write
_quoted = json.encoder.encode_basestring_ascii
_getpid = os.getpid

if TYPE_CHECKING:
    from collections.abc import Callable

    Write = Callable[[str, dict[str, str]], None]


class Record(NamedTuple):
    """One thing that the observer saw."""

    name: str
    detail: dict[str, str]


class Account(NamedTuple):
    """All that was read, and whether it is whole."""

    records: tuple[Record, ...]
    closed: bool
    """The closing record came last, no number is missing before it, and nothing was dropped."""
    garbage: int
    """Lines that are no valid record: somebody else wrote, or something was cut."""


def sign(key: bytes, text: str) -> str:
    """Return the signature of a text under a key."""
    return _blake2b(text.encode("utf-8", "surrogatepass"), key=key, digest_size=16).hexdigest()


def derive(key: bytes, label: str) -> bytes:
    """Return a key of its own for a purpose."""
    return _blake2b(label.encode(), key=key, digest_size=32).digest()


def _written(stream: str, number: int, name: str, detail: dict[str, str]) -> str:
    """Return a record as JSON, by nothing that code of the target can replace meanwhile."""
    facts = ", ".join([f"{_quoted(key)}: {_quoted(text)}" for key, text in detail.items()])
    return f"[{_quoted(stream)}, {number:d}, {_quoted(name)}, {{{facts}}}]"


def writer(fd: int, key: bytes) -> Write:
    """Return a function that writes signed records to a pipe."""
    stream = [MAIN]
    following = [0]
    locks = [threading.RLock()]

    def write(name: str, detail: dict[str, str]) -> None:
        with locks[0]:
            body = _written(stream[0], following[0], name, detail)
            following[0] += 1
            data = f"{sign(key, body)} {body}\n".encode("utf-8", "surrogatepass")
            while data:
                data = data[_write(fd, data) :]

    def after_fork() -> None:
        locks[0] = threading.RLock()
        stream[0] = f"fork-{_getpid()}"
        following[0] = 0

    os.register_at_fork(after_in_child=after_fork)
    return write


def read(data: bytes, key: bytes) -> Account:
    """Check and collect the records of a pipe."""
    records: list[Record] = []
    expected: dict[str, int] = {}
    garbage = 0
    closed = False
    for line in data.split(b"\n"):
        if not line:
            continue
        parsed = _parsed(line, key)
        if parsed is None or expected.get(parsed[0], 0) != parsed[1]:
            garbage += 1
            continue
        stream, number, record = parsed
        expected[stream] = number + 1
        if record.name == CLOSING:
            closed = stream == MAIN and record.detail.get("lost") == "0"
        else:
            closed = closed and stream != MAIN
            records.append(record)
    return Account(tuple(records), closed and not garbage, garbage)


def _parsed(line: bytes, key: bytes) -> tuple[str, int, Record] | None:
    signature, _, rest = line.partition(b" ")
    body = rest.decode("utf-8", "replace")
    if signature.decode("ascii", "replace") != sign(key, body):
        return None
    stream, number, name, detail = json.loads(body)
    return stream, number, Record(name, detail)
