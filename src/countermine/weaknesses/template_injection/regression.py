"""How a test shows that a value becomes source of a template."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import literal

_PROBE = RegressionProbe(
    name="evaluates_no_template_of_its_input",
    summary="Template syntax in a value is shown as text; it is not evaluated.",
    payloads=(
        literal("{{ 'in' ~ 'jected' }}"),
        literal("${'in' + 'jected'}"),
        literal("<%= 'in' + 'jected' %>"),
        literal("{% print('in' ~ 'jected') %}"),
    ),
    never='"injected" in seen',
    message="a template inside the value was evaluated",
)


def regressions(_finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probe: an expression of the value must not be evaluated."""
    return (_PROBE,)
