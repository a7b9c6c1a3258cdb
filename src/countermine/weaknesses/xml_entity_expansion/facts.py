"""What XML entity expansion is.

Which parsers do what: https://docs.python.org/3/library/xml.html#xml-security. With Expat 2.4.1 and
newer a document may still grow a hundredfold, and to some megabytes in any case.
"""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("xml-entity-expansion"),
    cwe=Cwe(776),
    title="XML entity expansion",
    summary="XML from outside is parsed by a parser that puts in entities of the document.",
    consequence="fill the memory with a short document whose entities grow",
    advice=(
        "Parse with defusedxml, which takes no entities; Expat before 2.4.1 puts in as many as "
        "a document asks for."
    ),
    sink_kinds=("xml-growth",),
    severity=Severity.MEDIUM,
    levels=(SourceLevel.REMOTE, SourceLevel.FILE, SourceLevel.API),
)
