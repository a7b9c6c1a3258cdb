"""Gate 6: the witness and its variants no longer trigger, time after time."""

from countermine.core.witnesses import Absent, Shown, Unclear
from countermine.prove.evidence import clean, evidence
from countermine.prove.gates.red import attack_list
from countermine.prove.judging import Judged, attack
from countermine.prove.steps import Exploitable, Passed, Step, Unsettled
from countermine.prove.trial import Trial


def green(trial: Trial) -> Step:
    """Drive every attack on the patched tree; those that showed the flaw, several times.

    An attack that could not be judged on the unpatched tree either (a door it cannot reach) says
    nothing about the patch; one that could be judged there must be judged here too.
    """
    attacks = trial.claim.witness.attacks
    before = {record.name: record.effect for record in trial.witnessed.attacks}
    shown = [one for one in attacks if before.get(one.name) == "shown"]
    rounds = trial.setting.options.green_rounds
    turns = [*attacks, *(one for _ in range(1, rounds) for one in shown)]
    judged = attack(trial.setting, trial.claim, trial.patched, turns)
    for one in judged:
        if isinstance(one.effect, Shown):
            return still_shown(one, "on the patched tree")
    for one in judged:
        if isinstance(one.effect, Unclear) and before.get(one.stimulus.name) != "unclear":
            name = one.stimulus.name
            reason = f"{name} cannot be judged on the patched tree: {clean(one.effect.reason)}"
            return Unsettled(reason=reason)
    variants = {one.stimulus.name for one in judged if isinstance(one.effect, Absent)}
    variants -= {one.name for one in shown}
    said = (
        "1 attack no longer triggers"
        if len(shown) == 1
        else f"{len(shown)} attacks no longer trigger"
    )
    more = ""
    if variants:
        does = "variant does" if len(variants) == 1 else "variants do"
        more = f"; {len(variants)} other {does} not either"
    return Passed(
        reason=f"{said}, {rounds} times each{more}",
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
