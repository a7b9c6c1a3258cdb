"""What HTTP header injection is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("header-injection"),
    cwe=Cwe(113),
    title="HTTP header injection",
    summary=(
        "A value from outside becomes part of a response's header by a call that lets line "
        "breaks through."
    ),
    consequence=(
        "add headers to the response, or a whole second response, by line breaks in the value"
    ),
    advice=(
        "Refuse values with a carriage return or a line feed, or encode them with "
        "urllib.parse.quote, before they become part of a header."
    ),
    sink_kinds=("header",),
    severity=Severity.MEDIUM,
    levels=(SourceLevel.REMOTE, SourceLevel.API),
)
