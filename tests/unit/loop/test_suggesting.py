"""Rounds of patches that models make."""

import pytest

from countermine.core.patches import Edit, Patch, PatchOrigin
from countermine.core.spans import Span, tree_path
from countermine.core.verdicts import (
    Gate,
    GateOutcome,
    GateResult,
    Inconclusive,
    Proven,
    Regressed,
    StillExploitable,
    Unwitnessed,
    Verdict,
)
from countermine.fix.suggest.question import Earlier
from countermine.loop.cases import Attempt
from countermine.loop.records import FixRecord, Place, SuggestTerms
from countermine.loop.suggesting import needs_model, suggestions
from countermine.prove.records import Judgement

PROVEN = Proven(gates=(), tests_ran=True)
OPEN = StillExploitable(gates=(), after="dot-dot")
BROKEN = Regressed(gates=(), failures=("test_a",))
UNKNOWN = Inconclusive(gates=(), reason="no memory")


def left_open(gate: Gate) -> Inconclusive:
    stopped = GateResult(gate=gate, outcome=GateOutcome.INCONCLUSIVE, reason="it cannot be told")
    return Inconclusive(gates=(stopped,), reason=stopped.reason)


def patch(after: str, author: str = "a-model") -> Patch:
    span = Span(path=tree_path("app.py"), start_byte=0, end_byte=1)
    edit = Edit(span=span, before="x", after=after)
    return Patch(edits=(edit,), origin=PatchOrigin.MODEL, author=author, summary="Fix it")


def attempt(verdict: Verdict | None, after: str = "remedy") -> Attempt:
    judged = None if verdict is None else Judgement(verdict=verdict)
    fix = FixRecord(patch=patch(after), no_patch=None)
    return Attempt(fix=fix, judgement=judged)


class Script:
    """A model and a ladder that do as they are told, and note what they were asked."""

    def __init__(self, said: dict[str, str | None], verdicts: dict[str, Verdict]) -> None:
        self.said, self.verdicts = said, verdicts
        self.shown: dict[str, tuple[Earlier, ...]] = {}
        self.judged: list[str] = []

    def suggest(self, place: Place, earlier: tuple[Earlier, ...]) -> FixRecord:
        self.shown[place.name] = earlier
        after = self.said.get(place.name)
        if after is None:
            return FixRecord(patch=None, no_patch="no model made a patch")
        return FixRecord(patch=patch(after), no_patch=None)

    def judge(self, place: Place, made: Patch) -> Judgement:
        after = made.edits[0].after
        self.judged.append(after)
        del place
        return Judgement(verdict=self.verdicts[after])

    def run(self, terms: SuggestTerms, *made: Attempt) -> tuple[Attempt, ...]:
        return suggestions(self.suggest, self.judge, terms, made)


THREE = SuggestTerms(candidates=3, rounds=2)


def test_the_smallest_candidate_that_is_proven_wins_and_larger_ones_are_not_judged() -> None:
    script = Script(
        {"round 1 candidate 1": "large!", "round 1 candidate 2": "s", "round 1 candidate 3": "mid"},
        {"s": OPEN, "mid": PROVEN, "large!": PROVEN},
    )
    made = script.run(THREE)
    assert script.judged == ["s", "mid"]
    assert made[-1].fix.patch == patch("mid")
    assert made[-1].proven


def test_a_second_round_is_told_what_refused_the_first() -> None:
    script = Script(
        {"round 1 candidate 1": "a", "round 2 candidate 1": "b"}, {"a": BROKEN, "b": PROVEN}
    )
    made = script.run(SuggestTerms(candidates=1, rounds=2))
    assert script.shown["round 2 candidate 1"] == (Earlier(patch=patch("a"), verdict=BROKEN),)
    assert [one.proven for one in made] == [False, True]


def test_candidates_of_a_round_are_shown_the_ones_before_them_and_refused_remedies() -> None:
    script = Script(
        {"round 1 candidate 1": "a", "round 1 candidate 2": "b"}, {"a": OPEN, "b": OPEN}
    )
    script.run(SuggestTerms(candidates=2, rounds=1), attempt(OPEN))
    shown = script.shown["round 1 candidate 2"]
    assert shown == (
        Earlier(patch=patch("remedy"), verdict=OPEN),
        Earlier(patch=patch("a"), verdict=None),
    )


def test_a_patch_that_was_made_before_is_not_judged_again() -> None:
    script = Script(
        {f"round {number} candidate {one}": "a" for number in (1, 2) for one in (1, 2, 3)},
        {"a": OPEN},
    )
    script.run(THREE)
    assert script.judged == ["a"]


def test_rounds_are_bounded() -> None:
    said: dict[str, str | None] = {
        f"round {number} candidate {one}": f"{number}{one}"
        for number in (1, 2)
        for one in (1, 2, 3)
    }
    script = Script(said, {after: OPEN for after in said.values() if after})
    assert len(script.run(THREE)) == 6
    assert not set(script.shown) - set(said)


@pytest.mark.parametrize("gate", [Gate.SCOPE, Gate.DETECTOR, Gate.GREEN, Gate.CONTROL_AGAIN])
def test_a_patch_that_is_left_open_by_what_it_does_is_followed_by_another(gate: Gate) -> None:
    script = Script(
        {"round 1 candidate 1": "a", "round 2 candidate 1": "b"},
        {"a": left_open(gate), "b": PROVEN},
    )
    made = script.run(SuggestTerms(candidates=1, rounds=2))
    assert [one.proven for one in made] == [False, True]


@pytest.mark.parametrize("gate", [Gate.TESTS, Gate.REATTACK, Gate.REGRESSION_TEST])
def test_what_any_patch_would_meet_ends_the_rounds(gate: Gate) -> None:
    script = Script({"round 1 candidate 1": "a"}, {"a": left_open(gate)})
    assert len(script.run(THREE)) == 3
    assert not any(place.startswith("round 2") for place in script.shown)


def test_trouble_of_our_own_ends_the_rounds() -> None:
    script = Script({"round 1 candidate 1": "a", "round 1 candidate 2": "bb"}, {"a": UNKNOWN})
    script.run(THREE)
    assert script.judged == ["a"]


def test_without_any_candidate_there_is_no_second_round() -> None:
    script = Script({}, {})
    made = script.run(THREE)
    assert [one.fix.no_patch for one in made] == ["no model made a patch"] * 3
    assert "round 2 candidate 1" not in script.shown


@pytest.mark.parametrize(
    ("made", "needed"),
    [
        ((), True),
        ((attempt(None),), True),
        ((attempt(OPEN), attempt(BROKEN)), True),
        ((attempt(PROVEN),), False),
        ((attempt(OPEN), attempt(PROVEN)), False),
        ((attempt(UNKNOWN),), False),
        ((attempt(left_open(Gate.DETECTOR)),), True),
        ((attempt(left_open(Gate.TESTS)),), False),
        ((attempt(Unwitnessed(gates=(), reason="nothing")),), False),
    ],
)
def test_a_model_is_asked_only_where_remedies_were_refused(
    made: tuple[Attempt, ...],
    *,
    needed: bool,
) -> None:
    assert needs_model(made) is needed
