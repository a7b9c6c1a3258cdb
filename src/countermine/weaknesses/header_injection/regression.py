"""How a test shows that an answer has a header that the value brought along."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import literal


def regressions(_finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probe: what stands behind a line break of the value is no header."""
    return (
        RegressionProbe(
            name="adds_no_header",
            summary="A value with a line break adds no header to the answer.",
            payloads=(literal("sample\r\nX-Added: yes"), literal("sample\nX-Added: yes")),
            never='any(line.startswith("X-Added:") for line in headed)',
            message="the answer has a header that the value brought along",
        ),
    )
