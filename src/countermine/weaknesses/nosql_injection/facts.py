"""What injection into queries other than SQL is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("nosql-injection"),
    cwe=Cwe(943),
    title="NoSQL injection",
    summary="A value from outside decides on the structure of a database query that is not SQL.",
    consequence="change what the query does: read, change or delete other data",
    advice=(
        "Put the query together from fixed fields and operators, compare each value as it stands "
        "({'$eq': value}) or convert it to the type it must have, and hand values over as "
        "parameters where the query is a text."
    ),
    sink_kinds=("nosql", "nosql-value"),
    severity=Severity.HIGH,
    levels=(SourceLevel.REMOTE,),
)
