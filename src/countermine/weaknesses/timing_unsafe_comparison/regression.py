"""How a test shows that a secret is compared byte by byte."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Encoding, Witness
from countermine.prove.regression.calls import BENIGN
from countermine.prove.regression.probes import literal

_WRITTEN = {
    Encoding.BASIC: (
        f"{BENIGN}:guess",
        '"Basic " + base64.b64encode(payload.encode()).decode()',
        "import base64",
    ),
    Encoding.BEARER: ("guess", '"Bearer " + payload', ""),
}
"""The guess in a header of authorization, how it is written there, and what that needs."""


def regressions(_finding: Finding, witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probes: a function that takes the same time for every guess must be asked."""
    return tuple(_asked(module, witness) for module in ("hmac", "secrets"))


def _asked(module: str, witness: Witness) -> RegressionProbe:
    name = f"{module}.compare_digest"
    encoding = next((one.encoding for one in witness.attacks[0].inputs), Encoding.PLAIN)
    guess, value, needed = _WRITTEN.get(encoding, ("guess", "payload", ""))
    return RegressionProbe(
        name="compares_in_constant_time",
        summary="How long a refusal takes must not tell how much of a guess is right.",
        payloads=(literal(guess),),
        value=value,
        around=(f'mock.patch("{name}", wraps={name}) as compared',),
        never="not compared.called",
        message=f"{name} is not asked",
        imports=(f"import {module}", "from unittest import mock", *([needed] if needed else [])),
    )
