"""What loose file permissions is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("loose-file-permissions"),
    cwe=Cwe(732),
    title="Loose file permissions",
    summary="A file or folder gives rights to every user of the machine, if only for a moment.",
    consequence="read or change the file from any account of the machine",
    advice=(
        "Give rights to the owner only (0o600, 0o700), and to a group where one shares the file; "
        "give them when the file is made (os.open with a mode), not afterwards."
    ),
    sink_kinds=("permissions",),
    severity=Severity.MEDIUM,
)
