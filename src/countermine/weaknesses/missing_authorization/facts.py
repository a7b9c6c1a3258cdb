"""What missing authorization is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("missing-authorization"),
    cwe=Cwe(862),
    title="Missing authorization",
    summary=(
        "A route that changes something lets everybody through, where those beside it check who "
        "asks."
    ),
    consequence="do what only some users may",
    advice=(
        "Put the check before the route that those beside it have, or where all of them are "
        "registered together."
    ),
    sink_kinds=("missing-authorization",),
    severity=Severity.HIGH,
    asked_for=True,
)
