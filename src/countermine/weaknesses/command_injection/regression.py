"""How a test shows that a value can bring commands of its own."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import attacks_as_payloads, marker_probe

_PAYLOADS = (
    "x; touch MARKER #",
    "$(touch MARKER)",
    "x' ; touch MARKER #",
    'x" ; touch MARKER #',
    "x | touch MARKER #",
    "x\ntouch MARKER\n",
)
"""Outside quotes, inside either kind, and behind what ends a command."""


def regressions(_finding: Finding, witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probe: a command in the value must not be run."""
    return (
        marker_probe(
            name="runs_no_command_of_its_input",
            summary="A value that holds shell syntax stays a value: no command in it is run.",
            payloads=tuple(dict.fromkeys([*_PAYLOADS, *attacks_as_payloads(witness)])),
            message="a command inside the value was run",
        ),
    )
