"""What a timing-unsafe comparison is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("timing-unsafe-comparison"),
    cwe=Cwe(208),
    title="Timing-unsafe comparison",
    summary="A secret is compared in a time that tells how much of a guess is right.",
    consequence="find out a secret piece by piece from how long its refusal takes",
    advice=(
        "Compare with hmac.compare_digest or secrets.compare_digest, which take the same time "
        "for every guess of one length."
    ),
    sink_kinds=("timing",),
    severity=Severity.LOW,
    levels=(SourceLevel.REMOTE, SourceLevel.API),
)
