"""What any host allowed is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("any-host-allowed"),
    cwe=Cwe(183),
    title="Any host allowed",
    summary="Requests are taken for whatever host they name.",
    consequence=(
        "have addresses made with a host of their own, such as in a mail for a new password"
    ),
    advice="List the hosts under which the site is known.",
    sink_kinds=("host-list",),
    severity=Severity.LOW,
)
