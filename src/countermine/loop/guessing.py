"""Asks models about a tree that was searched: the same for ``find`` and for a run."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from countermine.catalogue.joining import joined
from countermine.catalogue.loader import parse_rows
from countermine.core.coverage import CoverageRecord
from countermine.core.findings import Finding
from countermine.core.inventory import Inventory
from countermine.core.runs import Suppressed
from countermine.find.hypotheses.hypothesise import HypothesisRequest, hypothesise
from countermine.find.suppress import suppress
from countermine.loop.naming import NAMES
from countermine.loop.records import GuessRecord
from countermine.loop.search import SearchOptions, request_of, search
from countermine.ports.model import Model
from countermine.ports.progress import Progress, Silent
from countermine.target.texts import read_texts

ORIGIN = "rows of a model"


class Found(Protocol):
    """What a search found, whoever keeps it."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those that count."""
        ...

    @property
    def suppressed(self) -> tuple[Suppressed, ...]:
        """Those that the user set aside."""
        ...

    @property
    def coverage(self) -> CoverageRecord:
        """What was looked at."""
        ...


def hypotheses(
    inventory: Inventory,
    options: SearchOptions,
    found: Found,
    model: Model,
    progress: Progress,
    learnt: Mapping[str, object] | None = None,
) -> GuessRecord:
    """Ask where flaws may be that the search cannot see, and set aside what the user set aside.

    Args:
        inventory: The tree.
        options: Those of the search.
        found: What it found.
        model: Who is asked.
        progress: Told what is being done.
        learnt: Rows that models gave before.
    """
    request = request_of(inventory, options)
    counted = [file.path for file in inventory.files if file.role in request.roles]
    texts = read_texts(inventory.root, counted)
    made = hypothesise(
        HypothesisRequest(
            search=request,
            texts=texts,
            coverage=found.coverage,
            known=(*found.findings, *(one.finding for one in found.suppressed)),
            own_rows=options.rows,
            learnt=parse_rows(learnt, ORIGIN) if learnt else None,
        ),
        model,
        progress,
    )
    sorted_out = suppress(
        made.findings,
        texts,
        options.rules,
        NAMES,
        today=options.today,
        origin=options.rules_origin,
    )
    return GuessRecord(
        findings=sorted_out.kept,
        suppressed=sorted_out.suppressed,
        learnt=made.rows,
        undone=made.undone,
        notes=made.notes,
    )


def found_besides(
    inventory: Inventory,
    options: SearchOptions,
    learnt: Mapping[str, object],
    found: Sequence[Finding],
) -> tuple[Finding, ...]:
    """Return what the search finds with rows of models that it does not find without them."""
    if not learnt:
        return ()
    rows = joined(options.rows, parse_rows(learnt, ORIGIN))
    again = search(inventory, replace(options, rows=rows, memory=None), Silent())
    known = {one.fingerprint for one in found}
    every = (*again.findings, *(entry.finding for entry in again.suppressed))
    return tuple(one for one in every if one.fingerprint not in known)
