"""How a test shows that an answer sends visitors to another site."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import literal

_AWAY = r'AWAY = re.compile(r"\s*(?:https?:)?[/\\]{2,}elsewhere\.test")'


def regressions(_finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probe: the answer leads to no host that the value names."""
    return (
        RegressionProbe(
            name="sends_nobody_to_another_site",
            summary="Visitors are not sent to a host that the value names.",
            payloads=(
                literal("https://elsewhere.test/"),
                literal("//elsewhere.test/"),
                literal("/\\elsewhere.test/"),
            ),
            never="AWAY.match(sent_to)",
            message="visitors are sent to another site",
            helpers=_AWAY,
            imports=("import re",),
        ),
    )
