"""How a test shows that a broken hash function is used."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import literal


def regressions(finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probe: the function of the sink must not be called for security."""
    name = finding.sink
    if not name.startswith("hashlib."):
        return ()
    if name == "hashlib.new":
        never = 'any(call.args[:1] in {("md5",), ("sha1",)} for call in weak.call_args_list)'
    else:
        never = 'any(call.kwargs.get("usedforsecurity", True) for call in weak.call_args_list)'
    return (
        RegressionProbe(
            name="uses_no_weak_hash",
            summary=f"``{name}`` is broken; nothing that must be secure may rest on it.",
            payloads=(literal("sample"),),
            inputless=True,
            around=(f'mock.patch("{name}", wraps={name}) as weak',),
            never=never,
            message=f"{name} is used",
            imports=("import hashlib", "from unittest import mock"),
        ),
    )
