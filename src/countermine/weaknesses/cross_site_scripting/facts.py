"""What cross-site scripting is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("cross-site-scripting"),
    cwe=Cwe(79),
    title="Cross-site scripting",
    summary="A value from outside becomes part of a page without being escaped for it.",
    consequence="run scripts in the browser of whoever opens the page",
    advice=(
        "Render the page with a template that escapes values by itself, or escape the "
        "value with html.escape or markupsafe.escape."
    ),
    sink_kinds=("html", "html-attribute", "html-script", "html-address"),
    severity=Severity.MEDIUM,
    levels=(SourceLevel.REMOTE, SourceLevel.FILE),
    levels_behind_prefix=(SourceLevel.API,),
)
