"""What code injection is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("code-injection"),
    cwe=Cwe(95),
    title="Code injection",
    summary="A value from outside is evaluated as code.",
    consequence="run Python code of their own choice in the process",
    advice=(
        "Parse the value instead of evaluating it: ast.literal_eval for literals, a "
        "lookup table for names, a small parser for expressions."
    ),
    sink_kinds=("code",),
    severity=Severity.CRITICAL,
)
