"""Keeps calls to models in SQLite: answers, costs, and reservations against caps.

Every change is one immediate transaction, so that several threads and processes can share the
file and no two of them reserve the same rest of a cap.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock

from countermine.core.models import (
    CallOutcome,
    Exchange,
    Lack,
    ModelCall,
    ModelTask,
    ModelUsage,
    Undone,
)
from countermine.ports.calls import Amount, Bound, Crossed, Kept, Ticket

WAIT_S = 30.0
"""How long a change waits for another's; each takes milliseconds."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY,
    settled INTEGER NOT NULL,
    task TEXT NOT NULL,
    case_id TEXT,
    entry TEXT NOT NULL,
    requested TEXT NOT NULL,
    serving TEXT,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    request_sha256 TEXT NOT NULL,
    answer_sha256 TEXT,
    kept INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    micro_usd INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    held_micro_usd INTEGER NOT NULL,
    held_tokens INTEGER NOT NULL,
    held_calls INTEGER NOT NULL,
    held_ms INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS answers (
    request_sha256 TEXT NOT NULL,
    entry TEXT NOT NULL,
    requested TEXT NOT NULL,
    text TEXT NOT NULL,
    serving TEXT,
    truncated INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    PRIMARY KEY (request_sha256, entry, requested)
);
CREATE TABLE IF NOT EXISTS requests (
    request_sha256 TEXT PRIMARY KEY,
    text TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS lacks (
    case_id TEXT NOT NULL,
    task TEXT NOT NULL,
    lack TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (case_id, task)
);
"""

_INSERT = """
INSERT INTO calls (
    settled, task, case_id, entry, requested, serving, outcome, reason, request_sha256,
    answer_sha256, kept, input_tokens, output_tokens, micro_usd, duration_ms,
    held_micro_usd, held_tokens, held_calls, held_ms
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_SUMS = """
SELECT COALESCE(SUM(held_micro_usd), 0), COALESCE(SUM(held_tokens), 0),
       COALESCE(SUM(held_calls), 0), COALESCE(SUM(held_ms), 0)
FROM calls WHERE (?1 IS NULL OR case_id = ?1) AND (?2 IS NULL OR task = ?2)
"""

_SETTLE = """
UPDATE calls SET settled = 1, serving = ?, outcome = ?, reason = ?, answer_sha256 = ?,
    input_tokens = ?, output_tokens = ?, micro_usd = ?, duration_ms = ?,
    held_micro_usd = ?, held_tokens = ?, held_ms = ?
WHERE id = ? AND settled = 0
"""

CUT_OFF = "the process ended before the answer was on record; it may have been paid for"


class SqliteCalls:
    """The record of one run."""

    def __init__(self, file: Path) -> None:
        """Keep the record in a file, which is made with the first call."""
        self._file = file
        self._turn = Lock()
        self._writer: sqlite3.Connection | None = None

    def shown(self, request_sha256: str, text: str) -> None:
        """Keep what a request says, as it may leave the machine, so that people can read it."""
        with self._changing() as store:
            values = (request_sha256, _storable(text))
            store.execute("INSERT OR IGNORE INTO requests VALUES (?, ?)", values)

    def reserve(
        self, call: ModelCall, worst: Amount, bounds: tuple[Bound, ...]
    ) -> Ticket | Crossed:
        """Reserve what a call may use at most, unless that would cross a bound."""
        with self._changing() as store:
            for bound in bounds:
                crossed = _crossed(store, bound, worst)
                if crossed is not None:
                    return crossed
            made = store.execute(_INSERT, _row(call, worst, settled=False))
            return Ticket(id=int(made.lastrowid or 0))

    def settle(self, ticket: Ticket, call: ModelCall, said: Kept | None) -> None:
        """Put what a call did use in the place of what was reserved, and keep its answer."""
        usage = call.usage
        with self._changing() as store:
            store.execute(
                _SETTLE,
                (
                    call.serving,
                    call.outcome,
                    call.reason,
                    call.answer_sha256,
                    usage.input_tokens,
                    usage.output_tokens,
                    usage.micro_usd,
                    usage.duration_ms,
                    usage.micro_usd,
                    usage.input_tokens + usage.output_tokens,
                    usage.duration_ms,
                    ticket.id,
                ),
            )
            if said is not None:
                store.execute(
                    "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        call.request_sha256,
                        call.entry,
                        call.requested,
                        _storable(said.text),
                        said.serving,
                        said.truncated,
                        said.refused,
                        said.input_tokens,
                        said.output_tokens,
                    ),
                )

    def note(self, call: ModelCall) -> None:
        """Record a call for which nothing was sent."""
        with self._changing() as store:
            store.execute(_INSERT, _row(call, Amount(), settled=True))

    def kept(self, request_sha256: str, entry: str, model: str) -> Kept | None:
        """Return what a model of the roster said to a request, if it is on record."""
        query = (
            "SELECT text, serving, truncated, refused, input_tokens, output_tokens FROM answers "
            "WHERE request_sha256 = ? AND entry = ? AND requested = ?"
        )
        with self._changing() as store:
            row = store.execute(query, (request_sha256, entry, model)).fetchone()
        if row is None:
            return None
        return Kept(
            text=row[0],
            serving=row[1],
            truncated=bool(row[2]),
            refused=bool(row[3]),
            input_tokens=row[4],
            output_tokens=row[5],
        )

    def lacking(self, case: str | None, task: ModelTask, lack: Lack, reason: str) -> None:
        """Record that no model answered a question of a case."""
        with self._changing() as store:
            values = (case or "", task, lack, reason)
            store.execute("INSERT OR REPLACE INTO lacks VALUES (?, ?, ?, ?)", values)

    def answered(self, case: str | None, task: ModelTask) -> None:
        """Take back what ``lacking`` recorded of a case's task."""
        with self._changing() as store:
            store.execute("DELETE FROM lacks WHERE case_id = ? AND task = ?", (case or "", task))

    def recover(self) -> None:
        """Count what a process that died had reserved as spent; nobody else may be calling."""
        if not self._file.is_file():
            return
        with self._changing() as store:
            store.execute(
                "UPDATE calls SET settled = 1, outcome = ?, reason = ?, "
                "micro_usd = held_micro_usd, duration_ms = 0, held_ms = 0 WHERE settled = 0",
                (CallOutcome.UNREACHABLE, CUT_OFF),
            )

    def calls(self) -> tuple[ModelCall, ...]:
        """Return every call on record, in the order in which they were begun."""
        if not self._file.is_file():
            return ()
        with self._open() as store:
            return tuple(_call(row) for row in store.execute("SELECT * FROM calls ORDER BY id"))

    def exchanges(self) -> tuple[Exchange, ...]:
        """Return every call with its words, in the order in which they were begun."""
        if not self._file.is_file():
            return ()
        query = (
            "SELECT c.*, r.text, a.text FROM calls c "
            "LEFT JOIN requests r ON r.request_sha256 = c.request_sha256 "
            "LEFT JOIN answers a ON a.request_sha256 = c.request_sha256 AND a.entry = c.entry "
            "AND a.requested = c.requested AND c.answer_sha256 IS NOT NULL ORDER BY c.id"
        )
        with self._open() as store:
            rows = store.execute(query).fetchall()
        return tuple(
            Exchange(call=_call(row[:-2]), asked=row[-2] or "", said=row[-1]) for row in rows
        )

    def lacks(self) -> tuple[Undone, ...]:
        """Return what no model did, by case and task."""
        if not self._file.is_file():
            return ()
        with self._open() as store:
            rows = store.execute("SELECT * FROM lacks ORDER BY case_id, task").fetchall()
        return tuple(
            Undone(case=row[0] or None, task=ModelTask(row[1]), lack=Lack(row[2]), reason=row[3])
            for row in rows
        )

    def close(self) -> None:
        """Close the file; a later change opens it again."""
        with self._turn:
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Give a connection of its own to who reads: it may be a process that only reports."""
        with closing(_connected(self._file)) as store:
            store.executescript(_SCHEMA)
            yield store

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        # Threads take turns here: the database lets who has to wait sleep for long.
        with self._turn:
            if self._writer is None:
                self._writer = _connected(self._file)
                self._writer.executescript(_SCHEMA)
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            self._writer.execute("COMMIT")


def _connected(file: Path) -> sqlite3.Connection:
    store = sqlite3.connect(file, timeout=WAIT_S, isolation_level=None, check_same_thread=False)
    # A process that is killed loses nothing by these two, and no change waits for the disk; a
    # machine that loses its power may lose the last calls, never the file.
    with suppress(sqlite3.OperationalError):
        # Kept in the file. Where another process is about it just now, it is done.
        store.execute("PRAGMA journal_mode = WAL")
    store.execute("PRAGMA synchronous = NORMAL")
    return store


def _crossed(store: sqlite3.Connection, bound: Bound, worst: Amount) -> Crossed | None:
    usd, tokens, calls, milliseconds = store.execute(_SUMS, (bound.case, bound.task)).fetchone()
    measures = (
        ("money", bound.micro_usd, usd + worst.micro_usd),
        ("tokens", bound.tokens, tokens + worst.tokens),
        ("calls", bound.calls, calls + worst.calls),
        ("time", bound.milliseconds, milliseconds + worst.milliseconds),
    )
    for name, most, would in measures:
        if most is not None and would > most:
            return Crossed(bound=bound.name, measure=name)
    return None


def _row(call: ModelCall, worst: Amount, *, settled: bool) -> tuple[object, ...]:
    return (
        settled,
        call.task,
        call.case,
        call.entry,
        call.requested,
        call.serving,
        call.outcome,
        call.reason,
        call.request_sha256,
        call.answer_sha256,
        call.kept,
        call.usage.input_tokens,
        call.usage.output_tokens,
        call.usage.micro_usd,
        call.usage.duration_ms,
        worst.micro_usd,
        worst.tokens,
        worst.calls,
        worst.milliseconds,
    )


def _call(row: tuple[object, ...]) -> ModelCall:
    _, _, task, case, entry, requested, serving, outcome, reason, request, answer, kept = row[:12]
    used = [int(str(value)) for value in row[12:16]]
    return ModelCall(
        task=ModelTask(str(task)),
        case=None if case is None else str(case),
        entry=str(entry),
        requested=str(requested),
        serving=None if serving is None else str(serving),
        outcome=CallOutcome(str(outcome)),
        reason=str(reason),
        request_sha256=str(request),
        answer_sha256=None if answer is None else str(answer),
        kept=bool(kept),
        usage=ModelUsage(
            input_tokens=used[0], output_tokens=used[1], micro_usd=used[2], duration_ms=used[3]
        ),
    )


def _storable(text: str) -> str:
    """Return text that the store takes: it holds no halves of characters."""
    return text.encode("utf-8", "replace").decode()
