"""What credentials sent on to another host are."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("credentials-sent-on"),
    cwe=Cwe(201),
    title="Credentials sent on to another host",
    summary=(
        "A client that is led on to another host sends it headers that were meant for the first."
    ),
    consequence="get passwords, tokens or cookies that are meant for a host which leads to theirs",
    advice=(
        "Before a request is led on, compare scheme, host and port of the old and of the new "
        "address, and where one of them differs take off Authorization, Cookie and "
        "Proxy-Authorization, in capital or small letters."
    ),
    sink_kinds=("credentials-sent-on",),
    severity=Severity.MEDIUM,
)
