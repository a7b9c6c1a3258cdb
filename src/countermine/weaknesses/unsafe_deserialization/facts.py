"""What unsafe deserialization is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("unsafe-deserialization"),
    cwe=Cwe(502),
    title="Unsafe deserialization",
    summary="Data is turned into objects by a format that lets the data choose which code runs.",
    consequence="run code of their own choice when the data is loaded",
    advice=(
        "Use a format that holds data only: JSON, or yaml.safe_load for YAML; "
        "authenticate data that must stay in a richer format before loading it."
    ),
    sink_kinds=("deserialization",),
    severity=Severity.CRITICAL,
)
