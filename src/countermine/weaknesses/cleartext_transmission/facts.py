"""What cleartext transmission is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("cleartext-transmission"),
    cwe=Cwe(319),
    title="Cleartext transmission",
    summary="A password is sent over a connection that others can read.",
    consequence="read the password on the way",
    advice=(
        "Use the form of the protocol that is encrypted: HTTPS, SSH, FTP over TLS, or "
        "STARTTLS before the login."
    ),
    sink_kinds=("cleartext",),
    severity=Severity.MEDIUM,
)
