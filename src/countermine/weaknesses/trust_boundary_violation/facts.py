"""What trust boundary violation is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("trust-boundary-violation"),
    cwe=Cwe(501),
    title="Trust boundary violation",
    summary=("What comes from outside is put into the session, which other code takes as checked."),
    consequence="have their own words taken for what the program found out itself",
    advice=(
        "Check the value against what is allowed before it goes into the session, and never "
        "let a request name the key."
    ),
    sink_kinds=("session",),
    severity=Severity.MEDIUM,
    levels=(SourceLevel.REMOTE,),
)
