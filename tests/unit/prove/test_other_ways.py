"""A patch has to end the flaw by every way in that the search knows, not by the best one alone."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.findings import Finding, WayIn
from countermine.core.knowledge import Weakness
from countermine.core.levels import SourceLevel
from countermine.core.spans import tree_path
from countermine.core.verdicts import Gate
from countermine.core.witnesses import (
    Effect,
    NoWitness,
    Observation,
    Stimulus,
    Witness,
    WitnessKind,
)
from countermine.prove.gates.other_ways import by_other_ways
from countermine.prove.gates.ways_together import by_ways_together, together
from countermine.prove.records import Baseline, Claim, UnusableTests, Witnessed
from countermine.prove.steps import Exploitable, Passed, Step, Unsettled
from countermine.prove.trial import Trial
from countermine.testing.findings import finding_at
from countermine.testing.proving import (
    EventMaker,
    ScriptedDrive,
    ScriptedSandbox,
    ScriptedTarget,
    as_text_detector,
    own_environment,
    rewrite,
    seen,
    setting_for,
    stimulus,
    weakness,
    witness_for,
    write_tree,
)

APP = "def view(name, folder):\n    return eval(name)\n"
BEFORE = Passed(reason="2 attacks no longer trigger, 3 times each")


def entry(key: str) -> EntryPoint:
    return EntryPoint(
        kind=EntryKind.FUNCTION,
        path=tree_path("app.py"),
        qualname="view",
        channel=Channel.QUERY,
        key=key,
    )


def finding(*others: str) -> Finding:
    found = replace(finding_at("app.py", APP.encode(), b"eval(name)"), entry=entry("name"))
    ways = (WayIn(level=SourceLevel.REMOTE, entry=entry(one), trace=found.trace) for one in others)
    return replace(found, alternatives=tuple(ways))


@dataclass(frozen=True, slots=True)
class ByKey:
    """Makes a witness whose attacks are named by the key of the way in."""

    none_for: tuple[str, ...] = ()

    def make(self, finding: Finding, _texts: object) -> Witness | NoWitness:
        key = "" if finding.entry is None else finding.entry.key or ""
        if key in self.none_for:
            return NoWitness(reason="nothing fits")
        attacks = tuple(stimulus(f"{key}-{name}", "x", key=key) for name in ("first", "second"))
        return witness_for(finding, attacks=attacks)

    def judge(
        self, witness: Witness, stimulus: Stimulus, seen: Observation, benign: Observation
    ) -> Effect:
        return EventMaker().judge(witness, stimulus, seen, benign)


@dataclass
class Case:
    """What is shown by each attack without the patch, and with it."""

    root: Path
    before: dict[str, str]
    after: dict[str, str]
    kind: WitnessKind = WitnessKind.EFFECT
    none_for: tuple[str, ...] = ()
    asked: list[tuple[str, str]] = field(default_factory=list)

    def step(self, *others: str) -> Step:
        """Return what gate 6 says of the other ways in."""
        return by_other_ways(self._trial(*others), BEFORE)

    def further(self, *others: str) -> Step:
        """Return what gate 9 says of them, and of two at once."""
        shown = (stimulus("name-first", "../{canary}", key="name"),)
        return by_ways_together(self._trial(*others), shown, (), BEFORE)

    def _trial(self, *others: str) -> Trial:
        write_tree(self.root, {"app.py": APP})
        found = finding(*others)
        of: Weakness = replace(weakness(), witness=ByKey(none_for=self.none_for))
        witness = replace(witness_for(found), kind=self.kind)
        setting = setting_for(
            self.root,
            environment=own_environment(),
            sandbox=ScriptedSandbox(ScriptedTarget().reply),
            drive=ScriptedDrive(self._answer),
            detector=as_text_detector(found, "eval(name)"),
        )
        ground = Baseline(gate=None, tests=UnusableTests(reason="none"), sightings=())  # type: ignore[arg-type]  # not looked at
        return Trial(
            setting=setting,
            environment=own_environment(),
            claim=Claim(finding=found, witness=witness, weakness=of),
            patch=rewrite("app.py", APP.encode(), "eval(name)", "int(name)"),
            ground=ground,
            witnessed=Witnessed(gates=(), attacks=(), controls=()),
            original=self.root,
            patched=self.root / "patched",
        )

    def _answer(self, tree: Path, one: Stimulus) -> Observation:
        where = "patched" if tree.name == "patched" else "original"
        self.asked.append((where, one.name))
        known = self.after if where == "patched" else self.before
        return seen(one.name, known.get(one.name, "quiet"))


def test_a_flaw_that_shows_by_another_parameter_is_still_exploitable(tmp_path: Path) -> None:
    case = Case(tmp_path, {"folder-first": "effect"}, {"folder-first": "effect"})
    step = case.step("folder")
    assert isinstance(step, Exploitable)
    assert step.reason == (
        "folder-first still shows the flaw on the patched tree, by the query folder of view"
    )
    assert step.after == "folder-first"


def test_a_way_that_the_patch_closes_too_is_told(tmp_path: Path) -> None:
    case = Case(tmp_path, {"folder-second": "effect"}, {})
    step = case.step("folder")
    assert isinstance(step, Passed)
    assert step.reason == f"{BEFORE.reason}; nor do those by the query folder of view"
    # With the patch only what shows the flaw without it is driven.
    assert ("patched", "folder-first") not in case.asked


def test_a_way_on_which_nothing_shows_the_flaw_says_nothing(tmp_path: Path) -> None:
    case = Case(tmp_path, {}, {"folder-first": "effect"})
    assert case.step("folder") == BEFORE
    assert not [one for one in case.asked if one[0] == "patched"]


def test_what_cannot_be_judged_with_the_patch_is_left_open(tmp_path: Path) -> None:
    case = Case(tmp_path, {"folder-first": "effect"}, {"folder-first": "doubt"})
    step = case.step("folder")
    assert isinstance(step, Unsettled)
    assert "by the query folder of view cannot be judged" in step.reason


def test_every_way_in_counts(tmp_path: Path) -> None:
    shown = {"second-first": "effect", "third-first": "effect"}
    case = Case(tmp_path, shown, {"third-first": "effect"})
    step = case.step("second", "third")
    assert isinstance(step, Exploitable)
    assert "by the query third of view" in step.reason


@pytest.mark.parametrize("others", [(), ("name",)])
def test_the_way_that_was_taken_is_not_driven_again(tmp_path: Path, others: tuple[str]) -> None:
    case = Case(tmp_path, {"name-first": "effect"}, {"name-first": "effect"})
    assert case.step(*others) == BEFORE
    assert case.asked == []


def test_a_way_for_which_no_witness_is_known_says_nothing(tmp_path: Path) -> None:
    case = Case(tmp_path, {"folder-first": "effect"}, {}, none_for=("folder",))
    assert case.step("folder") == BEFORE


def test_a_structural_flaw_is_the_same_by_every_way(tmp_path: Path) -> None:
    case = Case(tmp_path, {"folder-first": "effect"}, {}, kind=WitnessKind.STRUCTURAL)
    assert case.step("folder") == BEFORE
    assert case.asked == []


def test_two_parameters_that_do_harm_together_are_still_exploitable(tmp_path: Path) -> None:
    case = Case(tmp_path, {}, {"name-first-and-folder-second": "effect"})
    step = case.further("folder")
    assert isinstance(step, Exploitable)
    assert step.reason == (
        "name-first-and-folder-second still shows the flaw on the patched tree, also by the query "
        "folder of view"
    )
    assert [one.text for one in step.evidence if one.title == "inputs"] == [
        "parameter name: ../{canary}\nparameter folder: x"
    ]


def test_an_attack_that_is_cut_in_two_is_still_exploitable(tmp_path: Path) -> None:
    case = Case(tmp_path, {}, {"name-first-cut-at-1-last": "effect"})
    step = case.further("folder")
    assert isinstance(step, Exploitable)
    assert [one.text for one in step.evidence if one.title == "inputs"] == [
        "parameter name: ./{canary}\nparameter folder: ."
    ]


def test_respelled_attacks_go_by_the_other_ways_as_well(tmp_path: Path) -> None:
    quiet = Case(tmp_path, {}, {})
    step = quiet.further("folder")
    assert isinstance(step, Passed)
    names = [name for _, name in quiet.asked if name.startswith("folder-first-")]
    assert names
    shown = Case(tmp_path, {}, {names[0]: "effect"}).further("folder")
    assert isinstance(shown, Exploitable)
    assert shown.reason.startswith(f"{names[0]} still shows")
    many = len([name for _, name in quiet.asked if name.startswith(("folder-", "name-"))])
    assert step.reason == f"{BEFORE.reason}; nor do {many} by other ways in or by two"


def test_what_cannot_be_judged_by_two_ways_says_nothing(tmp_path: Path) -> None:
    case = Case(tmp_path, {}, {"name-first-and-folder-second": "doubt"})
    assert isinstance(case.further("folder"), Passed)


def test_one_way_in_has_no_other_to_go_with(tmp_path: Path) -> None:
    case = Case(tmp_path, {}, {})
    assert case.further() == BEFORE
    assert case.asked == []


def test_ways_into_two_functions_are_not_put_together() -> None:
    one = witness_for(finding("folder"), attacks=(stimulus("first", "../{canary}", key="name"),))
    other = replace(
        one,
        entry=replace(entry("folder"), qualname="upload"),
        attacks=(stimulus("second", "x", key="folder"),),
    )
    assert list(together(one, one.attacks, other)) == []
    same = replace(other, entry=entry("folder"))
    assert [len(made.inputs) for made in together(one, one.attacks, same)] == [2] * 5


def test_the_gate_is_the_sixth() -> None:
    assert Gate.GREEN.value == 6
