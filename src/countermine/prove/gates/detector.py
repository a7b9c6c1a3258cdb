"""Gate 5: the detector is silent on the patched tree, and nothing new is found elsewhere."""

from collections import Counter
from collections.abc import Sequence

from countermine.core.findings import Finding
from countermine.core.levels import Confidence
from countermine.core.patches import Patch
from countermine.core.spans import Span
from countermine.core.witnesses import Shown
from countermine.prove.gates.green import still_shown
from countermine.prove.judging import attack
from countermine.prove.records import Sighting
from countermine.prove.steps import Broken, Passed, Step, Unsettled
from countermine.prove.trial import Trial


def sightings(findings: Sequence[Finding]) -> tuple[Sighting, ...]:
    """Return what gate 5 compares of findings, sorted."""
    return tuple(sorted(map(_sighting, findings)))


def _sighting(finding: Finding) -> Sighting:
    return Sighting(
        weakness=finding.weakness,
        path=finding.location.path,
        function=finding.function,
        sink=finding.sink,
        fingerprint=finding.fingerprint,
    )


def detector(trial: Trial) -> Step:
    """Search the patched tree and compare with what was found on the unpatched one."""
    finding, before = trial.claim.finding, trial.ground.sightings
    if finding.fingerprint not in {seen.fingerprint for seen in before}:
        if finding.is_hypothesis:
            return _unseen(trial)
        return Unsettled(
            reason="the detector does not report the finding on the unpatched tree: "
            "was the tree changed since it was found?"
        )
    after = trial.setting.detector(trial.patched)
    if still_fires(finding, trial.patch, before, after):
        return _diagnosed(trial)
    doubts = [one for one in after if is_doubt(finding, trial.patch, one)]
    new = fresh(before, sightings([one for one in after if one not in doubts]))
    if new:
        return Broken(reason=f"the patch brings a new flaw: {new[0]}", failures=tuple(new))
    doubted = fresh(before, sightings(doubts))
    note = f"; a doubt beside it, which the attacks settle: {doubted[0]}" if doubted else ""
    return Passed(
        reason="silent at this place on the patched tree, fires on the unpatched one, "
        f"nothing new elsewhere{note}"
    )


def _unseen(trial: Trial) -> Step:
    """Compare what else is found: of the flaw itself the search says nothing before or after.

    See docs/decisions/0029-what-models-may-claim.md for why the other gates are enough.
    """
    new = fresh(trial.ground.sightings, sightings(trial.setting.detector(trial.patched)))
    if new:
        return Broken(reason=f"the patch brings a new flaw: {new[0]}", failures=tuple(new))
    return Passed(
        reason="a model claims the flaw and the search never saw it, so that its silence would "
        "mean nothing; nothing new is found elsewhere",
        applicable=False,
    )


def is_doubt(finding: Finding, patch: Patch, one: Finding) -> bool:
    """Tell whether what is reported is a doubt about the very thing that the attacks try.

    It is of the same weakness in the same function, of low confidence, and a call that was there
    before: the patch took away what was said beside it, and did not write another call.
    """
    mine, other = _sighting(finding), _sighting(one)
    same = (mine.weakness, mine.path, mine.function) == (other.weakness, other.path, other.function)
    return same and one.confidence is Confidence.LOW and not _written(one.location, patch)


def _written(place: Span, patch: Patch) -> bool:
    """Tell whether a patch wrote a part of a place of the patched tree."""
    if any(new.path == place.path for new in patch.new_files):
        return True
    shift = 0
    for edit in sorted(patch.edits, key=lambda edit: edit.span.start_byte):
        if edit.span.path != place.path:
            continue
        start = edit.span.start_byte + shift
        end = start + len(edit.after.encode())
        shift += len(edit.after.encode()) - len(edit.before.encode())
        if end > start and start < place.end_byte and place.start_byte < end:
            return True
    return False


def still_fires(
    finding: Finding, patch: Patch, before: Sequence[Sighting], after: Sequence[Finding]
) -> bool:
    """Tell whether the finding is still reported.

    Fingerprints number equal sinks of a function. When the first of two is fixed, the second
    takes its number, so an equal fingerprint counts only where the sinks of that kind did not
    become fewer. A sink at the very place of the old one counts under whatever number, unless it
    is one of several ways to it that the patch closes.
    """
    same = [one for one in after if _group(_sighting(one)) == _group(_sighting(finding))]
    were = sum(_group(one) == _group(_sighting(finding)) for one in before)
    place = moved(finding.location, patch)
    if any(_overlaps(one.location, place) for one in same):
        return len(same) >= were or not _closes_way(finding, patch, same)
    if finding.fingerprint not in {one.fingerprint for one in after}:
        return False
    return len(same) >= were


def _closes_way(finding: Finding, patch: Patch, after: Sequence[Finding]) -> bool:
    """Tell whether a patch works on the way to a sink, and nothing is left that comes that way.

    A function that many use, and which starts a program, say, has a finding for each way to it.
    See docs/decisions/0032-programs-that-stand-in.md.
    """
    if _is_edited(finding.location, patch):
        return False
    place = finding.location.path, finding.function
    functions = {
        (step.span.path, step.function)
        for step in finding.trace
        if _is_edited(step.span, patch) and (step.span.path, step.function) != place
    }
    left = {(step.span.path, step.function) for one in after for step in one.trace}
    return bool(functions) and not functions & left


def _is_edited(span: Span, patch: Patch) -> bool:
    return any(
        edit.span.path == span.path
        and edit.span.start_byte <= span.end_byte
        and span.start_byte <= edit.span.end_byte
        for edit in patch.edits
    )


def moved(span: Span, patch: Patch) -> Span:
    """Return where a span of the unpatched text lies in the patched one, edits in it included."""
    start, end = span.start_byte, span.end_byte
    shift_start = shift_end = 0
    for edit in patch.edits:
        if edit.span.path != span.path:
            continue
        growth = len(edit.after.encode()) - len(edit.before.encode())
        if edit.span.end_byte <= start:
            shift_start += growth
        elif edit.span.start_byte < start:
            shift_start += edit.span.start_byte - start
        if edit.span.start_byte < end:
            shift_end += growth
    moved_start = max(0, start + shift_start)
    return Span(path=span.path, start_byte=moved_start, end_byte=max(moved_start, end + shift_end))


def _overlaps(one: Span, other: Span) -> bool:
    return one.path == other.path and one.overlaps(other)


def _group(sighting: Sighting) -> tuple[str, str, str, str]:
    return sighting.weakness, sighting.path, sighting.function, sighting.sink


def fresh(before: Sequence[Sighting], after: Sequence[Sighting]) -> list[str]:
    """Return what is reported more often than before, as text, sorted."""
    more = Counter(map(_group, after)) - Counter(map(_group, before))
    return sorted(
        f"{weakness} at {sink} in {path}, {function}" for weakness, path, function, sink in more
    )


def _diagnosed(trial: Trial) -> Step:
    """Say by running whether the detector is right: a verdict never says more than was run."""
    name = trial.witnessed.primary
    stimuli = [one for one in trial.claim.witness.attacks if one.name == name]
    for judged in attack(trial.setting, trial.claim, trial.patched, stimuli):
        if isinstance(judged.effect, Shown):
            return still_shown(judged, "on the patched tree, where the detector still reports it")
    return Unsettled(
        reason=f"the detector still reports the finding on the patched tree, though {name} "
        "does not show it there"
    )
