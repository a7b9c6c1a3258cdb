"""What weak key size is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("weak-key-size"),
    cwe=Cwe(326),
    title="Weak key size",
    summary="A key is so short that it can be broken.",
    consequence="find the private key by calculation",
    advice=(
        "Make keys of 2048 bits or more for RSA, DSA and Diffie-Hellman, and use curves of "
        "224 bits or more."
    ),
    sink_kinds=("key-size",),
    severity=Severity.MEDIUM,
)
