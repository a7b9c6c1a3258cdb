"""Writes down what providers said, and says it again: a run with a model that anybody can repeat.

One JSON object a line: the request's digest, the roster's entry, and the answer or fault, in the
order in which they came. The same request may be sent several times; each answer is given once.
"""

import json
from collections import defaultdict, deque
from pathlib import Path
from threading import Lock

from pydantic import TypeAdapter, ValidationError

from countermine.core.errors import BadUsageError, EnvironmentLacksError
from countermine.core.models import CallOutcome
from countermine.models.options import RosterEntry
from countermine.models.request import Request
from countermine.models.transport import Fault, Said, Sent, Transport

MAX_RECORD_BYTES = 256 << 20

_SAID, _FAULT = TypeAdapter(Said), TypeAdapter(Fault)


class Recording:
    """Passes requests on and writes down what came back."""

    def __init__(self, inner: Transport, file: Path, *, anew: bool = True) -> None:
        """Write to a file.

        Args:
            inner: Who is asked.
            file: Where to.
            anew: Whether what it holds is dropped; a run that is carried on adds to it.

        Raises:
            EnvironmentLacksError: If it cannot be written.
        """
        self._inner, self._file, self._lock = inner, file, Lock()
        try:
            with file.open("wb" if anew else "ab"):
                pass
        except OSError as error:
            raise _unwritable(file, error) from error

    def send(self, name: str, entry: RosterEntry, request: Request) -> Sent:
        """Send, and write down what came back before it is used."""
        sent = self._inner.send(name, entry, request)
        line = {
            "request": request.digest,
            "entry": name,
            "model": entry.model,
            "said": _SAID.dump_python(sent, mode="json") if isinstance(sent, Said) else None,
            "fault": _FAULT.dump_python(sent, mode="json") if isinstance(sent, Fault) else None,
        }
        with self._lock:
            try:
                with self._file.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line, sort_keys=True) + "\n")
            except OSError as error:
                raise _unwritable(self._file, error) from error
        return sent


class Replaying:
    """Answers from a record; nothing is sent."""

    def __init__(self, file: Path) -> None:
        """Read a record.

        Raises:
            BadUsageError: If it cannot be read, or a line of it is none of a record's.
        """
        self._lock = Lock()
        self._left: dict[tuple[str, str], deque[Sent]] = defaultdict(deque)
        try:
            with file.open("rb") as stream:
                content = stream.read(MAX_RECORD_BYTES + 1)
        except OSError as error:
            message = f"cannot read the record {str(file)!r}: {error.strerror}"
            raise BadUsageError(message) from error
        if len(content) > MAX_RECORD_BYTES:
            message = f"{file} is longer than {MAX_RECORD_BYTES} bytes, which no record is"
            raise BadUsageError(message)
        for number, line in enumerate(content.splitlines(), start=1):
            try:
                self._take(json.loads(line))
            except (ValueError, KeyError, TypeError, ValidationError) as error:
                message = f"{file}, line {number}, is no line of a record made by --record"
                raise BadUsageError(message) from error

    def send(self, name: str, entry: RosterEntry, request: Request) -> Sent:
        """Return what was said to the same request by the same entry, in the same order."""
        del entry
        with self._lock:
            left = self._left.get((request.digest, name))
            if left:
                return left.popleft()
        return Fault(
            outcome=CallOutcome.NOT_RECORDED,
            reason="the record holds no answer to this question",
            sent=False,
        )

    def _take(self, line: dict[str, object]) -> None:
        said, fault = line["said"], line["fault"]
        sent: Sent = (
            _SAID.validate_python(said) if said is not None else _FAULT.validate_python(fault)
        )
        self._left[str(line["request"]), str(line["entry"])].append(sent)


def _unwritable(file: Path, error: OSError) -> EnvironmentLacksError:
    return EnvironmentLacksError(f"cannot write the record {str(file)!r}: {error.strerror}")
