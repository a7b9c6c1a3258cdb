"""What left this machine for a model, and what did not: one line of JSON each, no contents.

A line is on disk before the request is sent, so that a process that is killed then has left a
trace of it; a second line says what came of it.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from countermine.core.errors import CountermineError, EnvironmentLacksError
from countermine.models.locality import host_of, is_local
from countermine.models.options import RosterEntry
from countermine.models.request import Request
from countermine.models.transport import Fault, Sent, Transport
from countermine.ports.clock import Clock

EGRESS = "egress.jsonl"
"""Its name in the folder of a run."""

_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


class EgressLog:
    """The log of one run, which is only ever added to. Safe for several threads."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Write to a file that need not exist yet."""
        self._path, self._clock = path, clock
        self._turn = Lock()

    def write(self, facts: Mapping[str, str | int | bool | None]) -> None:
        """Append a line; it is on disk when this returns.

        Raises:
            EnvironmentLacksError: If it cannot be written; then nothing is sent.
        """
        line = json.dumps({"at": self._clock.now_iso(), **facts}, sort_keys=True)
        try:
            with self._turn:
                descriptor = os.open(self._path, _APPEND, 0o600)
                with os.fdopen(descriptor, "ab") as file:
                    file.write(f"{line}\n".encode())
                    file.flush()
                    os.fsync(file.fileno())
        except OSError as error:
            message = f"cannot write the egress log {str(self._path)!r}: {error.strerror}"
            raise EnvironmentLacksError(message) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A transport that writes down what it sends before it sends it."""

    inner: Transport
    log: EgressLog

    def send(self, name: str, entry: RosterEntry, request: Request) -> Sent:
        """Send, with a line before and a line after.

        Raises:
            EnvironmentLacksError: If the log cannot be written before anything was sent.
        """
        question: dict[str, str | int | bool | None] = {
            "task": request.task.value,
            "case": request.case,
            "entry": name,
            "provider": entry.provider.value,
            "host": host_of(entry),
            "local": is_local(entry),
            "model": entry.model,
            "request_sha256": request.digest,
            "request_bytes": len(request.text.encode("utf-8", "surrogatepass")),
            "hidden": request.hidden,
        }
        self.log.write({"what": "sending", **question})
        sent = self.inner.send(name, entry, request)
        self.log.write({"what": "ended", "request_sha256": request.digest, **_of(sent)})
        return sent


def _of(sent: Sent) -> dict[str, str | int | bool | None]:
    if isinstance(sent, Fault):
        return {"outcome": sent.outcome.value, "sent": sent.sent, "serving": sent.serving}
    said = sent.text.encode("utf-8", "surrogatepass")
    return {
        # What the answer is worth stands in the run's record; here, that there was one.
        "outcome": "refused" if sent.refused else "truncated" if sent.truncated else "said",
        "sent": True,
        "serving": sent.serving,
        "answer_sha256": hashlib.sha256(said).hexdigest(),
        "answer_bytes": len(said),
    }


def read_log(path: Path) -> list[dict[str, object]]:
    """Return the lines of a log; a last line without its end was cut off and is left out.

    Raises:
        CountermineError: If it cannot be read, or is no such log.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        message = f"cannot read the egress log {str(path)!r}: {error.strerror}"
        raise CountermineError(message) from error
    lines: list[dict[str, object]] = []
    for number, line in enumerate(content[: content.rfind(b"\n") + 1].splitlines(), start=1):
        try:
            found = json.loads(line)
        except ValueError as error:
            message = f"{path}, line {number}, is no line of an egress log"
            raise CountermineError(message) from error
        lines.append(found)
    return lines
