"""What template injection is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("template-injection"),
    cwe=Cwe(1336),
    title="Template injection",
    summary="A value from outside becomes part of the source of a template.",
    consequence=(
        "have expressions of their own evaluated by the template engine, which usually "
        "means running code"
    ),
    advice=(
        "Keep the template's source constant and pass the value as a variable of the template."
    ),
    sink_kinds=("template",),
    severity=Severity.CRITICAL,
    levels=(SourceLevel.REMOTE, SourceLevel.FILE),
    levels_behind_prefix=(SourceLevel.API,),
)
