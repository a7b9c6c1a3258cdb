"""What an answer says of its own cost frees no money, and breaks nothing."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from countermine.models.options import AllCaps, Caps
from countermine.models.transport import Said
from countermine.ports.model import Answered
from countermine.testing.models import Heard
from tests.unit.models.asked import Bench, question, settings


@pytest.mark.parametrize(
    ("asked", "answered"),
    [(-(10**9), 10), (10, -(10**9)), (-1, -1), (10**30, 1), (1, 2**63)],
)
def test_tokens_that_cannot_be_free_nothing(tmp_path: Path, asked: int, answered: int) -> None:
    text = json.dumps({"word": "a"})

    def says(_: Heard) -> Said:
        return Said(text=text, serving="first", input_tokens=asked, output_tokens=answered)

    script: Callable[[Heard], Said] = says
    caps = AllCaps(run=Caps(calls=3, tokens=20_000), case=Caps())
    bench = Bench(folder=tmp_path, settings=settings(caps=caps), script=script)
    made = [bench.roster.ask(question(text=f"x = {number}")) for number in range(8)]
    told = [call for one in made for call in one.calls]
    assert isinstance(made[0], Answered)
    assert len(bench.transport.heard) <= 3
    assert all(call.usage.input_tokens >= 0 <= call.usage.output_tokens for call in told)
    assert all(call.usage.micro_usd >= 0 for call in told)
