"""The guess of a test stands in its header as the target reads such headers."""

import base64
from dataclasses import replace

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.findings import StepKind, TraceStep
from countermine.core.spans import tree_path
from countermine.core.witnesses import Encoding
from countermine.testing.findings import finding_at
from countermine.testing.proving import witness_for
from countermine.weaknesses.timing_unsafe_comparison.regression import regressions
from countermine.weaknesses.timing_unsafe_comparison.witness import plan

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


@pytest.mark.parametrize(
    ("channel", "key", "expected"),
    [
        (Channel.HEADER, None, Encoding.BASIC),
        (Channel.HEADER, "HTTP_AUTHORIZATION", Encoding.BASIC),
        (Channel.HEADER, "X-Token", Encoding.PLAIN),
        (Channel.QUERY, None, Encoding.PLAIN),
    ],
)
def test_a_guess_is_planned_as_a_header_of_authorization_where_it_may_be_one(
    channel: Channel, key: str | None, expected: Encoding
) -> None:
    code = b"def check(request):\n    guess = b64decode(request.auth[6:])\n    guess == secret\n"
    path = tree_path("app.py")
    found = finding_at("app.py", code, b"guess == secret", sink="== secret")
    entry = EntryPoint(
        kind=EntryKind.FUNCTION, path=path, qualname="check", channel=channel, key=key
    )
    step = TraceStep(kind=StepKind.SINK, span=found.location, function="check", note="")
    made = plan(replace(found, entry=entry, trace=(step,)), {path: code})
    assert {one.encoding for one in made.attacks} == {expected}
