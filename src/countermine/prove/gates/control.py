"""Gate 2: the legitimate use passes on the unpatched tree."""

from dataclasses import replace

from countermine.core.witnesses import Observation, Witness
from countermine.prove.drive.siblings import folders
from countermine.prove.effects import effects, elsewhere
from countermine.prove.evidence import clean, evidence, named
from countermine.prove.judging import doubt, observe
from countermine.prove.records import Claim, ControlRecord
from countermine.prove.setting import Setting
from countermine.prove.steps import Passed, Step, Unsettled


def control(setting: Setting, claim: Claim) -> tuple[Step, tuple[ControlRecord, ...]]:
    """Drive every control twice and keep its result, if the two agree."""
    controls = claim.witness.controls
    twice = with_controls_twice(claim.witness)
    driven = observe(setting, twice, setting.root, twice.controls)
    first, second = driven[: len(controls)], driven[len(controls) :]
    for seen in driven:
        trouble = control_trouble(seen)
        if trouble is not None:
            reason = f"the legitimate use {seen.stimulus} does not work on the unpatched tree: "
            return Unsettled(reason=reason + trouble), ()
    records = tuple(
        ControlRecord(
            name=one.stimulus,
            result=one.result,
            comparable=one.result == two.result,
            effects=effects(claim.witness, (one, two)),
            elsewhere=elsewhere(claim.witness, (one, two)),
            folders=folders((one, two)),
        )
        for one, two in zip(first, second, strict=True)
    )
    return _passed(records), records


def with_controls_twice(witness: Witness) -> Witness:
    """Return the witness with every control a second time, under another name."""
    again = [replace(one, name=f"{one.name}-again") for one in witness.controls]
    return replace(witness, controls=(*witness.controls, *again))


def control_trouble(seen: Observation) -> str | None:
    """Return why a legitimate use did not work, or ``None``."""
    if seen.error is not None:
        return f"it raised {clean(seen.error)}"
    return doubt(seen)


def _passed(records: tuple[ControlRecord, ...]) -> Step:
    count = len(records)
    uses = "the legitimate use works" if count == 1 else f"{count} legitimate uses work"
    changing = [one.name for one in records if not one.comparable]
    note = f"; the result of {named(changing)} changes from drive to drive" if changing else ""
    return Passed(
        reason=f"{uses} on the unpatched tree{note}",
        evidence=(evidence("results", "\n".join(f"{one.name}: {one.result}" for one in records)),),
    )
