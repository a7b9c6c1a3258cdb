"""What permissive cross-origin requests is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("permissive-cross-origin-requests"),
    cwe=Cwe(942),
    title="Permissive cross-origin requests",
    summary=(
        "Every site may send requests with the cookies of its visitors, and read the answers."
    ),
    consequence="read and change what belongs to a visitor of their own site",
    advice=(
        "List the origins that may read answers to requests with credentials, and compare "
        "the origin of a request with that list before it is answered by name."
    ),
    sink_kinds=("cors",),
    severity=Severity.HIGH,
)
