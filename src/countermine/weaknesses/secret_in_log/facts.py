"""What secret in a log is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("secret-in-log"),
    cwe=Cwe(532),
    title="Secret in a log",
    summary="A password, key or token is written to a log.",
    consequence=(
        "find it in a log, which more people and programs can read than the place it is kept in"
    ),
    advice=("Leave the value out, or write only that there is one, or its last characters."),
    sink_kinds=("secret-log",),
    severity=Severity.MEDIUM,
)
