"""What errors shown to visitors is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("error-exposure"),
    cwe=Cwe(209),
    title="Errors shown to visitors",
    summary="The trace of an error is sent to whoever asked.",
    consequence=(
        "read paths, versions, statements and values of the program, which show where to go on"
    ),
    advice=(
        "Write the trace to the log, and answer with a text that says only that something "
        "failed, or with a number that is found in the log."
    ),
    sink_kinds=("error-text",),
    severity=Severity.LOW,
    levels=(SourceLevel.REMOTE,),
)
