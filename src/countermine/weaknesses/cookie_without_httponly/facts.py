"""What cookie without the HttpOnly attribute is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("cookie-without-httponly"),
    cwe=Cwe(1004),
    title="Cookie without the HttpOnly attribute",
    summary=("A cookie that says who a visitor is can be read by the scripts of the page."),
    consequence=(
        "take the cookie with a script that they get into a page, and be taken for the visitor"
    ),
    advice=(
        "Set the cookie with httponly=True; scripts need other things than the one that "
        "visitors are known by."
    ),
    sink_kinds=("cookie-httponly",),
    severity=Severity.MEDIUM,
)
