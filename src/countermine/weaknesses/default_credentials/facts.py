"""What default credentials is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("default-credentials"),
    cwe=Cwe(1392),
    title="Default credentials",
    summary=("A user and a password that everybody tries first are written into the code."),
    consequence="log in with the name and the password that are tried first",
    advice=(
        "Ask for a password when the program is set up, or make one up at random, and "
        "refuse to start with the default."
    ),
    sink_kinds=("default-credentials",),
    severity=Severity.MEDIUM,
)
