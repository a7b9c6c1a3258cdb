"""How a test shows that a value becomes part of a page."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import literal

_PROBE = RegressionProbe(
    name="escapes_its_input",
    summary="Markup in a value is shown as text; it does not become part of the page.",
    payloads=(
        literal("<script>alert(1)</script>"),
        literal('"><script>alert(1)</script>'),
        literal("<img src=x onerror=alert(1)>"),
        literal('" onmouseover="alert(1)'),
        literal("javascript:alert(1)"),
    ),
    never="value in seen",
    message="markup inside the value is part of the page",
)


def regressions(_finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probe: markup of the value must not stand in the page."""
    return (_PROBE,)
