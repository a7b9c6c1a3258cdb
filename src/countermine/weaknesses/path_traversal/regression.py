"""How a test shows that a name leads out of its folder."""

from dataclasses import replace

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import OUTSIDE, OUTSIDE_FILE

_ABSOLUTE = "OUTSIDE"
_UPWARDS = "../" * 12 + "."
_PROBE = RegressionProbe(
    name="stays_in_its_folder",
    summary="A name that leads out of the folder is refused; the file it names is left alone.",
    payloads=(repr(_ABSOLUTE), repr(_UPWARDS + _ABSOLUTE), repr("x/" + _UPWARDS + _ABSOLUTE)),
    setup=OUTSIDE_FILE,
    value='payload.replace("OUTSIDE", str(secret))',
    never=f'"{OUTSIDE}" in seen or not secret.exists() or secret.read_text() != "{OUTSIDE}"',
    message="the value led to a file out of the folder",
)
_OPENED = replace(
    _PROBE,
    around=('mock.patch("builtins.open", wraps=open) as opened',),
    never="any(os.path.realpath(str(call.args[0])) == os.path.realpath(secret)"
    " for call in opened.call_args_list if call.args)",
    imports=("import os", "from unittest import mock"),
)


def regressions(_finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probes: what lies outside is neither read, changed nor opened."""
    return (_PROBE, _OPENED)
