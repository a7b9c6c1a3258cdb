"""What SQL injection is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("sql-injection"),
    cwe=Cwe(89),
    title="SQL injection",
    summary="A value from outside becomes part of the text of an SQL statement.",
    consequence="change what the statement does: read, change or delete other data",
    advice=(
        "Pass values as parameters of the statement; choose names of tables and columns "
        "from a fixed list."
    ),
    sink_kinds=("sql",),
    severity=Severity.CRITICAL,
    levels=(SourceLevel.REMOTE, SourceLevel.FILE),
    levels_behind_prefix=(SourceLevel.LOCAL, SourceLevel.API),
)
