"""What XPath injection is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("xpath-injection"),
    cwe=Cwe(643),
    title="XPath injection",
    summary="A value from outside becomes part of an XPath expression.",
    consequence="select other parts of the document than were meant",
    advice=(
        "Keep the expression constant and pass the value as a variable: "
        "tree.xpath('//user[@name=$name]', name=value)."
    ),
    sink_kinds=("xpath",),
    severity=Severity.MEDIUM,
    levels=(SourceLevel.REMOTE,),
)
