"""How a test shows that a value brings operators into a query."""

import json
from dataclasses import replace

from countermine.core.entrypoints import Channel
from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.drive.queries import METHODS
from countermine.prove.regression.probes import literal

_OPERATOR = {"$ne": "sample"}
_FILTER = {"field": _OPERATOR}
_PROGRAM = "1 || 'sample' == 'sample'"

_FIELDS = '''def fields_of(query):
    """Yield what the fields of a query are compared with."""
    if isinstance(query, list):
        for one in query:
            yield from fields_of(one)
    for key, value in query.items() if isinstance(query, dict) else ():
        if key in ("$and", "$or", "$nor", "$match"):
            yield from fields_of(value)
        else:
            yield value


def compared(asked):
    """Return what the fields of all queries are compared with."""
    calls = asked.call_args_list
    queries = [query for call in calls for query in (*call.args[1:2], *call.kwargs.values())]
    return [value for query in queries for value in fields_of(query)]'''


def regressions(finding: Finding, witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probes: the operator of a value, or the program that it is part of."""
    method = finding.sink.rpartition(".")[2]
    if method not in METHODS:
        return ()
    structured = witness.entry.channel is Channel.JSON
    operator = RegressionProbe(
        name="brings_no_operator_into_queries",
        summary="An operator in the place of a value does not decide what a query finds.",
        payloads=tuple(
            json.dumps(one) if structured else literal(json.dumps(one))
            for one in (_OPERATOR, _FILTER)
        ),
        around=(f'mock.patch("pymongo.collection.Collection.{method}", autospec=True) as asked',),
        never='{"$ne": "sample"} in compared(asked)',
        message="an operator of the value is part of the query",
        helpers=_FIELDS,
        imports=("import pymongo.collection", "from unittest import mock"),
    )
    program = replace(
        operator,
        name="adds_nothing_to_the_program_of_a_query",
        summary="A value does not become part of the program of a query.",
        payloads=(literal(_PROGRAM),),
        never="any(value in str(one) for one in compared(asked))",
        message="the value is part of the query's program",
    )
    return (operator, *(() if structured else (program,)))
