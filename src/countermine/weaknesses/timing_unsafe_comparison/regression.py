"""How a test shows that a secret is compared byte by byte."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import literal


def regressions(_finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probes: a function that takes the same time for every guess must be asked."""
    return tuple(_asked(module) for module in ("hmac", "secrets"))


def _asked(module: str) -> RegressionProbe:
    name = f"{module}.compare_digest"
    return RegressionProbe(
        name="compares_in_constant_time",
        summary="How long a refusal takes must not tell how much of a guess is right.",
        payloads=(literal("guess"),),
        around=(f'mock.patch("{name}", wraps={name}) as compared',),
        never="not compared.called",
        message=f"{name} is not asked",
        imports=(f"import {module}", "from unittest import mock"),
    )
