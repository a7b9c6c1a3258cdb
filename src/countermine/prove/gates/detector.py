"""Gate 5: the detector is silent on the patched tree, and nothing new is found elsewhere."""

from collections import Counter
from collections.abc import Sequence

from countermine.core.findings import Finding, FindingStatus
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
        if is_hypothesis(finding):
            return _unseen(trial)
        return Unsettled(
            reason="the detector does not report the finding on the unpatched tree: "
            "was the tree changed since it was found?"
        )
    after = trial.setting.detector(trial.patched)
    if still_fires(finding, trial.patch, before, after):
        return _diagnosed(trial)
    new = fresh(before, sightings(after))
    if new:
        return Broken(reason=f"the patch brings a new flaw: {new[0]}", failures=tuple(new))
    return Passed(
        reason="silent at this place on the patched tree, fires on the unpatched one, "
        "nothing new elsewhere"
    )


def is_hypothesis(finding: Finding) -> bool:
    """Tell whether a model claimed a flaw that the search has no eyes for."""
    return finding.proposed_by is not None and finding.status is FindingStatus.SUSPECTED


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


def still_fires(
    finding: Finding, patch: Patch, before: Sequence[Sighting], after: Sequence[Finding]
) -> bool:
    """Tell whether the finding is still reported.

    Fingerprints number equal sinks of a function. When the first of two is fixed, the second
    takes its number, so an equal fingerprint counts only where the sinks of that kind did not
    become fewer. A sink at the very place of the old one counts under whatever number.
    """
    same = [one for one in after if _group(_sighting(one)) == _group(_sighting(finding))]
    place = moved(finding.location, patch)
    if any(_overlaps(one.location, place) for one in same):
        return True
    if finding.fingerprint not in {one.fingerprint for one in after}:
        return False
    were = sum(_group(one) == _group(_sighting(finding)) for one in before)
    return len(same) >= were


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
