"""How entries are chained: canonical bytes, and the hash over them.

Each entry's hash covers its other fields and the hash of the entry before, so that nothing can be
changed, dropped or put in between without every later hash showing it. What the chain cannot
show by itself is a cut at the end: for that a ledger is compared with the steps of its run.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, fields

from countermine.core.entries import Entry

GENESIS = "0" * 64
"""What the first entry calls its predecessor's hash."""

MAX_LINE_BYTES = 1 << 20
"""Longest line that is read as an entry: entries hold digests, never contents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Where a ledger does not hold, and why."""

    line: int
    """1-based line of the file."""
    reason: str


def entry_hash(entry: Entry) -> str:
    """Return the SHA-256, in hex, of the canonical JSON of all fields but ``hash``."""
    record = asdict(entry)
    del record["hash"]
    return hashlib.sha256(_canonical(record)).hexdigest()


def to_line(entry: Entry) -> bytes:
    """Return the entry as one line of the file."""
    return _canonical(asdict(entry)) + b"\n"


def from_line(line: bytes) -> Entry:
    """Return the entry that a line holds.

    Raises:
        ValueError: If it is not an entry, with the reason.
    """
    if len(line) > MAX_LINE_BYTES:
        message = f"longer than {MAX_LINE_BYTES} bytes"
        raise ValueError(message)
    record = json.loads(line)
    names = {field.name for field in fields(Entry)}
    typed = (
        isinstance(record, dict)
        and set(record) == names
        and isinstance(record["sequence"], int)
        and isinstance(record["facts"], list)
    )
    if not typed:
        message = f"not an entry: the fields must be {', '.join(sorted(names))}"
        raise ValueError(message)
    facts = tuple((str(name), str(value)) for name, value in record["facts"])
    texts = {name: str(record[name]) for name in names - {"sequence", "facts"}}
    return Entry(sequence=record["sequence"], facts=facts, **texts)


def check(lines: list[bytes]) -> Broken | None:
    """Return the first place where the chain does not hold, or ``None``."""
    previous = GENESIS
    for number, line in enumerate(lines, start=1):
        try:
            entry = from_line(line)
        except ValueError as error:
            return Broken(line=number, reason=str(error))
        if entry.sequence != number - 1:
            reason = f"sequence is {entry.sequence}, {number - 1} was due: entries are missing"
            return Broken(line=number, reason=reason)
        if entry.previous != previous:
            return Broken(line=number, reason="does not follow the entry before it")
        if entry.hash != entry_hash(entry) or line != to_line(entry):
            return Broken(line=number, reason="was changed: its hash does not match its content")
        previous = entry.hash
    return None


def _canonical(record: dict[str, object]) -> bytes:
    return json.dumps(
        record, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    ).encode()
