"""How a test shows that a value is run as code."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import attacks_as_payloads, marker_probe

_CALL = "__import__('pathlib').Path('MARKER').touch()"
_WITHOUT_BUILTINS = (
    "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'catch_warnings'][0]()"
    "._module.__builtins__['open']('MARKER', 'w')"
)
_PAYLOADS = (
    _CALL,
    f"0)+({_CALL}) or (0",
    f"' + str({_CALL}) + '",
    f'" + str({_CALL}) + "',
    f"0\n{_CALL}\n",
    f"0;{_CALL}",
    _WITHOUT_BUILTINS,
)
"""An expression, one inside brackets or quotes, a statement, and one without builtins."""


def regressions(_finding: Finding, witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probe: code in the value must not be run."""
    return (
        marker_probe(
            name="runs_no_code_of_its_input",
            summary="A value that holds Python code is read, not run.",
            payloads=tuple(dict.fromkeys([*_PAYLOADS, *attacks_as_payloads(witness)])),
            message="code inside the value was run",
        ),
    )
