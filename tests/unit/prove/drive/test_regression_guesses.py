"""The guess of a test stands in its header as the target reads such headers."""

import base64
from dataclasses import replace

import pytest

from countermine.core.witnesses import Encoding
from countermine.testing.findings import finding_at
from countermine.testing.proving import witness_for
from countermine.weaknesses.timing_unsafe_comparison.regression import regressions

FOUND = finding_at("app.py", b"guess == secret", b"guess == secret", sink="== secret")


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        (Encoding.PLAIN, "guess"),
        (Encoding.BASIC, "Basic " + base64.b64encode(b"sample:guess").decode()),
        (Encoding.BEARER, "Bearer guess"),
    ],
)
def test_a_guess_is_written_as_the_header_has_it(encoding: Encoding, expected: str) -> None:
    made = witness_for(FOUND)
    attack = made.attacks[0]
    inputs = tuple(replace(one, encoding=encoding) for one in attack.inputs)
    witness = replace(made, attacks=(replace(attack, inputs=inputs),))
    for probe in regressions(FOUND, witness):
        names = {"payload": eval(probe.payloads[0]), "base64": base64}
        assert eval(probe.value, names) == expected
