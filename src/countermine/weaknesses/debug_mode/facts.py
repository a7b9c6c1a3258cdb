"""What debug mode that is left on is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("debug-mode"),
    cwe=Cwe(489),
    title="Debug mode",
    summary="A server is started with its debugger, which shows the code and may run commands.",
    consequence=(
        "read source code and settings from error pages, or run code in the debugger's console"
    ),
    advice=(
        "Leave debug mode off in code, and switch it on from the command line or environment of "
        "a developer's own machine."
    ),
    sink_kinds=("debug",),
    severity=Severity.HIGH,
)
