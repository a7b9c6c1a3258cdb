"""How a test shows that a broken cipher, or a mode that shows equal blocks, is used."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import literal

_MODED = ("AES", "DES3")
"""Modules whose cipher is sound in another mode than ECB."""


def regressions(finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probe: the cipher or mode of the sink must not be made."""
    holder, _, made = finding.sink.rpartition(".")
    package, _, module = holder.rpartition(".")
    if not holder:
        return ()
    # A class may have been imported by name: what makes its objects is the same everywhere.
    around = f'mock.patch.object({module}.{made}, "__init__", return_value=None) as weak'
    never = "weak.called"
    if made == "new":
        around = f'mock.patch.object({module}, "new", wraps={module}.new) as weak'
    if made == "new" and module in _MODED:
        modes = '(*call.args[1:2], call.kwargs.get("mode"))'
        never = f"any({module}.MODE_ECB in {modes} for call in weak.call_args_list)"
    return (
        RegressionProbe(
            name="uses_no_weak_cipher",
            summary=f"``{finding.sink}`` does not keep what it encrypts secret.",
            payloads=(literal("sample"),),
            inputless=True,
            around=(around,),
            never=never,
            message=f"{finding.sink} is used",
            imports=(
                f"from {package} import {module}" if package else f"import {module}",
                "from unittest import mock",
            ),
        ),
    )
