"""Gate 9: a bounded search from the witness's inputs against the patched tree."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from countermine.core.witnesses import Shown, Stimulus, Unclear, WitnessKind
from countermine.prove.conditions import Conditions, conditions
from countermine.prove.drive.pumping import pump_of
from countermine.prove.drive.repumping import repumped
from countermine.prove.drive.siblings import siblings
from countermine.prove.evidence import evidence
from countermine.prove.gates.green import still_shown
from countermine.prove.gates.ways_together import by_ways_together
from countermine.prove.judging import Judged, attack
from countermine.prove.mutations import UNDONE_BY, mutated
from countermine.prove.search import directed, offspring, words
from countermine.prove.steps import Passed, Step, Unsettled
from countermine.prove.trees import read_texts
from countermine.prove.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class _Searched:
    """What a guided search came to."""

    shown: Judged | None = None
    """The attempt that showed the flaw."""
    tried: int = 0
    rounds: int = 0


def reattack(trial: Trial) -> Step:
    """Respell the attacks that fit the place, and drive them until one shows the effect.

    Some spellings cannot be judged (a door refuses them before the entry point): they are
    counted. When more than half cannot, the search says nothing. Where none shows the effect, a
    search guided by the lines that run goes on for as long as it comes to new ones.
    """
    claim = trial.claim
    if claim.witness.kind is WitnessKind.STRUCTURAL:
        reason = "the flaw is in the call itself, whatever the input"
        return Passed(reason=reason, applicable=False)
    stimuli = respelled(trial)
    if not stimuli:
        return Passed(reason="the witness has no inputs to search from", applicable=False)
    driven = _driven(trial, stimuli)
    for one in driven:
        if isinstance(one.effect, Shown):
            return still_shown(one, "on the patched tree")
    mute = [
        f"{one.stimulus.name}: {one.effect.reason}"
        for one in driven
        if isinstance(one.effect, Unclear)
    ]
    told = len(stimuli) - len(mute)
    if 2 * told < len(stimuli):
        reason = f"only {told} of {len(stimuli)} respelled attacks could be judged"
        return Unsettled(reason=reason, evidence=(evidence("not judged", "\n".join(mute)),))
    searched = _guided(trial, stimuli)
    if searched.shown is not None:
        return still_shown(searched.shown, "on the patched tree")
    seen = (evidence("could not be judged", "\n".join(mute)),) if mute else ()
    note = f"; {len(mute)} could not be judged" if mute else ""
    rounds = "1 round" if searched.rounds == 1 else f"{searched.rounds} rounds"
    further = (
        f"; nor does any of {searched.tried} that were made with the patch's own words, in {rounds}"
        if searched.tried
        else ""
    )
    passed = Passed(
        reason=f"none of {told} respelled attacks triggers{note}{further}", evidence=seen
    )
    return by_ways_together(trial, tuple(_fitting(trial)), undone(trial), passed)


def respelled(trial: Trial) -> tuple[Stimulus, ...]:
    """Return what gate 9 will drive: respellings of the attacks that showed the flaw.

    Where the legitimate use was seen in a folder, the first go for one of a name that begins so.
    """
    witness = trial.claim.witness
    if witness.kind is WitnessKind.STRUCTURAL or witness.script is not None:
        return ()
    attacks = _fitting(trial)
    fresh = _fresh(trial, attacks)
    known = sorted({one for record in trial.witnessed.controls for one in record.folders})
    beside = siblings(attacks, known)
    return (
        *fresh,
        *beside,
        *mutated(
            witness, attacks, trial.setting.options.reattack_stimuli - len(beside), undone(trial)
        ),
    )


def _fresh(trial: Trial, attacks: Sequence[Stimulus]) -> tuple[Stimulus, ...]:
    """Return attacks on what a patch wrote in the place of an expression that costs too much."""
    attack = next((one for one in attacks if pump_of(one)[0]), None)
    if attack is None:
        return ()
    paths = tuple(sorted(path for path in trial.patch.paths if path.endswith(".py")))
    return repumped(attack, read_texts(trial.original, paths), read_texts(trial.patched, paths))


def undone(trial: Trial) -> tuple[str, ...]:
    """Return the spellings that calls of the patch undo, as those of a decoder do."""
    called = asked(trial).calls
    return tuple(dict.fromkeys(way for name in called for way in UNDONE_BY.get(name, ())))


def asked(trial: Trial) -> Conditions:
    """Return what the patch newly asks of values, and what it newly calls."""
    paths = tuple(sorted(path for path in trial.patch.paths if path.endswith(".py")))
    return conditions(read_texts(trial.original, paths), read_texts(trial.patched, paths))


def _fitting(trial: Trial) -> list[Stimulus]:
    """Return the attacks that showed the flaw on the unpatched tree."""
    shown = {record.name for record in trial.witnessed.attacks if record.effect == "shown"}
    return [one for one in trial.claim.witness.attacks if one.name in shown]


def _driven(trial: Trial, stimuli: Sequence[Stimulus]) -> list[Judged]:
    setting, size = trial.setting, trial.setting.options.drive_batch
    return [
        one
        for start in range(0, len(stimuli), size)
        for one in attack(setting, trial.claim, trial.patched, stimuli[start : start + size])
    ]


def _guided(trial: Trial, before: Sequence[Stimulus]) -> _Searched:
    """Search on from the attacks, round by round, while a round comes to lines not seen before."""
    setting, witness = trial.setting, trial.claim.witness
    if setting.search is None:
        return _Searched()
    trial = replace(trial, setting=replace(setting, drive=setting.search))
    spelled, wanted = words(trial.patch, witness), asked(trial)
    seeds = _fitting(trial)[: setting.options.search_seeds]
    tried = {one.inputs for one in (*witness.attacks, *before)}
    parents: Sequence[Stimulus] = seeds
    most = setting.options.search_directed
    lines: set[int] = set()
    count = 0
    for number in range(1, setting.options.search_rounds + 1):
        made = (
            *directed(witness, parents, wanted, spelled, most, tried),
            *offspring(witness, parents, spelled, setting.options.search_stimuli, tried),
        )
        if not made:
            return _Searched(tried=count, rounds=number - 1)
        count += len(made)
        # Where the attacks themselves get to is what the first round has to go beyond.
        driven = _driven(trial, (*(seeds if number == 1 else ()), *made))
        for one in driven:
            if isinstance(one.effect, Shown):
                return _Searched(shown=one, tried=count, rounds=number)
        if number == 1:
            lines.update(*(one.seen.lines for one in driven[: len(seeds)]))
            driven = driven[len(seeds) :]
        further = [one.stimulus for one in driven if one.seen.lines - lines]
        lines.update(*(one.seen.lines for one in driven))
        if not further:
            return _Searched(tried=count, rounds=number)
        parents = further
    return _Searched(tried=count, rounds=setting.options.search_rounds)
