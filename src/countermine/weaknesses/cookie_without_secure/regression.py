"""How a test shows that a cookie is given out without the attribute."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.cookies import without


def regressions(finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probes: every cookie is set with the attribute."""
    return without(finding.sink, "secure")
