"""What server-side request forgery is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("server-side-request-forgery"),
    cwe=Cwe(918),
    title="Server-side request forgery",
    summary="The server sends a request to an address whose scheme or host comes from outside.",
    consequence=(
        "have the server send requests to hosts of their own choice, those behind its firewall "
        "among them"
    ),
    advice=(
        "Let the value choose among addresses that are known, or compare scheme and host with a "
        "list of those that are allowed before each request, redirects included."
    ),
    sink_kinds=("url",),
    severity=Severity.HIGH,
    levels=(SourceLevel.REMOTE,),
)
