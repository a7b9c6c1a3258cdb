"""What cookie without the Secure attribute is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("cookie-without-secure"),
    cwe=Cwe(614),
    title="Cookie without the Secure attribute",
    summary="A cookie is also sent over connections that others can read.",
    consequence="read the cookie on the way and be taken for the visitor",
    advice=(
        "Set the cookie with secure=True, and the session cookie by the setting of the "
        "framework, in every place that visitors reach over HTTPS."
    ),
    sink_kinds=("cookie-secure",),
    severity=Severity.MEDIUM,
)
