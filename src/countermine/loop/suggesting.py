"""Rounds of patches that models make: several candidates, judged; what refused them is told."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from countermine.core.patches import Patch
from countermine.core.verdicts import blames_patch
from countermine.fix.suggest.question import Earlier
from countermine.loop.cases import Attempt
from countermine.loop.records import FixRecord, Place, SuggestTerms
from countermine.prove.records import Judgement

Suggest: TypeAlias = Callable[[Place, tuple[Earlier, ...]], FixRecord]
"""Asks for a candidate, with the earlier ones and what became of them."""

JudgeAt: TypeAlias = Callable[[Place, Patch], Judgement]


def needs_model(made: Sequence[Attempt]) -> bool:
    """Tell whether a model may do better than what was tried: no remedy fits, or none is proven.

    Where trouble of our own is why, it would be the same for any other patch.
    """
    if any(attempt.proven for attempt in made):
        return False
    judged = [attempt.judgement for attempt in made if attempt.judgement is not None]
    return all(blames_patch(one.verdict) for one in judged)


def suggestions(
    suggest: Suggest, judge: JudgeAt, terms: SuggestTerms, made: Sequence[Attempt] = ()
) -> tuple[Attempt, ...]:
    """Ask for patches and judge them, until one is proven or the rounds are over.

    The candidates of a round are judged smallest first, so that the first that is proven is the
    smallest. A candidate that was made before is not judged again.

    Args:
        suggest: Asks for one.
        judge: Judges one.
        terms: How many.
        made: What was tried before, by remedies.
    """
    tried: list[Earlier] = [
        Earlier(patch=one.fix.patch, verdict=one.judgement.verdict if one.judgement else None)
        for one in made
        if one.fix.patch is not None
    ]
    attempts: list[Attempt] = []
    for number in range(1, terms.rounds + 1):
        asked = list(_candidates(suggest, terms, number, tried))
        attempts += [Attempt(fix=fix, judgement=None) for _, fix in asked if fix.patch is None]
        fresh = [(place, fix.patch, fix) for place, fix in asked if fix.patch is not None]
        if not fresh:
            break
        for place, patch, fix in sorted(fresh, key=lambda one: (size_of(one[1]), one[0].candidate)):
            judgement = judge(place, patch)
            attempt = Attempt(fix=fix, judgement=judgement)
            attempts.append(attempt)
            if attempt.proven:
                return tuple(attempts)
            tried.append(Earlier(patch=patch, verdict=judgement.verdict))
            if not blames_patch(judgement.verdict):
                return tuple(attempts)
    return tuple(attempts)


def _candidates(
    suggest: Suggest, terms: SuggestTerms, number: int, tried: Sequence[Earlier]
) -> Sequence[tuple[Place, FixRecord]]:
    """Return the candidates of a round that differ from each other and from all before."""
    known = {_edits(one.patch) for one in tried}
    shown = list(tried)
    asked: list[tuple[Place, FixRecord]] = []
    for candidate in range(1, terms.candidates + 1):
        place = Place(round=number, candidate=candidate)
        fix = suggest(place, tuple(shown))
        if fix.patch is None:
            asked.append((place, fix))
            continue
        if _edits(fix.patch) in known:
            continue
        known.add(_edits(fix.patch))
        shown.append(Earlier(patch=fix.patch, verdict=None))
        asked.append((place, fix))
    return asked


def size_of(patch: Patch) -> int:
    """Return how much a patch changes, in bytes taken away and put in."""
    edits = sum(len(edit.before.encode()) + len(edit.after.encode()) for edit in patch.edits)
    return edits + sum(len(new.text.encode()) for new in patch.new_files)


def _edits(patch: Patch) -> tuple[tuple[str, int, int, str], ...]:
    return tuple(
        (edit.span.path, edit.span.start_byte, edit.span.end_byte, edit.after)
        for edit in patch.edits
    )
