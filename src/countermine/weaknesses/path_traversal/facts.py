"""What path traversal is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("path-traversal"),
    cwe=Cwe(22),
    title="Path traversal",
    summary=(
        "A value from outside is used as a file path without being kept below the intended folder."
    ),
    consequence="read, overwrite or delete files outside the intended folder",
    advice=(
        "Resolve the path and refuse it unless it is below the intended folder "
        "(Path.resolve and is_relative_to), or use only its last part after checking that"
        " it is not empty, '.' or '..'."
    ),
    sink_kinds=("path",),
    severity=Severity.HIGH,
    levels=(SourceLevel.REMOTE, SourceLevel.FILE),
    levels_behind_prefix=(SourceLevel.API,),
)
