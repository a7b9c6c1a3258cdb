"""What XML external entities is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("xml-external-entities"),
    cwe=Cwe(611),
    title="XML external entities",
    summary=(
        "XML from outside is parsed by a parser that resolves entities the document "
        "itself declares."
    ),
    consequence=(
        "read local files, reach other hosts, or exhaust memory through entities of the document"
    ),
    advice=(
        "Parse with defusedxml, or switch off entity resolution and the network in the "
        "parser (lxml: resolve_entities=False)."
    ),
    sink_kinds=("xml",),
    severity=Severity.HIGH,
    levels=(SourceLevel.REMOTE, SourceLevel.FILE, SourceLevel.API),
)
