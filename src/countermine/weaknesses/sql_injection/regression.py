"""How a test shows that a value becomes part of a statement."""

from dataclasses import replace

from countermine.core.entrypoints import EntryKind
from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import literal

_MOST_COLUMNS = 6
_OPENINGS = ("x'", 'x"', "0", "x')")
"""What ends the place where a value may stand: quotes of either kind, none, a bracket."""

_NAME = "keeps_its_input_out_of_statements"
_SUMMARY = "A value that holds SQL is looked for as it stands; it does not change the statement."
_MESSAGE = "SQL inside the value was run"


def _unions() -> tuple[str, ...]:
    """Return values that add a row whose text only a database can have joined."""
    rows = []
    for opening in _OPENINGS:
        for columns in range(1, _MOST_COLUMNS + 1):
            row = ", ".join(["'in'||'jected'", *["1"] * (columns - 1)])
            rows.append(f"{opening} UNION ALL SELECT {row} --")
            if columns > 1:
                row = ", ".join(["1", "'in'||'jected'", *["1"] * (columns - 2)])
                rows.append(f"{opening} UNION ALL SELECT {row} --")
    return tuple(rows)


_ANSWERED = RegressionProbe(
    name=_NAME,
    summary=_SUMMARY,
    payloads=tuple(literal(row) for row in _unions()),
    never='"injected" in seen',
    message=_MESSAGE,
)
_STATED = RegressionProbe(
    name=_NAME,
    summary="The value is passed beside the statement, never inside its text.",
    payloads=(literal("x' OR '1'='1"),),
    never="any(call[1] and value in str(call[1][0]) for call in database.mock_calls"
    ' if "execute" in call[0])',
    message="the value is part of the statement's text",
)
_EXECUTED = replace(
    _STATED,
    setup=("executed = mock.Mock(side_effect=lambda execute, *given: execute(*given))",),
    around=("connection.execute_wrapper(executed)",),
    never="any(value in str(call.args[1]) for call in executed.call_args_list)",
    imports=("from unittest import mock", "from django.db import connection"),
)


_SERVERS = ("psycopg2", "psycopg", "pymysql", "MySQLdb", "mysql.connector", "pyodbc", "oracledb")
"""Drivers of databases that are servers, the most used first. A call of ``cursor.execute`` does not
say which it is of; where a driver is not installed its test shows nothing, and is left."""


def regressions(finding: Finding, witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probes: a row that the value adds, or the text of the statement."""
    if witness.entry.kind is EntryKind.DJANGO_VIEW:
        return (_EXECUTED, _ANSWERED)
    known = [name for name in _SERVERS if finding.sink.startswith(f"{name}.")]
    return (_STATED, _ANSWERED, *(_connected(f"{name}.connect") for name in known or _SERVERS[:5]))


def _connected(connect: str) -> RegressionProbe:
    """Return the probe for a driver that connects to a server: no test has one."""
    return replace(
        _STATED,
        around=(f'mock.patch("{connect}") as connect',),
        never="any(call.args and value in str(call.args[0]) for call in connect.mock_calls"
        ' if "execute" in str(call[0]))',
        imports=("from unittest import mock",),
    )
