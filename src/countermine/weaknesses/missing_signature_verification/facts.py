"""What a token whose signature is not verified is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("missing-signature-verification"),
    cwe=Cwe(347),
    title="Missing signature verification",
    summary="A signed token is read without checking its signature.",
    consequence="make tokens of their own that say whatever they like",
    advice=(
        "Decode with the key and the list of algorithms that are expected, and leave "
        "verification on."
    ),
    sink_kinds=("signature",),
    severity=Severity.HIGH,
)
