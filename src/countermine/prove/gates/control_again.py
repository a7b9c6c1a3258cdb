"""Gate 7: the legitimate use still works on the patched tree: same results, same effects."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from countermine.core.patches import PatchOrigin
from countermine.core.witnesses import Observation, Stimulus, Witness, WitnessKind
from countermine.prove.answers import asked
from countermine.prove.checks_off import ended_option
from countermine.prove.drive.pumping import PumpedMaker
from countermine.prove.editor_scripts import editor_in
from countermine.prove.effects import lost, starts_anew
from countermine.prove.evidence import clean, evidence, named
from countermine.prove.formats import in_json
from countermine.prove.gates.control import with_further_uses
from countermine.prove.ingredients import left_out
from countermine.prove.judging import doubt, observe
from countermine.prove.legitimate import with_uses
from countermine.prove.moved import COMPARISONS, STATEMENT, comparisons, dangers
from countermine.prove.open_mappings import open_mapping
from countermine.prove.other_uses import compared as compared_otherwise
from countermine.prove.other_uses import is_other
from countermine.prove.pools import fewer, pool_bits
from countermine.prove.records import Claim, ControlRecord
from countermine.prove.steps import Broken, Exploitable, Passed, Step, Unsettled
from countermine.prove.target_tests.noticing import looks_at_answers
from countermine.prove.trees import read_texts
from countermine.prove.trial import Trial
from countermine.prove.written_files import WEAKNESSES, otherwise

_BYTES = re.compile(r"b'(?:[^'\\]|\\.)*'|b\"(?:[^\"\\]|\\.)*\"")
_TOKEN = re.compile(
    # With a digit, or with a capital inside: a code of capitals and digits may have no digit.
    r"(?=[\w+/=-]*\d|[\w+/=-]+[A-Z])[\w+/=-]{8,}|\b\d+(?:\.\d+)?\b"
)

_ALTERNATIVE = re.compile(r"with alternative (\d+)\n")
_COMMANDS = frozenset({"command-injection", "argument-injection"})
_PATHS = frozenset({"path-traversal"})
_EMPTY = ("", "[]", "{}")

_LEAST_TOKEN_CHARS = 16
"""Shorter ones are numbers or codes, which are no longer by one letter or another."""


def control_again(trial: Trial) -> Step:
    """Drive every control on the patched tree and compare with gate 2."""
    untold = _untold(trial)
    if untold is not None:
        return untold
    records = trial.witnessed.controls
    witness = with_further_uses(trial.claim.witness, trial.setting.options, records)
    before = {record.name: record for record in trial.witnessed.controls}
    uses = [one for one in witness.controls if one.name in before]
    driven = observe(trial.setting, witness, trial.patched, uses)
    others = [seen for seen in driven if is_other(seen.stimulus)]
    uses = [one for one in uses if not is_other(one.name)]
    driven = tuple(seen for seen in driven if not is_other(seen.stimulus))
    stops: list[Step] = []
    for seen in driven:
        known = before[seen.stimulus]
        step = _compared(witness, known, seen) or _moved(trial.claim, known, seen)
        if step is not None and not _works_as_json(trial, known, seen):
            stops.append(step)
    if stops:
        return _doubted(stops[0]) if _is_made_up(trial, driven, stops) else stops[0]
    for use, seen in zip(uses, driven, strict=True):
        step = _easier(trial, before[use.name], use, seen)
        if step is not None:
            return step
    step = compared_otherwise(trial.claim.witness, records, others)
    step = step or _written_otherwise(trial, witness, uses, driven)
    step = step or _says_little(trial, witness, driven)
    if step is not None:
        return step
    missing = _left_out(trial)
    if missing:
        failure = f"its value is no longer made of {missing[0]!r}"
        return Broken(reason=f"the patch weakens the value: {failure}", failures=(failure,))
    alone = [record.name for record in trial.witnessed.controls if not record.comparable]
    note = f"; the result of {named(alone)} cannot be compared" if alone else ", same results"
    return Passed(reason=f"legitimate use works as before{note}")


def _written_otherwise(
    trial: Trial, witness: Witness, uses: Sequence[Stimulus], driven: Sequence[Observation]
) -> Step | None:
    """Return what stops the ladder where files are not left behind as without the patch."""
    if trial.claim.finding.weakness not in WEAKNESSES or trial.patch.origin is PatchOrigin.REMEDY:
        return None
    # Twice: what differs without the patch, as names of temporary files do, says nothing of it.
    before, again = (observe(trial.setting, witness, trial.original, uses) for _ in range(2))
    path = otherwise(before, again, driven)
    if path is None:
        return None
    reason = f"{clean(path)} holds something else with the patch, or is not there"
    return Unsettled(reason=f"{reason}: whether that is wanted, no program can tell")


def _is_made_up(trial: Trial, driven: Sequence[Observation], stops: Sequence[Step]) -> bool:
    """Tell whether only some texts that were made from an expression are read otherwise now.

    A fix may well end to take the odd ones among them. Where all are, a feature is gone.
    """
    pumped = isinstance(trial.claim.weakness.witness, PumpedMaker)
    return pumped and len(stops) < len(driven) and all(isinstance(one, Broken) for one in stops)


def _doubted(step: Step) -> Unsettled:
    reason = f"{step.reason}, and others are read as before: whether it may, no program can tell"
    return Unsettled(reason=reason, evidence=step.evidence)


def _untold(trial: Trial) -> Step | None:
    """Return what stops the ladder where driving the legitimate use would not tell enough."""
    option = _ended_option(trial)
    if option is not None:
        reason = f"the check is off where {option} says so, and with the patch nothing turns it off"
        return Unsettled(reason=f"{reason}: whether that is wanted, no program can tell")
    untried = _untried(trial)
    if untried is not None:
        return Unsettled(reason=f"{untried}: what that may come to is not tried")
    unseen = trial.claim.weakness.unseen
    if unseen and trial.patch.origin is not PatchOrigin.REMEDY:
        reason = f"not everything that counts is seen here ({unseen})"
        return Unsettled(reason=f"{reason}, and only the program's own remedies leave that alone")
    return None


def _untried(trial: Trial) -> str | None:
    """Return what no witness tries and a patch of others than the remedies may rest on."""
    finding = trial.claim.finding
    if trial.patch.origin is PatchOrigin.REMEDY:
        return None
    path = finding.location.path
    text = read_texts(trial.patched, (path,)).get(path, b"")
    way = {finding.function, *(one.function for one in finding.trace if one.span.path == path)}
    if finding.weakness in _COMMANDS:
        editor = editor_in(text, way)
        return None if editor is None else f"what {editor} reads is a program of its own"
    named = open_mapping(text, way) if finding.weakness in _PATHS else None
    return None if named is None else f"who sends the request may set {named}"


def _says_little(trial: Trial, witness: Witness, driven: Sequence[Observation]) -> Step | None:
    """Return what stops the ladder where a use that works shows too little of what is done."""
    if is_empty(witness, trial.witnessed.controls[0]):
        reason = "only an empty document works here as a legitimate use, which says little"
        return Unsettled(reason=reason)
    remedy = trial.patch.origin is PatchOrigin.REMEDY
    if remedy or any(record.found for record in trial.witnessed.controls):
        return None
    if not any(asked(trial.claim.witness, seen) for seen in driven) or looks_at_answers(trial):
        return None
    reason = "nothing is found by the legitimate use, and no test looks at what is"
    return Unsettled(reason=f"{reason}: what the patch makes of an answer is not seen")


def _ended_option(trial: Trial) -> str | None:
    finding = trial.claim.finding
    path = finding.location.path
    before, after = (read_texts(one, (path,)) for one in (trial.original, trial.patched))
    return ended_option(finding, before.get(path, b""), after.get(path, b""))


def is_empty(witness: Witness, record: ControlRecord) -> bool:
    """Tell whether the use that worked was a document with nothing in it."""
    chosen = _ALTERNATIVE.match(record.result or "")
    control = next((one for one in witness.controls if one.name == record.name), None)
    if chosen is None or control is None or len(control.inputs) != 1:
        return False
    texts = control.inputs[0].alternatives
    at = int(chosen[1]) - 1
    return at < len(texts) and texts[at].strip() in _EMPTY


def _compared(witness: Witness, before: ControlRecord, seen: Observation) -> Step | None:
    """Return the step that stops the ladder, or ``None`` when the use works as before."""
    name, kind = seen.stimulus, witness.kind
    if seen.error is not None:
        failure = f"{name}: {clean(seen.error)}"
        return Broken(reason=f"the patch breaks the legitimate use {name}", failures=(failure,))
    if seen.probes_held and seen.closed and not seen.reached:
        failure = f"{name}: the entry point is not reached any more"
        return Broken(reason=f"the patch forbids the legitimate use {name}", failures=(failure,))
    trouble = doubt(seen)
    if trouble is not None:
        return Unsettled(reason=f"the legitimate use {name} cannot be judged: {trouble}")
    changed = _changed(kind, before, seen)
    if changed is not None:
        return changed
    missing = lost(witness, before, seen) if kind is WitnessKind.EFFECT else ()
    if missing:
        return Broken(
            reason=f"the legitimate use {name} no longer has its effect",
            failures=tuple(f"{name}: {family} is missing" for family in missing),
        )
    return None


def _works_as_json(trial: Trial, before: ControlRecord, seen: Observation) -> bool:
    """Tell whether a use that fails works in the format that the patch reads and writes now."""
    witness = trial.claim.witness
    use = next((one for one in witness.controls if one.name == seen.stimulus), None)
    if seen.error is None or use is None or not before.comparable:
        return False
    texts = (read_texts(tree, trial.patch.paths) for tree in (trial.original, trial.patched))
    other = in_json(witness, use, *texts)
    if other is None:
        return False
    (now,) = observe(trial.setting, with_uses(witness, (other,)), trial.patched, [other])
    now = replace(now, stimulus=seen.stimulus)
    return _compared(witness, before, now) is None and now.result is not None


def _moved(claim: Claim, before: ControlRecord, seen: Observation) -> Step | None:
    """Return what stops the ladder where the flaw is elsewhere now, or another thing is asked."""
    new = sorted(set(dangers(claim, (seen,))) - set(before.elsewhere))
    if new:
        return Exploitable(
            reason=f"on the patched tree the dangerous call is another one: {new[0]}",
            after=seen.stimulus,
            evidence=(evidence("calls", "\n".join(new)),),
        )
    if starts_anew(before, seen):
        reason = "the patch starts a program where none was started: what that does is not seen"
        return Unsettled(reason=reason)
    # Where rows come back, they are compared; the wording of the statement is the patch's own.
    counted = tuple(one for one in COMPARISONS if not (before.found and one == STATEMENT))
    was = Counter(one for one in before.elsewhere if one.startswith(counted))
    now = Counter(one for one in comparisons(claim.witness, (seen,)) if one.startswith(counted))
    for other, what in ((was - now, "gone"), (now - was, "new")):
        if other:
            kinds = ", ".join(sorted(other))
            reason = f"another thing is asked, told or left ({kinds} is {what})"
            return Unsettled(reason=f"{reason}: whether it comes to the same is not seen")
    return None


def _easier(trial: Trial, before: ControlRecord, use: Stimulus, seen: Observation) -> Step | None:
    """Return what stops the ladder where a value that is drawn became easier to guess.

    A few letters may look like fewer than there are by chance: then it is drawn again.
    """
    witness = trial.claim.witness
    if not fewer(before.bits, pool_bits(witness, (seen,), before.result)):
        return None
    more = tuple(replace(use, name=f"{use.name}-once-more-{number}") for number in (1, 2))
    driven = observe(trial.setting, with_uses(witness, more), trial.patched, more)
    bits = pool_bits(witness, (seen, *driven), before.result)
    if before.bits is None or bits is None or not fewer(before.bits, bits):
        return None
    failure = f"{use.name}: {bits:.0f} bits, {before.bits:.0f} before"
    return Broken(
        reason=f"the legitimate use {use.name} gives a value that is easier to guess than before",
        failures=(failure,),
    )


def _changed(kind: WitnessKind, before: ControlRecord, seen: Observation) -> Broken | None:
    """Return what a result that is another or a weaker one stops the ladder with."""
    if not before.comparable:
        return None
    results = (
        evidence("before", str(before.result)),
        evidence("after", str(seen.result)),
    )
    if shape(kind, before.result) != shape(kind, seen.result):
        return Broken(
            reason=f"the legitimate use {seen.stimulus} gives another result than before",
            failures=(f"{seen.stimulus}: another result",),
            evidence=results,
        )
    if kind is WitnessKind.STRUCTURAL and shorter(before.result, seen.result):
        return Broken(
            reason=f"the legitimate use {seen.stimulus} gives a much shorter value than before",
            failures=(f"{seen.stimulus}: a value that is easier to guess",),
            evidence=results,
        )
    return None


def _left_out(trial: Trial) -> tuple[str, ...]:
    """Return what a digest or token was made of and no longer is."""
    witness = trial.claim.witness
    if witness.kind is not WitnessKind.STRUCTURAL or witness.sink_path is None:
        return ()
    results = [record.result or "" for record in trial.witnessed.controls if record.comparable]
    if not any(_long_tokens(one) for one in results):
        return ()
    texts = [
        read_texts(tree, (witness.sink_path,)).get(witness.sink_path)
        for tree in (trial.original, trial.patched)
    ]
    if texts[0] is None or texts[1] is None:
        return ()
    return left_out(texts[0], texts[1], witness.sink_function or "")


def _long_tokens(text: str) -> list[str]:
    return [one for one in _TOKEN.findall(text) if len(one) >= _LEAST_TOKEN_CHARS]


def shorter(before: str | None, after: str | None) -> bool:
    """Tell whether a value became so short that it is weaker, whatever it is made with now.

    A digest or token may get another length with its new algorithm, but not lose a third of it:
    four bytes of a strong hash are worse than sixteen of a weak one.
    """
    was, now = (_TOKEN.findall(text or "") for text in (before, after))
    return any(
        len(old) >= _LEAST_TOKEN_CHARS and 3 * len(new) < 2 * len(old)
        for old, new in zip(was, now, strict=False)
    )


def shape(kind: WitnessKind, result: str | None) -> str | None:
    """Return what is compared of a result.

    A structural flaw (a weak hash, predictable randomness) is in the value itself: the fix gives
    another digest or token of another length. There, the form around such values is compared.
    """
    if result is None or kind is WitnessKind.EFFECT:
        return result
    return _TOKEN.sub("<token>", _BYTES.sub("<bytes>", result))
