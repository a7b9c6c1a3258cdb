"""What mass assignment is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("mass-assignment"),
    cwe=Cwe(915),
    title="Mass assignment",
    summary="A request names the attributes of an object that are set.",
    consequence=(
        "set attributes that were not meant for them, such as whose it is and what it may do"
    ),
    advice=(
        "Set the attributes that may be set by their names, or compare the names of the "
        "request with a list of these."
    ),
    sink_kinds=("attributes",),
    severity=Severity.HIGH,
    levels=(SourceLevel.REMOTE,),
)
