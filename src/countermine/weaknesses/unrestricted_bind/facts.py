"""What unrestricted bind is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("unrestricted-bind"),
    cwe=Cwe(1327),
    title="Unrestricted bind",
    summary="A server can be reached over every network that its machine is in.",
    consequence="reach it from networks that it was not meant for",
    advice=(
        "Name the address of the network that it is meant for, and let whoever runs the "
        "program choose another."
    ),
    sink_kinds=("bind",),
    severity=Severity.LOW,
)
