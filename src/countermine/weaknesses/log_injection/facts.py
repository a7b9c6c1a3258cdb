"""What log injection is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("log-injection"),
    cwe=Cwe(117),
    title="Log injection",
    summary="A value from outside is written to a log with its line breaks.",
    consequence="write lines into the log that look like the program's own",
    advice=(
        "Write the value with %r, which shows line breaks as \\n, or use a formatter that "
        "writes each record as JSON."
    ),
    sink_kinds=("log",),
    severity=Severity.LOW,
    levels=(SourceLevel.REMOTE,),
)
