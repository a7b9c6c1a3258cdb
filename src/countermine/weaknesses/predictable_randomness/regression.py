"""How a test shows that a secret is made with a predictable generator."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import literal


def regressions(finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probe: the generator of the sink must not be asked."""
    name = finding.sink
    if not name.startswith("random."):
        return ()
    return (
        RegressionProbe(
            name="uses_no_predictable_generator",
            summary=f"What ``{name}`` gives can be predicted; a secret needs ``secrets``.",
            payloads=(literal("sample"),),
            inputless=True,
            around=(f'mock.patch("{name}", wraps={name}) as weak',),
            never="weak.called",
            message=f"{name} is used",
            imports=("import random", "from unittest import mock"),
        ),
    )
