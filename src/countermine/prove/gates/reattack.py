"""Gate 9: a bounded search from the witness's inputs against the patched tree."""

from countermine.core.witnesses import Shown, Stimulus, Unclear, WitnessKind
from countermine.prove.drive.siblings import siblings
from countermine.prove.evidence import evidence
from countermine.prove.gates.green import still_shown
from countermine.prove.judging import attack
from countermine.prove.mutations import mutated
from countermine.prove.steps import Passed, Step, Unsettled
from countermine.prove.trial import Trial


def reattack(trial: Trial) -> Step:
    """Respell the attacks that fit the place, and drive them until one shows the effect.

    Some spellings cannot be judged (a door refuses them before the entry point): they are
    counted. When more than half cannot, the search says nothing.
    """
    setting, claim = trial.setting, trial.claim
    if claim.witness.kind is WitnessKind.STRUCTURAL:
        reason = "the flaw is in the call itself, whatever the input"
        return Passed(reason=reason, applicable=False)
    stimuli = respelled(trial)
    if not stimuli:
        return Passed(reason="the witness has no inputs to search from", applicable=False)
    mute: list[str] = []
    size = setting.options.drive_batch
    for start in range(0, len(stimuli), size):
        for one in attack(setting, claim, trial.patched, stimuli[start : start + size]):
            if isinstance(one.effect, Shown):
                return still_shown(one, "on the patched tree")
            if isinstance(one.effect, Unclear):
                mute.append(f"{one.stimulus.name}: {one.effect.reason}")
    told = len(stimuli) - len(mute)
    if 2 * told < len(stimuli):
        reason = f"only {told} of {len(stimuli)} respelled attacks could be judged"
        return Unsettled(reason=reason, evidence=(evidence("not judged", "\n".join(mute)),))
    seen = (evidence("could not be judged", "\n".join(mute)),) if mute else ()
    note = f"; {len(mute)} could not be judged" if mute else ""
    return Passed(reason=f"none of {told} respelled attacks triggers{note}", evidence=seen)


def respelled(trial: Trial) -> tuple[Stimulus, ...]:
    """Return what gate 9 will drive: respellings of the attacks that showed the flaw.

    Where the legitimate use was seen in a folder, the first go for one of a name that begins so.
    """
    witness = trial.claim.witness
    if witness.kind is WitnessKind.STRUCTURAL or witness.script is not None:
        return ()
    fitting = {record.name for record in trial.witnessed.attacks if record.effect == "shown"}
    attacks = [one for one in witness.attacks if one.name in fitting]
    known = sorted({one for record in trial.witnessed.controls for one in record.folders})
    beside = siblings(attacks, known)
    return (
        *beside,
        *mutated(witness, attacks, trial.setting.options.reattack_stimuli - len(beside)),
    )
