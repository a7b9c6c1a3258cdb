"""What weak hash is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("weak-hash"),
    cwe=Cwe(328),
    title="Weak hash",
    summary="A hash function that is broken is used where its strength matters.",
    consequence="find other data with the same hash, or recover what was hashed",
    advice=(
        "Use SHA-256 or stronger; for passwords use hashlib.scrypt or a password hashing "
        "library; where strength does not matter say so with usedforsecurity=False."
    ),
    sink_kinds=("weak-hash",),
    severity=Severity.MEDIUM,
)
