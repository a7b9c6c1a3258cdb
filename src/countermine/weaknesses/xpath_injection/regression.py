"""How a test shows that something in a value is evaluated as part of an expression."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import literal

_EVALUATED = (
    literal("sample' or reached() or '"),
    literal('sample" or reached() or "'),
    literal("1 or reached()"),
    literal("sample') or reached() or contains('x', '"),
    literal('sample") or reached() or contains("x", "'),
    literal("'] | //*[reached()] | //*['"),
)


def regressions(finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probe: a function that only the value names is never called."""
    if finding.sink.startswith("elementpath."):
        name = finding.sink.rpartition(".")[2]
        return (
            RegressionProbe(
                name="keeps_its_input_out_of_expressions",
                summary="A value is passed beside the expression, never inside its text.",
                payloads=(literal("sample' or '1'='1"),),
                around=(f'mock.patch("elementpath.{name}") as asked',),
                never="any(value in str(call.args) for call in asked.call_args_list)",
                message="the value is part of the expression",
                imports=("import elementpath", "from unittest import mock"),
            ),
        )
    return (
        RegressionProbe(
            name="evaluates_nothing_of_its_input",
            summary="A function that a value calls as XPath does is not called.",
            payloads=_EVALUATED,
            setup=(
                "reached = []",
                'FunctionNamespace(None)["reached"] = lambda *_: bool(reached.append(1))',
            ),
            never="reached",
            message="the value was evaluated as part of an expression",
            imports=("from lxml.etree import FunctionNamespace",),
        ),
    )
