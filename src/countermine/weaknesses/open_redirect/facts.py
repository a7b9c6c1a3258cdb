"""What an open redirect is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("open-redirect"),
    cwe=Cwe(601),
    title="Open redirect",
    summary="A page sends its visitor on to an address that comes from outside.",
    consequence="send visitors who trust the address of this site to a site of their own choice",
    advice=(
        "Send visitors on to a route of the site by its name, or only to an address whose host "
        "was compared with those that are allowed; a leading slash is not enough, since "
        "'//host' names another host."
    ),
    sink_kinds=("redirect", "own-address"),
    severity=Severity.MEDIUM,
    levels=(SourceLevel.REMOTE,),
)
