"""How a test shows that entities of a document do not grow."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.xml_growth import growth_probe


def regressions(_finding: Finding, witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probe: a short document does not become a long text."""
    return (growth_probe(witness),)
