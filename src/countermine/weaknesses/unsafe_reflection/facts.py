"""What unsafe reflection is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("unsafe-reflection"),
    cwe=Cwe(470),
    title="Unsafe reflection",
    summary="A name from outside chooses the module, class or function that is used.",
    consequence="have a module loaded, or a function called, that was not meant for them",
    advice=(
        "Look the name up in a table of what may be chosen, or compare it with such a list; a "
        "fixed beginning of the name, such as 'do_', keeps the rest out of reach as well."
    ),
    sink_kinds=("reflection",),
    severity=Severity.HIGH,
    levels=(SourceLevel.REMOTE,),
)
