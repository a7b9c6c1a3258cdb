"""What command injection is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("command-injection"),
    cwe=Cwe(78),
    title="Command injection",
    summary=(
        "A value from outside becomes part of a shell command line, or names the program "
        "that is run."
    ),
    consequence="run commands of their own choice",
    advice=(
        "Pass a list of arguments without a shell; where a shell is needed, quote every "
        "value with shlex.quote."
    ),
    sink_kinds=("command",),
    severity=Severity.CRITICAL,
    levels=(SourceLevel.REMOTE, SourceLevel.FILE),
    levels_behind_prefix=(SourceLevel.LOCAL, SourceLevel.API),
)
