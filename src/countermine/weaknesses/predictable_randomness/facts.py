"""What predictable randomness is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("predictable-randomness"),
    cwe=Cwe(338),
    title="Predictable randomness",
    summary="A secret is made with a random number generator whose output can be predicted.",
    consequence="predict passwords, tokens or keys from others that they have seen",
    advice="Use the secrets module, or random.SystemRandom.",
    sink_kinds=("randomness",),
    severity=Severity.MEDIUM,
)
