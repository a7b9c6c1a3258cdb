"""Asks models about a tree that was searched: the same for ``find`` and for a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from countermine.catalogue.joining import joined
from countermine.catalogue.loader import parse_rows
from countermine.core.coverage import CoverageRecord
from countermine.core.findings import Finding
from countermine.core.inventory import FileRole, Inventory
from countermine.core.runs import Suppressed
from countermine.core.spans import TreePath
from countermine.find.hypotheses.climbing import by_model, searched_again
from countermine.find.hypotheses.hypothesise import HypothesisRequest, hypothesise
from countermine.find.specify.specify import LearntLibrary, Specified, SpecifyRequest, specify
from countermine.find.suppress import suppress
from countermine.loop.guesses import with_rows
from countermine.loop.kept_rows import keep_rows, read_kept
from countermine.loop.naming import NAMES
from countermine.loop.records import GuessRecord
from countermine.loop.search import SearchOptions, request_of, search
from countermine.ports.model import Model
from countermine.ports.progress import Progress, Silent
from countermine.target.texts import read_texts

ORIGIN = "rows of a model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where code and rows of libraries are."""

    state: Path
    """The state folder, which keeps what models said."""
    folders: tuple[Path, ...] = ()
    """Folders of installed packages; empty where there is no environment."""
    ask: bool = True
    """False to use what was kept, and ask nobody."""


def specified(
    inventory: Inventory,
    options: SearchOptions,
    found: "Found",
    model: Model,
    shelf: Shelf,
    progress: Progress,
) -> GuessRecord:
    """Learn what libraries do that no row describes, and search again with what was learnt.

    Args:
        inventory: The tree.
        options: Those of the search.
        found: What it found; all of it stands.
        model: Who is asked.
        shelf: Where code and rows of libraries are.
        progress: Told what is being done.
    """
    request = request_of(inventory, options)
    texts = _texts(inventory, request.roles)
    made = specify(
        SpecifyRequest(
            search=request,
            texts=texts,
            folders=shelf.folders,
            kept=read_kept(shelf.state),
            ask=shelf.ask,
        ),
        model,
        progress,
    )
    files = keep_rows(shelf.state, made.fresh)
    learnt: dict[str, object] = {}
    for one in made.learnt:
        learnt = with_rows(learnt, one.rows)
    known = {one.fingerprint for one in _known(found)}
    again = searched_again(request, options.rows, parse_rows(learnt, ORIGIN)) if learnt else ()
    fresh = [by_model(one, _author(one, made)) for one in again if one.fingerprint not in known]
    kept, aside = _sorted_out(fresh, texts, options)
    notes = [*made.notes, *(_told(one, len(kept)) for one in made.learnt if one.rows)]
    notes += [f"rows of a model were written to {file}" for file in files]
    return GuessRecord(
        findings=kept, suppressed=aside, learnt=learnt, undone=made.undone, notes=tuple(notes)
    )


def _author(finding: Finding, made: Specified) -> str:
    """Return the model whose row a finding rests on: of its sink's library, or else a source's."""
    root = finding.sink.partition(".")[0]
    of_sink = next((one.model for one in made.learnt if one.library == root), None)
    return of_sink or made.learnt[0].model


def _told(one: LearntLibrary, found: int) -> str:
    rows = sum(len(table) for table in one.rows.values() if isinstance(table, list))
    given = "1 row" if rows == 1 else f"{rows} rows"
    return (
        f"{one.library} {one.version} is described by {given} that the model {one.model} gave; "
        f"findings that rest on such rows: {found}"
    )


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
    texts = _texts(inventory, request.roles)
    made = hypothesise(
        HypothesisRequest(
            search=request,
            texts=texts,
            coverage=found.coverage,
            known=_known(found),
            own_rows=options.rows,
            learnt=parse_rows(learnt, ORIGIN) if learnt else None,
        ),
        model,
        progress,
    )
    kept, aside = _sorted_out(made.findings, texts, options)
    return GuessRecord(
        findings=kept,
        suppressed=aside,
        learnt=made.rows,
        undone=made.undone,
        notes=made.notes,
    )


def _texts(inventory: Inventory, roles: tuple[FileRole, ...]) -> dict[TreePath, bytes]:
    counted = [file.path for file in inventory.files if file.role in roles]
    return read_texts(inventory.root, counted)


def _known(found: Found) -> tuple[Finding, ...]:
    return (*found.findings, *(one.finding for one in found.suppressed))


def _sorted_out(
    findings: Sequence[Finding], texts: Mapping[TreePath, bytes], options: SearchOptions
) -> tuple[tuple[Finding, ...], tuple[Suppressed, ...]]:
    """Return the findings that count, and those that the user set aside before they were made."""
    sorted_out = suppress(
        findings,
        texts,
        options.rules,
        NAMES,
        today=options.today,
        origin=options.rules_origin,
    )
    return sorted_out.kept, sorted_out.suppressed


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
