"""Gate 6: the witness and its variants no longer trigger, time after time."""

from countermine.core.witnesses import Absent, Shown, Unclear
from countermine.prove.evidence import clean, evidence
from countermine.prove.gates.red import attack_list
from countermine.prove.judging import Judged, attack
from countermine.prove.steps import Exploitable, Passed, Step, Unsettled
from countermine.prove.trial import Trial


def green(trial: Trial) -> Step:
    """Drive every attack on the patched tree, several rounds.

    An attack that could not be judged on the unpatched tree either (a door it cannot reach) says
    nothing about the patch; one that could be judged there must be judged here too.
    """
    attacks = trial.claim.witness.attacks
    rounds = trial.setting.options.green_rounds
    judged = attack(trial.setting, trial.claim, trial.patched, attacks, rounds=rounds)
    for one in judged:
        if isinstance(one.effect, Shown):
            return still_shown(one, "on the patched tree")
    mute = {record.name for record in trial.witnessed.attacks if record.effect == "unclear"}
    for one in judged:
        if isinstance(one.effect, Unclear) and one.stimulus.name not in mute:
            name = one.stimulus.name
            reason = f"{name} cannot be judged on the patched tree: {clean(one.effect.reason)}"
            return Unsettled(reason=reason)
    absent = len({one.stimulus.name for one in judged if isinstance(one.effect, Absent)})
    said = "1 attack no longer triggers" if absent == 1 else f"{absent} attacks no longer trigger"
    return Passed(
        reason=f"{said}, {rounds} times each",
        evidence=(evidence("attacks", attack_list(judged[: len(attacks)])),),
    )


def still_shown(one: Judged, where: str) -> Exploitable:
    """Return the step for an attack that still shows the flaw."""
    text = one.effect.evidence if isinstance(one.effect, Shown) else ""
    name = one.stimulus.name
    inputs = "\n".join(
        f"{value.channel.value} {value.key or ''}: {value.text}" for value in one.stimulus.inputs
    )
    return Exploitable(
        reason=f"{name} still shows the flaw {where}",
        after=name,
        evidence=(evidence(f"what {name} did", text), evidence("inputs", inputs)),
    )
