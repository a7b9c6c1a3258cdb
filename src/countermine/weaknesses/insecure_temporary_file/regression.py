"""How a test shows that a temporary file is named before it is made."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import literal


def regressions(finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probes: nobody asks for a name without a file."""
    if finding.sink != "tempfile.mktemp":
        return ()
    return (_unasked("tempfile.mktemp"), _unasked("tempfile._exists"))


def _unasked(name: str) -> RegressionProbe:
    """Return the probe that a function is not called.

    Of ``tempfile`` only ``mktemp``, by whatever name the code calls it, asks what exists.
    """
    return RegressionProbe(
        name="makes_its_temporary_files_itself",
        summary="A temporary file that gets its name before it is made can be made by others.",
        payloads=(literal("sample"),),
        inputless=True,
        around=(f'mock.patch("{name}", wraps={name}) as chosen',),
        never="chosen.called",
        message="tempfile.mktemp is used",
        imports=("import tempfile", "from unittest import mock"),
    )
