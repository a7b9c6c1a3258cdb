"""How a test shows that a match takes far longer than its text."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.pumped import slow_texts


def regressions(_finding: Finding, witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probe: a text that took minutes is read at once."""
    return slow_texts(witness)
