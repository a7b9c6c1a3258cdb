"""Where a stand-in that finds nothing answers, only the program's own remedies are believed."""

from dataclasses import replace
from pathlib import Path

import pytest

from countermine.core.knowledge import Weakness
from countermine.core.patches import PatchOrigin
from countermine.core.verdicts import Gate, GateOutcome, GateResult
from countermine.prove.gates.control_again import control_again
from countermine.prove.records import Baseline, Claim, UnusableTests, Witnessed
from countermine.prove.steps import Unsettled
from countermine.prove.trial import Trial
from countermine.testing.findings import finding_at
from countermine.testing.proving import (
    own_environment,
    rewrite,
    setting_for,
    weakness,
    witness_for,
    write_tree,
)
from countermine.weaknesses.decompression_bomb.weakness import WEAKNESS as BOMBS
from countermine.weaknesses.ldap_injection.weakness import WEAKNESS as DIRECTORIES
from countermine.weaknesses.nosql_injection.weakness import WEAKNESS as DOCUMENTS

APP = "def view(text):\n    return find(text)\n"
FINDING = finding_at("app.py", APP.encode(), b"find(text)")
OWN = rewrite("app.py", APP.encode(), "find(text)", "find(escape(text))")


def trial(folder: Path, origin: PatchOrigin, unseen: str) -> Trial:
    write_tree(folder / "original", {"app.py": APP})
    write_tree(folder / "patched", {"app.py": APP.replace("find(text)", "find(escape(text))")})
    passed = GateResult(gate=Gate.BASELINE, outcome=GateOutcome.PASSED, reason="fine")
    return Trial(
        setting=setting_for(folder / "original"),
        environment=own_environment(),
        claim=Claim(
            finding=FINDING,
            witness=witness_for(FINDING),
            weakness=replace(weakness(), unseen=unseen),
        ),
        patch=replace(OWN, origin=origin, author="x"),
        ground=Baseline(gate=passed, tests=UnusableTests(reason="none"), sightings=()),
        witnessed=Witnessed(gates=(), attacks=(), controls=()),
        original=folder / "original",
        patched=folder / "patched",
    )


@pytest.mark.parametrize("origin", [PatchOrigin.MODEL, PatchOrigin.PERSON])
@pytest.mark.parametrize("known", [BOMBS, DIRECTORIES, DOCUMENTS], ids=lambda one: one.facts.id)
def test_a_patch_of_others_is_left_open(
    tmp_path: Path, origin: PatchOrigin, known: Weakness
) -> None:
    assert known.unseen
    step = control_again(trial(tmp_path, origin, known.unseen))
    assert isinstance(step, Unsettled)
    assert known.unseen in step.reason


def test_bombs_have_no_remedy_that_could_be_proven() -> None:
    assert BOMBS.remedies == ()
