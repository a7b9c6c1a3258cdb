"""What hard-coded secret is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("hard-coded-secret"),
    cwe=Cwe(798),
    title="Hard-coded secret",
    summary="A password, key or token is written into the code.",
    consequence=(
        "use it like everybody else who can read the code, in every place where the program runs"
    ),
    advice=(
        "Read the secret from the environment or a secret store, with no default in the "
        "code, and replace the one that was in the code: it stays in the history."
    ),
    sink_kinds=("hard-coded-secret",),
    severity=Severity.HIGH,
)
