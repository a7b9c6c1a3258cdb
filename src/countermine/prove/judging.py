"""Driving stimuli and settling what they showed. Silence alone is never evidence."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from countermine.core.witnesses import (
    Absent,
    Effect,
    Observation,
    Shown,
    Stimulus,
    Unclear,
    Witness,
    WitnessKind,
)
from countermine.prove.drive.outside import hidden
from countermine.prove.records import Claim
from countermine.prove.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One stimulus, what the observer saw, and what that shows."""

    stimulus: Stimulus
    seen: Observation
    effect: Effect


def observe(
    setting: Setting, witness: Witness, tree: Path, stimuli: Sequence[Stimulus]
) -> tuple[Observation, ...]:
    """Drive every stimulus and return one observation for each, in their order.

    A stimulus of which the driver says nothing gets an observation that can prove nothing.
    """
    found: dict[str, Observation] = {}
    for batch in _batches(stimuli, setting.options.drive_batch):
        for seen in setting.drive(tree, witness, batch):
            found[seen.stimulus] = seen
    return tuple(found.get(stimulus.name, _nothing(stimulus)) for stimulus in stimuli)


def _batches(stimuli: Sequence[Stimulus], size: int) -> list[tuple[Stimulus, ...]]:
    return [tuple(stimuli[start : start + size]) for start in range(0, len(stimuli), size)]


def _nothing(stimulus: Stimulus) -> Observation:
    return Observation(
        stimulus=stimulus.name, events=(), probes_held=False, closed=False, reached=False
    )


def attack(
    setting: Setting, claim: Claim, tree: Path, stimuli: Sequence[Stimulus]
) -> tuple[Judged, ...]:
    """Drive attacks beside the benign probe on the same tree, and judge each, in their order.

    A stimulus that is given several times is driven as often, each time anew.
    """
    probe = claim.witness.controls[0]
    times: Counter[str] = Counter()
    turns: list[Stimulus] = []
    for one in stimuli:
        times[one.name] += 1
        again = times[one.name] > 1
        turns.append(replace(one, name=f"{one.name}-round-{times[one.name]}") if again else one)
    driven = observe(setting, claim.witness, tree, [probe, *turns])
    return tuple(
        _judged(claim, one, replace(seen, stimulus=one.name), driven[0])
        for one, seen in zip(stimuli, driven[1:], strict=True)
    )


def _judged(claim: Claim, stimulus: Stimulus, seen: Observation, benign: Observation) -> Judged:
    if claim.weakness.witness is None:
        reason = f"nothing is known of how {claim.weakness.facts.id} shows itself"
        return Judged(stimulus=stimulus, seen=seen, effect=Unclear(reason=reason))
    effect = claim.weakness.witness.judge(claim.witness, stimulus, seen, benign)
    if isinstance(effect, Shown) and _shows_anyway(claim, benign):
        effect = Unclear(reason="the driver's set-up shows the same without the attack")
    return Judged(stimulus=stimulus, seen=seen, effect=settled(effect, seen, benign))


def _shows_anyway(claim: Claim, benign: Observation) -> bool:
    """Tell whether a driver that nobody vouches for brings the effect about by its set-up."""
    witness = claim.witness
    if witness.driver is None or claim.weakness.witness is None:
        return False
    if witness.kind is WitnessKind.STRUCTURAL:
        # There the call itself is the flaw, and a legitimate use makes it too.
        return False
    probe = witness.controls[0]
    return isinstance(claim.weakness.witness.judge(witness, probe, benign, benign), Shown)


def settled(effect: Effect, seen: Observation, benign: Observation) -> Effect:
    """Return the effect, with an absence that rests on mere silence turned to ``Unclear``."""
    match effect:
        case Shown() | Unclear():
            return effect
        case Absent():
            trouble = doubt(seen) or doubt(benign) or hidden(seen)
            return Unclear(reason=trouble) if trouble else effect
        case _:
            assert_never(effect)


def doubt(seen: Observation) -> str | None:
    """Return why an observation cannot show that something did not happen, or ``None``."""
    if not seen.probes_held:
        return f"the observer's probe events are missing in {seen.stimulus!r}"
    if not seen.closed:
        return f"the closing record is missing in {seen.stimulus!r}"
    if not seen.reached:
        return f"the entry point was not reached in {seen.stimulus!r}"
    return None
