"""What models said of a target, put beside what was found: never in its place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from countermine.core.findings import Finding
from countermine.core.models import Lack
from countermine.find.hypotheses.opinions import with_opinion
from countermine.find.order import surest_first
from countermine.loop.records import FoundRecord, GuessRecord, OpinionRecord

GUESSES = ("specify", "hypothesise")
"""The steps that ask a model about the whole target, in their order."""

AGAIN = {name: f"{name}-again" for name in GUESSES}
"""The steps that ask once more, at the end of a run, what no model was left for the first time."""


def waits(record: GuessRecord) -> bool:
    """Tell whether something was not asked that another time may answer."""
    return record.undone is not None and record.undone[0] is Lack.GONE


def with_again(first: GuessRecord, again: GuessRecord | None) -> GuessRecord:
    """Return what came of asking twice: what was said at first stands, there are cases of it."""
    if again is None:
        return first
    known = {one.fingerprint for one in first.findings}
    aside = {one.finding.fingerprint for one in first.suppressed}
    return GuessRecord(
        findings=(
            *first.findings,
            *(one for one in again.findings if one.fingerprint not in known),
        ),
        suppressed=(
            *first.suppressed,
            *(one for one in again.suppressed if one.finding.fingerprint not in aside),
        ),
        learnt=_rows_of_both(first.learnt, again.learnt),
        undone=again.undone,
        notes=again.notes,
    )


def with_guesses(found: FoundRecord, guesses: Sequence[GuessRecord]) -> FoundRecord:
    """Return what was found, with the findings that models made; none is taken away for them."""
    if not guesses:
        return found
    known = {one.fingerprint for one in found.findings}
    known |= {one.finding.fingerprint for one in found.suppressed}
    made = {
        finding.fingerprint: finding
        for record in reversed(guesses)
        for finding in record.findings
        if finding.fingerprint not in known
    }
    return FoundRecord(
        findings=surest_first((*found.findings, *made.values())) if made else found.findings,
        suppressed=(*found.suppressed, *(one for record in guesses for one in record.suppressed)),
        coverage=found.coverage,
        notes=(*found.notes, *(note for record in guesses for note in record.notes)),
    )


def with_opinions(
    found: FoundRecord, given: Callable[[Finding], OpinionRecord | None]
) -> FoundRecord:
    """Return what was found, with the confidence as models moved it, and in the same order."""
    heard = tuple(map(partial(opined, given=given), found.findings))
    return replace(found, findings=heard)


def opined(finding: Finding, given: Callable[[Finding], OpinionRecord | None]) -> Finding:
    """Return a finding with what a model made of its trace, if one was asked."""
    record = given(finding)
    return finding if record is None else with_opinion(finding, record.opinion)


def learnt_of(guesses: Sequence[GuessRecord]) -> dict[str, object]:
    """Return all rows that models gave, as one document of the catalogue."""
    whole: dict[str, object] = {}
    for record in guesses:
        whole = with_rows(whole, record.learnt)
    return whole


def with_rows(one: Mapping[str, object], other: Mapping[str, object]) -> dict[str, object]:
    """Return the rows of two documents as one."""
    tables = dict.fromkeys((*one, *other))
    return {table: [*_rows(one, table), *_rows(other, table)] for table in tables}


def _rows_of_both(first: Mapping[str, object], again: Mapping[str, object]) -> dict[str, object]:
    """Return the rows of two answers to the same question, what is in both once."""
    fresh = {
        table: [row for row in _rows(again, table) if row not in _rows(first, table)]
        for table in again
    }
    return with_rows(first, fresh)


def _rows(document: Mapping[str, object], table: str) -> list[object]:
    rows = document.get(table, [])
    return rows if isinstance(rows, list) else []
