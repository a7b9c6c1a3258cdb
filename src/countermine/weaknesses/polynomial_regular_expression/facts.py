"""What a polynomial regular expression is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("polynomial-regular-expression"),
    cwe=Cwe(1333),
    title="Polynomial regular expression",
    summary="Matching takes time that grows with a power of the length of the text.",
    consequence="hold the program for minutes with a long text",
    advice=(
        "Write the expression so that each text can be read in one way only: no two "
        "repetitions that can share a stretch of it; "
        "or use possessive repetitions (Python 3.11), bound the length of the text before, or "
        "use string methods."
    ),
    sink_kinds=("regex-polynomial",),
    severity=Severity.LOW,
    levels=(SourceLevel.REMOTE, SourceLevel.FILE, SourceLevel.API),
)
