"""What is handed in for a case is judged, and says nothing of how."""

from dataclasses import replace
from pathlib import Path

import pytest

from countermine.core.entrypoints import Channel, EntryKind
from countermine.core.errors import BadTargetError
from countermine.core.findings import Finding
from countermine.core.patches import PatchOrigin
from countermine.core.targets import Target, TargetKind
from countermine.core.witnesses import Witness
from countermine.loop.means import Means
from countermine.loop.proposing import with_proposal
from countermine.loop.records import Proposal, RunRequest
from countermine.loop.stages import Stages
from countermine.target.fetched import IndexOptions
from countermine.target.inventory import InventoryOptions, take_inventory
from countermine.target.open import tree_digest
from countermine.testing.clocks import StillClock
from countermine.testing.findings import finding_at
from countermine.testing.proving import own_environment, rewrite, stimulus, witness_for

APP = b"def view(text):\n    return eval(text)\n"
FINDING: Finding = finding_at("app.py", APP, b"eval(text)")
PATCH = replace(
    rewrite("app.py", APP, "eval(text)", "int(text)", origin=PatchOrigin.MODEL), author="mcp:one"
)

DRIVER = "def drive(value): ..."


def stages(tmp_path: Path, proposal: Proposal | None) -> Stages:
    request = RunRequest(run="r", version="1", target="x", started="2026-01-31", proposal=proposal)
    means = Means(
        state=tmp_path, index=IndexOptions(), sandbox=None, clock=StillClock(), scratch=tmp_path
    )
    return Stages(means, request)


def target(root: Path) -> Target:
    (root / "app.py").write_bytes(APP)
    return Target(
        kind=TargetKind.DIRECTORY, spec=".", name="x", root=str(root), revision=None, digest="0"
    )


def test_a_patch_that_is_handed_in_is_judged_alone(tmp_path: Path) -> None:
    made = stages(tmp_path, Proposal(by="mcp:one", patch=PATCH))
    assert made.fix(target(tmp_path), FINDING, ()).patch == PATCH
    second = made.fix(target(tmp_path), FINDING, ("mcp:one",))
    assert second.patch is None
    assert second.no_patch == "a patch that is handed in is judged alone"


def test_a_witness_that_is_only_tried_comes_to_no_patch(tmp_path: Path) -> None:
    made = stages(tmp_path, Proposal(by="x", attacks=("y",), only_shown=True))
    assert made.fix(target(tmp_path), FINDING, ()).patch is None


def test_without_a_patch_the_remedies_have_their_turn(tmp_path: Path) -> None:
    made = stages(tmp_path, Proposal(by="mcp:one", driver="def drive(value): ..."))
    fixed = made.fix(target(tmp_path), FINDING, ())
    assert fixed.patch is None or fixed.patch.origin is PatchOrigin.REMEDY


def test_attacks_that_are_handed_in_stand_last_and_controls_stay_ours() -> None:
    own = witness_for(FINDING)
    proposal = Proposal(by="x", driver="def drive(value): ...", attacks=("{canary}", "two"))
    made = with_proposal(own, proposal, FINDING)
    assert made.driver == proposal.driver
    assert made.controls == own.controls
    assert (made.entry, made.sink, made.kind) == (own.entry, own.sink, own.kind)
    assert [one.name for one in made.attacks] == ["call", "proposed-1", "proposed-2"]
    assert [one.inputs[0].text for one in made.attacks[1:]] == ["{canary}", "two"]
    assert {one.inputs[0].channel for one in made.attacks} == {own.attacks[0].inputs[0].channel}
    assert (made.script, made.vouched) == (None, False)


def routed(kind: EntryKind) -> Witness:
    own = witness_for(FINDING)
    entry = replace(own.entry, kind=kind, channel=Channel.PATH, key="name")
    own = replace(own, entry=entry)
    attacks, controls = (
        tuple(
            replace(one, inputs=tuple(replace(x, channel=Channel.PATH) for x in one.inputs))
            for one in some
        )
        for some in (own.attacks, own.controls)
    )
    return replace(own, attacks=attacks, controls=controls)


def test_a_part_of_a_route_that_a_method_takes_is_handed_over_as_its_argument() -> None:
    own = routed(EntryKind.METHOD)
    made = with_proposal(own, Proposal(by="x", driver=DRIVER), FINDING)
    every = [value for one in (*made.attacks, *made.controls) for value in one.inputs]
    assert {value.channel for value in every} == {Channel.PARAMETER}
    assert made.entry == replace(own.entry, channel=Channel.PARAMETER)
    assert [value.text for value in every] == [
        value.text for one in (*own.attacks, *own.controls) for value in one.inputs
    ]


@pytest.mark.parametrize(
    ("kind", "driver"), [(EntryKind.FLASK_VIEW, "def drive(value): ..."), (EntryKind.METHOD, None)]
)
def test_any_other_part_of_a_route_stays_in_the_request(
    kind: EntryKind, driver: str | None
) -> None:
    own = routed(kind)
    made = with_proposal(own, Proposal(by="x", driver=driver, attacks=("y",)), FINDING)
    assert made.entry == own.entry
    assert {value.channel for one in made.attacks for value in one.inputs} == {Channel.PATH}


def test_a_witness_that_takes_no_value_takes_no_further_attacks() -> None:
    bare = replace(stimulus("use", "x"), inputs=())
    own = witness_for(FINDING, attacks=(bare,))
    assert with_proposal(own, Proposal(by="x", attacks=("y",)), FINDING).attacks == (bare,)


def test_what_is_handed_in_is_judged_on_one_copy_of_what_was_searched(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    made = stages(tmp_path / "state", Proposal(by="mcp:one", patch=PATCH))
    about = target(tree)
    about = replace(about, digest=tree_digest(take_inventory(tree, InventoryOptions())))
    copy = made._root(about, own_environment())
    assert copy != tree
    (tree / "app.py").write_text("fixed = 1\n")
    assert made._root(about, own_environment()) == copy
    assert (copy / "app.py").read_bytes() == APP
    late = stages(tmp_path / "later", Proposal(by="mcp:one", patch=PATCH))
    with pytest.raises(BadTargetError, match="was changed since"):
        late._root(about, own_environment())
    assert stages(tmp_path / "plain", None)._root(about, own_environment()) == tree
