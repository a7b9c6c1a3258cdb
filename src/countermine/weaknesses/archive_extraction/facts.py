"""What archive extraction outside the folder is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("archive-extraction"),
    cwe=Cwe(22),
    title="Archive extraction outside the folder",
    summary=(
        "Members of an archive are written to the paths that the archive names, without "
        "being kept below the intended folder."
    ),
    consequence=(
        "write files outside the intended folder by naming archive members with '..', "
        "absolute paths or links"
    ),
    advice=(
        "Extract with tarfile's filter='data', or refuse every member whose resolved path"
        " is not below the intended folder."
    ),
    sink_kinds=("archive",),
    severity=Severity.HIGH,
)
