"""What missing protection against request forgery is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("missing-csrf-protection"),
    cwe=Cwe(352),
    title="Missing protection against request forgery",
    summary=(
        "A request is taken in the name of a visitor without a sign that it comes from the "
        "site itself."
    ),
    consequence="have a visitor of another site send it without knowing",
    advice=(
        "Leave the protection of the framework on; exempt only what is no session of a "
        "browser, such as a request that is signed."
    ),
    sink_kinds=("csrf",),
    severity=Severity.MEDIUM,
)
