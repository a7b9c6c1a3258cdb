"""What an exponential regular expression is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("exponential-regular-expression"),
    cwe=Cwe(1333),
    title="Exponential regular expression",
    summary="Matching takes twice the time for each further character.",
    consequence="stop the program for hours with a text of a few dozen characters",
    advice=(
        "Write the expression so that each text can be read in one way only: no repetition "
        "inside a repetition over the same characters, no alternatives that begin alike; "
        "or use possessive repetitions (Python 3.11), bound the length of the text before, or "
        "use string methods."
    ),
    sink_kinds=("regex-exponential",),
    severity=Severity.MEDIUM,
)
