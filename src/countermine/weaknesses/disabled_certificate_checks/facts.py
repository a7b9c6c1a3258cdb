"""What a disabled check of certificates is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("disabled-certificate-checks"),
    cwe=Cwe(295),
    title="Disabled certificate checks",
    summary="A connection is made without checking who is at the other end.",
    consequence="pass for the other host, and read and change what is sent",
    advice=(
        "Leave the check on, which is the default; for a certificate of one's own pass its "
        "authority's file (verify='ca.pem', ssl.create_default_context(cafile=...))."
    ),
    sink_kinds=("certificate",),
    severity=Severity.HIGH,
)
