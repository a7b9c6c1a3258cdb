"""Gate 1: the witness triggers on the unpatched tree."""

from countermine.core.verdicts import Evidence
from countermine.core.witnesses import Absent, Effect, Shown, Stimulus, Unclear
from countermine.prove.drive.siblings import folders, siblings
from countermine.prove.evidence import clean, evidence, named
from countermine.prove.judging import Judged, attack, observe
from countermine.prove.records import AttackRecord, Claim
from countermine.prove.setting import Setting
from countermine.prove.steps import Passed, Step, Unsettled, Unshown


def red(
    setting: Setting, claim: Claim
) -> tuple[Step, tuple[AttackRecord, ...], tuple[Stimulus, ...]]:
    """Drive every attack on the unpatched tree; one that shows the effect is enough.

    Which attack fits the place cannot be known beforehand: inside which quotes, at which depth.
    Where none shows it, those go for a folder whose name begins like that of the legitimate use;
    they are returned as well.
    """
    judged = attack(setting, claim, setting.root, claim.witness.attacks)
    also: tuple[Stimulus, ...] = ()
    if not any(isinstance(one.effect, Shown) for one in judged):
        probe = observe(setting, claim.witness, setting.root, claim.witness.controls[:1])
        also = siblings(claim.witness.attacks, folders(probe))
        judged += attack(setting, claim, setting.root, also) if also else ()
    records = tuple(
        AttackRecord(name=one.stimulus.name, effect=one.effect.kind, reached=one.seen.reached)
        for one in judged
    )
    test = claim.witness.test
    how = "" if test is None else f", called by {clean(test.id)}"
    how += ", with every connection answered" if claim.witness.answered else ""
    return _step(judged, how), records, also


def _step(judged: tuple[Judged, ...], how: str) -> Step:
    shown = [one for one in judged if isinstance(one.effect, Shown)]
    if shown:
        first = shown[0]
        return Passed(
            reason=f"{first.stimulus.name} shows the flaw on the unpatched tree{how}",
            evidence=(
                evidence(f"what {first.stimulus.name} did", _effect_text(first.effect)),
                Evidence(title="attacks", text=attack_list(judged)),
            ),
        )
    unclear = [one for one in judged if isinstance(one.effect, Unclear)]
    if unclear:
        reason = f"the attack {unclear[0].stimulus.name} could not be judged: "
        return Unsettled(
            reason=reason + clean(_effect_text(unclear[0].effect)), evidence=errors(judged)
        )
    names = named([one.stimulus.name for one in judged])
    return Unshown(reason=f"no attack shows the flaw: {names}", evidence=errors(judged))


def _effect_text(effect: Effect) -> str:
    match effect:
        case Shown():
            return effect.evidence
        case Unclear():
            return effect.reason
        case Absent():
            return "not seen"


def attack_list(judged: tuple[Judged, ...]) -> str:
    """Return a line for each attack with what it showed."""
    return clean(
        "\n".join(
            f"{one.stimulus.name}: {one.effect.kind}"
            + ("" if isinstance(one.effect, Absent) else f" ({_effect_text(one.effect)})")
            for one in judged
        )
    )


def errors(judged: tuple[Judged, ...]) -> tuple[Evidence, ...]:
    """Return what the entry point raised, where it did."""
    lines = [f"{one.stimulus.name}: {one.seen.error}" for one in judged if one.seen.error]
    return (evidence("exceptions of the entry point", "\n".join(lines)),) if lines else ()
