"""What weak cipher is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("weak-cipher"),
    cwe=Cwe(327),
    title="Weak cipher",
    summary="Data is encrypted with a cipher or a mode that is broken.",
    consequence="read or change data that was encrypted",
    advice=(
        "Use an authenticated cipher such as AES-GCM or ChaCha20-Poly1305, with a fresh "
        "nonce for each message."
    ),
    sink_kinds=("weak-cipher",),
    severity=Severity.MEDIUM,
)
