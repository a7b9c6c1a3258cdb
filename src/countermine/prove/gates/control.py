"""Gate 2: the legitimate use passes on the unpatched tree."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from countermine.core.witnesses import Observation, Stimulus, Witness
from countermine.prove.answers import answered, with_text, words_that_find
from countermine.prove.drive.siblings import folders
from countermine.prove.effects import effects, elsewhere
from countermine.prove.evidence import clean, evidence, named
from countermine.prove.judging import doubt, observe
from countermine.prove.legitimate import changes_statement, further_uses, with_uses
from countermine.prove.moved import comparisons, dangers
from countermine.prove.options import ProveOptions
from countermine.prove.other_uses import has_no_value, is_refused, other_uses
from countermine.prove.pools import pool_bits
from countermine.prove.records import Claim, ControlRecord
from countermine.prove.setting import Setting
from countermine.prove.steps import Passed, Step, Unsettled


def control(setting: Setting, claim: Claim) -> tuple[Step, tuple[ControlRecord, ...]]:
    """Drive every control twice and keep its result, if the two agree.

    Further uses are kept if they work and give the same both times: what they are compared by
    must be sure, and whether they are legitimate at all was only guessed.
    """
    known = claim.witness.controls
    witness = with_further_uses(claim.witness, setting.options)
    twice = with_controls_twice(witness)
    driven = observe(setting, twice, setting.root, twice.controls)
    half = len(witness.controls)
    for seen in (*driven[: len(known)], *driven[half : half + len(known)]):
        trouble = control_trouble(seen)
        if trouble is not None:
            reason = f"the legitimate use {seen.stimulus} does not work on the unpatched tree: "
            return Unsettled(reason=reason + trouble), ()
    records = [
        _record(claim, use, one, two)
        for use, one, two in zip(witness.controls, driven[:half], driven[half:], strict=True)
        if control_trouble(one) is None
        and control_trouble(two) is None
        and (use in known or not changes_statement(use, one, driven[0]))
    ]
    sure, guessed = tuple(records[: len(known)]), records[len(known) :]
    guessed += [
        ControlRecord(name=use.name, result=None, comparable=True)
        for use, one, two in zip(witness.controls, driven[:half], driven[half:], strict=True)
        if is_refused(use, (one, two)) and doubt(one) is None and doubt(two) is None
    ]
    guessed += _learned(setting, claim, driven[: len(known)])
    also = tuple(one for one in guessed if one.comparable)
    return _passed(sure, further=len(also)), (*sure, *also)


def _learned(
    setting: Setting, claim: Claim, driven: tuple[Observation, ...]
) -> list[ControlRecord]:
    """Drive uses for which the target finds something, where what is made up finds nothing."""
    texts = words_that_find(driven)
    uses = tuple(with_text(claim.witness, text, at) for at, text in enumerate(texts, 1))
    if not uses:
        return []
    twice = with_controls_twice(replace(claim.witness, controls=uses))
    seen = observe(setting, twice, setting.root, twice.controls)
    return [
        replace(_record(claim, use, one, two), text=text)
        for text, use, one, two in zip(texts, uses, seen, seen[len(uses) :], strict=False)
        if control_trouble(one) is None and control_trouble(two) is None
    ]


def _record(claim: Claim, use: Stimulus, one: Observation, two: Observation) -> ControlRecord:
    witness, both = claim.witness, (one, two)
    beside = (*elsewhere(witness, both), *dangers(claim, both), *comparisons(witness, both))
    return ControlRecord(
        name=one.stimulus,
        result=one.result,
        comparable=one.result == two.result,
        effects=effects(witness, both),
        elsewhere=tuple(sorted(beside)),
        bits=pool_bits(witness, (one,), two.result),
        folders=folders(both),
        found=not has_no_value(use.name) and all(map(partial(answered, witness, use), both)),
    )


def with_further_uses(
    witness: Witness, options: ProveOptions, records: Sequence[ControlRecord] = ()
) -> Witness:
    """Return the witness with the further uses that gates 2 and 7 drive.

    Args:
        witness: The witness.
        options: How many may be made up.
        records: Of gate 2, which learned of uses that find something.
    """
    learned = [one.text for one in records if one.text is not None]
    more = (with_text(witness, text, at) for at, text in enumerate(learned, 1))
    made = further_uses(witness, options.further_uses)
    return with_uses(witness, (*made, *other_uses(witness), *more))


def with_controls_twice(witness: Witness) -> Witness:
    """Return the witness with every control a second time, under another name."""
    again = [replace(one, name=f"{one.name}-again") for one in witness.controls]
    return replace(witness, controls=(*witness.controls, *again))


def control_trouble(seen: Observation) -> str | None:
    """Return why a legitimate use did not work, or ``None``."""
    if seen.error is not None:
        return f"it raised {clean(seen.error)}"
    return doubt(seen)


def _passed(records: tuple[ControlRecord, ...], *, further: int) -> Step:
    count = len(records)
    uses = "the legitimate use works" if count == 1 else f"{count} legitimate uses work"
    changing = [one.name for one in records if not one.comparable]
    note = f"; the result of {named(changing)} changes from drive to drive" if changing else ""
    more = f", and {further} more like it" if further else ""
    return Passed(
        reason=f"{uses} on the unpatched tree{more}{note}",
        evidence=(evidence("results", "\n".join(f"{one.name}: {one.result}" for one in records)),),
    )
