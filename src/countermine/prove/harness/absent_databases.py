"""Stands in for databases whose server is not there: takes statements, and gives no rows.

A sandbox has no network, so a driver could only fail to connect, and no statement would ever be
made. What counts for a witness is the text that reaches the driver. An answer of our own would be
a guess, so that every query finds nothing; only what client libraries ask while they connect (the
version of the server, its settings) is answered, as the newest servers do.
"""

# ruff: noqa: ANN401 - stands in for objects of any driver

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from countermine.prove.harness.places import text

if TYPE_CHECKING:
    from collections.abc import Callable

    Tell = Callable[[Any, Any], None]
    """Is given each statement, and its parameters."""

_SETTINGS = (
    (r"version\s*\(\)", "PostgreSQL 16.2 on x86_64-pc-linux-gnu"),
    (r"@@version|\bversion\b", "8.0.36"),
    (r"current_schema", "public"),
    (r"transaction.isolation|@@tx_isolation|@@transaction_isolation", "read committed"),
    (r"standard_conforming_strings", "on"),
    (r"@@sql_mode", ""),
    (r"^\s*select\s+1\b", "1"),
)
"""What clients ask for by themselves; source: SQLAlchemy and Django when they connect."""


class Statement(str):
    """The text of a statement that is made of objects: psycopg2's and psycopg's ``sql``."""

    __slots__ = ()


def written(statement: Any) -> Any:
    """Return the text that a composed statement comes to; anything else as it is."""
    if isinstance(statement, (str, bytes, bytearray)):
        return statement
    kind = type(statement).__name__
    if kind == "Composed":
        parts: Any = getattr(statement, "seq", None) or getattr(statement, "_obj", ())
        return Statement("".join(str(written(one)) for one in parts))
    if kind == "SQL":
        return Statement(getattr(statement, "string", None) or getattr(statement, "_obj", ""))
    if kind == "Identifier":
        names: Any = getattr(statement, "strings", None) or getattr(statement, "_obj", ())
        return Statement(".".join('"' + str(one).replace('"', '""') + '"' for one in names))
    if kind == "Literal":
        held = getattr(statement, "wrapped", getattr(statement, "_obj", ""))
        return Statement("'" + str(held).replace("'", "''") + "'")
    return Statement("%s") if kind == "Placeholder" else statement


class Cursor:
    """A cursor that has executed what it was given, and found nothing."""

    arraysize = 1
    lastrowid = 1
    rowcount = 0
    itersize = 2000
    description: Any = None

    def __init__(self, tell: Tell, connection: Any = None) -> None:
        """Tell of every statement."""
        self._tell = tell
        self._rows: list[tuple[Any, ...]] = []
        self.connection = connection
        self.query: Any = None

    def execute(self, statement: Any, parameters: Any = None, *_: Any, **__: Any) -> Any:
        """Take a statement."""
        said = written(statement)
        self._tell(said, parameters)
        self.query = said
        self._rows = _answer(said)
        self.description = (
            [("column", None, None, None, None, None, None)] if _reads(said) else None
        )
        self.rowcount = len(self._rows)
        return self

    def executemany(self, statement: Any, parameters: Any = None, *_: Any, **__: Any) -> Any:
        """Take a statement for many rows."""
        return self.execute(statement, parameters)

    def callproc(self, name: Any, parameters: Any = (), *_: Any) -> Any:
        """Take the name of a procedure, which drivers put into a statement."""
        self._tell(f"CALL {text(name)}()", parameters)
        return parameters

    def mogrify(self, statement: Any, _parameters: Any = None) -> Any:
        """Return the statement as it is: its parameters are not put in here."""
        return written(statement)

    def fetchone(self) -> Any:
        """Return the next row, if there is one."""
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> Any:
        """Return the next rows."""
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    def fetchall(self) -> Any:
        """Return all rows that are left."""
        rows, self._rows = self._rows, []
        return rows

    def nextset(self) -> Any:
        """Tell that there is no further result."""
        return None

    def close(self) -> None:
        """End; nothing is open."""

    def setinputsizes(self, *_: Any, **__: Any) -> None:
        """Take sizes, which nothing needs."""

    def setoutputsize(self, *_: Any, **__: Any) -> None:
        """Take a size, which nothing needs."""

    def __iter__(self) -> Any:
        """Return the rows that are left."""
        return iter(self.fetchall())

    def __enter__(self) -> Any:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Keep no error back."""


class _Info:
    """What psycopg2 and psycopg tell of a connection."""

    server_version = 160002
    backend_pid = 1
    protocol_version = 3
    transaction_status = 0
    status = 0
    encoding = "utf-8"
    host = dbname = user = ""
    port = 5432

    def parameter_status(self, _name: Any) -> Any:
        """Return no setting of the server."""
        return


class Connection:
    """A connection to a server that holds nothing; whatever is set on it stays set."""

    autocommit = False
    closed = 0
    encoding = "UTF8"
    open = True
    server_version = 160002
    notices: tuple[str, ...] = ()
    info = _Info()

    def __init__(self, tell: Tell) -> None:
        """Tell of every statement."""
        self._tell = tell

    def cursor(self, *_: Any, **__: Any) -> Any:
        """Return a cursor, whatever kind was asked for."""
        return Cursor(self._tell, self)

    def query(self, statement: Any, *_: Any, **__: Any) -> Any:
        """Take a statement as MySQL's own clients do."""
        self._tell(written(statement), None)
        return 0

    cmd_query = query

    def escape_string(self, value: Any) -> Any:
        """Return a text as MySQL escapes it inside quotes."""
        return re.sub(r"(['\"\\])", r"\\\1", value) if isinstance(value, str) else value

    def escape(self, value: Any, _mapping: Any = None) -> Any:
        """Return a value as a constant."""
        return f"'{self.escape_string(value)}'" if isinstance(value, str) else value

    literal = escape

    def commit(self, *_: Any) -> None:
        """Do nothing."""

    rollback = close = begin = ping = reset = commit

    def __enter__(self) -> Any:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Keep no error back."""

    def __getattr__(self, name: str) -> Any:
        """Take what drivers offer beside the standard: settings, types, notices."""
        # Client libraries tell a connection from a cursor by these.
        if name.startswith("__") or name in {"execute", "connection", "fetchone"}:
            raise AttributeError(name)
        return lambda *_args, **_options: None


class ExecutingConnection(Connection):
    """A connection that takes statements itself; client libraries tell them apart by that."""

    def execute(self, statement: Any, parameters: Any = None, *_: Any, **__: Any) -> Any:
        """Take a statement without a cursor, as psycopg and pyodbc allow."""
        return Cursor(self._tell, self).execute(statement, parameters)


class AsyncConnection:
    """What asyncpg, aiomysql and psycopg's asynchronous half give, in one."""

    def __init__(self, tell: Tell) -> None:
        """Tell of every statement."""
        self._tell = tell

    async def execute(self, statement: Any, *parameters: Any, **_: Any) -> Any:
        """Take a statement."""
        self._tell(written(statement), parameters)
        return "OK 0"

    executemany = execute

    async def fetch(self, statement: Any, *parameters: Any, **_: Any) -> Any:
        """Take a statement and find no rows."""
        self._tell(written(statement), parameters)
        return []

    async def fetchrow(self, statement: Any, *parameters: Any, **_: Any) -> Any:
        """Take a statement and find no row."""
        self._tell(written(statement), parameters)

    fetchval = fetchrow

    async def prepare(self, statement: Any, *_: Any, **__: Any) -> Any:
        """Take a statement that is executed later."""
        self._tell(written(statement), None)
        return _Prepared()

    def transaction(self, *_: Any, **__: Any) -> Any:
        """Return a transaction in which nothing happens."""
        return _Entered(self)

    acquire = transaction

    def cursor(self, *_: Any, **__: Any) -> Any:
        """Return an asynchronous cursor."""
        return _Entered(_AsyncCursor(self._tell))

    async def close(self, *_: Any, **__: Any) -> None:
        """Do nothing."""

    commit = rollback = release = wait_closed = close

    async def __aenter__(self) -> Any:
        """Return itself."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Keep no error back."""

    def __await__(self) -> Any:
        """Return itself: pools and connections are awaited."""
        return self._itself().__await__()

    async def _itself(self) -> Any:
        return self


class _AsyncCursor:
    def __init__(self, tell: Tell) -> None:
        self._sync = Cursor(tell)
        self.rowcount = 0
        self.lastrowid = 1
        self.description = None

    async def execute(self, *arguments: Any, **options: Any) -> Any:
        """Take a statement."""
        self._sync.execute(*arguments, **options)
        return self

    executemany = execute

    async def fetchone(self) -> Any:
        """Return the next row, if there is one."""
        return self._sync.fetchone()

    async def fetchall(self) -> Any:
        """Return all rows that are left."""
        return self._sync.fetchall()

    async def close(self) -> None:
        """Do nothing."""


class _Prepared:
    async def fetch(self, *_: Any, **__: Any) -> Any:
        """Find no rows."""
        return []

    async def fetchrow(self, *_: Any, **__: Any) -> Any:
        """Find no row."""
        return

    fetchval = fetchrow


class _Entered:
    """Something that is awaited, or entered by ``async with``, and is then what it stands for."""

    def __init__(self, what: Any) -> None:
        self._what = what

    def __getattr__(self, name: str) -> Any:
        return getattr(self._what, name)

    def __await__(self) -> Any:
        return self.__aenter__().__await__()

    async def __aenter__(self) -> Any:
        return self._what

    async def __aexit__(self, *_: object) -> None:
        return None


def _reads(statement: Any) -> bool:
    return (
        re.match(r"\s*(select|show|with|values|call)\b", _plain(statement), re.IGNORECASE)
        is not None
    )


def _answer(statement: Any) -> list[tuple[Any, ...]]:
    said = _plain(statement)
    if re.search(r"\bfrom\b", said, re.IGNORECASE) or not _reads(said):
        return []
    for pattern, answer in _SETTINGS:
        if re.search(pattern, said, re.IGNORECASE):
            return [(answer,)]
    return []


def _plain(statement: Any) -> str:
    if isinstance(statement, (bytes, bytearray)):
        return bytes(statement).decode("utf-8", "replace")
    return statement if isinstance(statement, str) else ""
