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


def regressions(_finding: Finding, witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probes: a row that the value adds, or the text of the statement."""
    django = witness.entry.kind is EntryKind.DJANGO_VIEW
    return (_EXECUTED, _ANSWERED) if django else (_STATED, _ANSWERED)
