"""What enters is written whole: placeholders are never cut, and each spelling does its part."""

import base64
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermine.core.entrypoints import Channel, EntryKind
from countermine.core.knowledge import WitnessMaker
from countermine.core.spans import tree_path
from countermine.core.witnesses import NoWitness, Shown, Stimulus, Witness
from countermine.prove.drive.siblings import siblings
from countermine.prove.mutations import mutated
from tests.weaknesses.makers import MAKERS
from tests.weaknesses.observed_targets import OBSERVED
from tests.weaknesses.query_targets import ASKED
from tests.weaknesses.witness_bench import Bench, finding_of
from tests.weaknesses.witness_targets import FUNCTIONS, WITH_PACKAGES, Target

_WHOLE = re.compile(r"\{(?:canary|base)\}")
_REST = re.compile(r"\{(?:canary|base)\b|\b(?:canary|base)\}")

CUT_ONCE = """
import os
FOLDER = os.path.join(os.path.dirname(__file__), "files")

def run(name):
    with open(os.path.join(FOLDER, name.replace("../", ""))) as file:
        return file.read()
"""


def written(stimulus: Stimulus) -> list[str]:
    """Return every text of a stimulus that the harness fills."""
    texts = [text for value in stimulus.inputs for text in (value.text, *value.alternatives)]
    for file in stimulus.files:
        texts += [file.name, base64.b64decode(file.content_base64).decode("latin-1")]
    return texts


def stimuli(maker: WitnessMaker, target: Target) -> list[Stimulus]:
    source = target.flawed
    made = maker.make(finding_of(target, source), {tree_path("app.py"): source.encode()})
    if isinstance(made, NoWitness):
        return []
    assert isinstance(made, Witness)
    return [
        *made.attacks,
        *made.controls,
        *mutated(made, made.attacks, 200),
        *siblings(made.attacks, ["/srv/invoices"]),
    ]


@settings(deadline=None)
@given(
    target=st.sampled_from((*FUNCTIONS, *OBSERVED, *WITH_PACKAGES, *ASKED)),
    kind=st.sampled_from(EntryKind),
    channel=st.sampled_from(Channel),
    key=st.sampled_from((None, "name", "path", "--file")),
)
def test_no_witness_cuts_a_placeholder(
    target: Target, kind: EntryKind, channel: Channel, key: str | None
) -> None:
    entered = Target(
        **{
            field: getattr(target, field)
            for field in ("name", "weakness", "qualname", "sink", "flawed", "fixed")
        },
        kind=kind,
        channel=channel,
        key=key,
    )
    for stimulus in stimuli(MAKERS[target.weakness], entered):
        for text in written(stimulus):
            assert not _REST.search(_WHOLE.sub("", text)), (stimulus.name, text)


@pytest.mark.parametrize("weakness", sorted(MAKERS))
def test_every_witness_is_among_the_targets_above(weakness: str) -> None:
    assert any(
        target.weakness == weakness for target in (*FUNCTIONS, *OBSERVED, *WITH_PACKAGES, *ASKED)
    )


def test_steps_up_that_are_cut_out_once_still_lead_out(bench: Bench) -> None:
    target = next(one for one in FUNCTIONS if one.name == "path")

    def nested(made: Witness) -> list[Stimulus]:
        return [one for one in made.attacks if one.name == "dot-dot-nested"]

    effects, benign, _ = bench.run(target, CUT_ONCE, more=nested)
    assert benign.error is None
    assert [type(one) for one in effects] == [Shown], effects
