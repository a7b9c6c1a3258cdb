"""What argument injection is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("argument-injection"),
    cwe=Cwe(88),
    title="Argument injection",
    summary=(
        "A value from outside is passed to a program as an argument that the program may "
        "read as an option."
    ),
    consequence=(
        "make the program read the value as an option, such as one that runs a command or"
        " writes a file"
    ),
    advice=(
        "Put '--' before the value, attach it to its option with '=', or refuse values "
        "that begin with a dash."
    ),
    sink_kinds=("option",),
    severity=Severity.HIGH,
    levels=(SourceLevel.REMOTE, SourceLevel.FILE, SourceLevel.API),
)
