from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.spans import tree_path
from countermine.core.weakness import Fingerprint, WeaknessId
from countermine.core.witnesses import Input, Observation, Stimulus, Witness, WitnessKind
from countermine.prove.ahead import read_ahead
from countermine.testing.proving import seen

TREE, OTHER = Path("/tree"), Path("/other")


def stimulus(name: str, text: str = "x") -> Stimulus:
    return Stimulus(name=name, inputs=(Input(channel=Channel.PARAMETER, key="a", text=text),))


WITNESS = Witness(
    weakness=WeaknessId("code-injection"),
    fingerprint=Fingerprint("0" * 64),
    kind=WitnessKind.EFFECT,
    entry=EntryPoint(
        kind=EntryKind.FUNCTION,
        path=tree_path("app.py"),
        qualname="view",
        channel=Channel.PARAMETER,
    ),
    sink="eval",
    attacks=(stimulus("attack"),),
    controls=(stimulus("control"),),
)


class Driven:
    """Notes what is driven, in which batches; says nothing of stimuli called mute."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def __call__(
        self, tree: Path, witness: Witness, stimuli: tuple[Stimulus, ...]
    ) -> Sequence[Observation]:
        del tree, witness
        self.batches.append([one.name for one in stimuli])
        return [seen(one.name) for one in stimuli if one.name != "mute"]


def test_later_stimuli_go_along_with_the_first_batch() -> None:
    driven = Driven()
    drive = read_ahead(driven, TREE, WITNESS, [stimulus("later")])
    assert [one.stimulus for one in drive(TREE, WITNESS, (stimulus("a"),))] == ["a"]
    assert [one.stimulus for one in drive(TREE, WITNESS, (stimulus("later"),))] == ["later"]
    assert driven.batches == [["a", "later"]]


def test_another_tree_is_driven_for_itself() -> None:
    driven = Driven()
    drive = read_ahead(driven, TREE, WITNESS, [stimulus("later")])
    drive(OTHER, WITNESS, (stimulus("a"),))
    drive(TREE, WITNESS, (stimulus("a"),))
    assert driven.batches == [["a"], ["a", "later"]]


def test_a_stimulus_of_the_same_name_and_other_input_is_another_stimulus() -> None:
    driven = Driven()
    drive = read_ahead(driven, TREE, WITNESS, [stimulus("a", "later")])
    drive(TREE, WITNESS, (stimulus("a"),))
    drive(TREE, WITNESS, (stimulus("a", "later"),))
    assert driven.batches == [["a"], ["a"]]


def test_what_was_not_observed_is_driven_again_and_never_made_up() -> None:
    driven = Driven()
    drive = read_ahead(driven, TREE, WITNESS, [stimulus("mute")])
    drive(TREE, WITNESS, (stimulus("a"),))
    assert drive(TREE, WITNESS, (stimulus("mute"),)) == []
    assert driven.batches == [["a", "mute"], ["mute"]]


def test_the_batch_is_driven_with_the_witness_that_knows_every_control() -> None:
    told: list[Witness] = []

    def driven(
        tree: Path, witness: Witness, stimuli: tuple[Stimulus, ...]
    ) -> Sequence[Observation]:
        del tree
        told.append(witness)
        return [seen(one.name) for one in stimuli]

    more = replace(WITNESS, controls=(*WITNESS.controls, stimulus("control-again")))
    read_ahead(driven, TREE, more, more.controls)(TREE, WITNESS, WITNESS.attacks)
    assert told == [more]
