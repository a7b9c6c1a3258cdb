"""What an insecure temporary file is."""

from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("insecure-temporary-file"),
    cwe=Cwe(377),
    title="Insecure temporary file",
    summary=(
        "A temporary file has a name that others can foresee, or only gets its name before it "
        "is made."
    ),
    consequence=(
        "make a file or link of that name first, and so read or redirect what the program writes"
    ),
    advice=(
        "Use tempfile.NamedTemporaryFile, tempfile.mkstemp or tempfile.TemporaryDirectory, "
        "which choose the name and make the file in one step."
    ),
    sink_kinds=("temporary-file",),
    severity=Severity.MEDIUM,
)
