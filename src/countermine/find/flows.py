"""The search for flows, and for calls that are dangerous by themselves."""

import gc
import multiprocessing
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from countermine.core.coverage import Coverage, CoverageEntry, CoverageRecord
from countermine.core.findings import Finding
from countermine.core.spans import TreePath
from countermine.find.authorization import find_unguarded
from countermine.find.findings import FindingMaker
from countermine.find.focus import focused, in_focus
from countermine.find.imports import imports_of
from countermine.find.order import one_for_each_place, surest_first
from countermine.find.request import FindRequest, FindResult
from countermine.find.secrets import find_secrets, told_once
from countermine.find.token_index import TokenIndex, search
from countermine.find.whole_models import find_whole_models
from countermine.flow.callers import function_at
from countermine.flow.engine import FlowEngine
from countermine.flow.index import FunctionInfo, Project
from countermine.flow.looks import FirstLook
from countermine.flow.walk import Walk
from countermine.ports.progress import Progress

if TYPE_CHECKING:
    from countermine.templates.library import Library

UNIT_BYTES = 6 << 20
"""Text of files with sinks in one unit of work. Units share no answers, so that results do not
depend on how many processes there are."""
RECURSION = 50_000
"""Frames of the interpreter that the deepest allowed nesting of syntax and calls needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What every unit needs; handed to worker processes when they are forked."""

    request: FindRequest
    searched: dict[TreePath, bytes]
    """The texts in which callers count."""
    project: Project


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    """Files with the offsets at which sinks may be named."""

    files: tuple[tuple[TreePath, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What came of one unit."""

    findings: tuple[Finding, ...]
    entries: tuple[CoverageEntry, ...]
    templates: frozenset[TreePath] = frozenset()
    """Those that were read."""


def find_flows(request: FindRequest, progress: Progress) -> FindResult:
    """Return the findings of a target, surest first, and what was looked at.

    The order of files, the hash seed and ``request.jobs`` change nothing of the answer.
    """
    progress.stage("reading", len(request.inventory.files))
    texts, entries = _read(request, progress)
    counts = {f.path: f.role in request.roles for f in request.inventory.files}
    project = Project([(p, counts[p]) for p in sorted(texts)], texts.get, request.bounds.nesting)
    units = _units(request, texts, project, progress)
    searched = {path: text for path, text in texts.items() if counts[path]}
    work = _Work(request=request, searched=searched, project=project)
    answers = _run(work, units, progress)
    shown = frozenset(path for a in answers for path in a.templates)
    secrets = [f for f in find_secrets(request, texts) if in_focus(f, request.focus)]
    flows = one_for_each_place((f for a in answers for f in a.findings), shown)
    with _deep():
        declared = find_unguarded(request, project, texts)
        declared += find_whole_models(request, project, texts)
    more = [*secrets, *(f for f in declared if in_focus(f, request.focus))]
    findings = surest_first([*told_once(flows, secrets, texts), *more])
    notes = {e for a in answers for e in a.entries}
    coverage = CoverageRecord(
        files=len(texts),
        lines=sum(_lines(t) for t in texts.values()),
        templates=len(shown),
        entries=tuple(sorted({*entries, *notes, *request.inventory.skipped}, key=_entry_order)),
    )
    return FindResult(findings=findings, coverage=coverage)


def _entry_order(entry: CoverageEntry) -> tuple[str, str, str]:
    return (entry.path or "", entry.outcome, entry.reason)


def _lines(text: bytes) -> int:
    return text.count(b"\n") + (not text.endswith(b"\n") and bool(text))


def _read(
    request: FindRequest, progress: Progress
) -> tuple[dict[TreePath, bytes], list[CoverageEntry]]:
    texts: dict[TreePath, bytes] = {}
    entries: list[CoverageEntry] = []
    root = Path(request.inventory.root)
    for file in request.inventory.files:
        progress.step(file.path)
        reason = ""
        if file.size_bytes > request.bounds.file_bytes:
            reason = f"larger than {request.bounds.file_bytes} bytes"
        else:
            try:
                text = (root / file.path).read_bytes()
            except OSError as fault:
                reason = f"cannot be read: {fault.strerror or type(fault).__name__}"
            else:
                if len(text) > request.bounds.file_bytes:
                    reason = f"larger than {request.bounds.file_bytes} bytes"
                elif text[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in text:
                    reason = "not a text in an encoding that Python files have"
                else:
                    texts[file.path] = text
        if reason:
            entries.append(CoverageEntry(path=file.path, outcome=Coverage.SKIPPED, reason=reason))
    return texts, entries


def _units(
    request: FindRequest, texts: dict[TreePath, bytes], project: Project, progress: Progress
) -> list[_Unit]:
    kinds = frozenset(kind for facts in request.weaknesses for kind in facts.sink_kinds)
    rendered = bool(request.inventory.templates)
    counted = [path for path in sorted(texts) if project.counts(path)]
    progress.stage("indexing", len(counted))
    imports = {path: imports_of(texts[path]) for path in counted}
    index = TokenIndex(request.catalogue, kinds, imports, project.by_name, templates=rendered)
    units: list[_Unit] = []
    files: list[tuple[TreePath, tuple[int, ...]]] = []
    size = 0
    for path in counted if request.focus is None else focused(request, texts, counted):
        progress.step(path)
        offsets = tuple(index.sinks(path, texts[path]))
        if not offsets and request.focus is None:
            continue
        files.append((path, offsets))
        size += len(texts[path])
        if size >= UNIT_BYTES:
            units.append(_Unit(files=tuple(files)))
            files, size = [], 0
    if files:
        units.append(_Unit(files=tuple(files)))
    return units


def _run(work: _Work, units: Sequence[_Unit], progress: Progress) -> list[_Answer]:
    progress.stage("following flows", len(units))
    jobs = min(work.request.jobs, len(units))
    if jobs > 1 and "fork" in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=(work,)) as pool:
            answers = []
            try:
                for unit, answer in zip(units, pool.map(_work_unit, units), strict=True):
                    progress.step(unit.files[0][0])
                    answers.append(answer)
            except BaseException:
                # The pool waits for what is begun, which may take minutes; nothing of it is kept.
                for worker in multiprocessing.active_children():
                    worker.kill()
                raise
            return answers
    return [_alone(work, unit, progress) for unit in units]


_held: list[_Work] = []
"""What a worker process works on; set once when the process begins."""


def _begin(work: _Work) -> None:
    gc.disable()
    sys.setrecursionlimit(max(RECURSION, sys.getrecursionlimit()))
    _held.append(work)


def _work_unit(unit: _Unit) -> _Answer:
    return _answer(_held[-1], unit)


def _alone(work: _Work, unit: _Unit, progress: Progress) -> _Answer:
    progress.step(unit.files[0][0])
    with _deep():
        return _answer(work, unit)


@contextmanager
def _deep() -> Iterator[None]:
    """Work in this process, which gets its collector and its limit back."""
    collecting, limit = gc.isenabled(), sys.getrecursionlimit()
    gc.disable()
    sys.setrecursionlimit(max(RECURSION, limit))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
        if collecting:
            gc.enable()


def _answer(work: _Work, unit: _Unit) -> _Answer:
    request = work.request
    templates = _templates(work)
    engine = FlowEngine(work.project, request.catalogue, request.bounds, templates)
    walk = Walk(engine, lambda names: search(work.searched, names))
    walk.run(_roots(engine, unit, whole=request.focus is not None))
    own = {path for path, _ in unit.files}
    made = FindingMaker(engine, request.weaknesses, request.levels).make(walk)
    shown = set() if templates is None else set(templates.opened)
    whole = request.focus is not None
    findings = [
        f
        for f in made
        if in_focus(f, request.focus) and (whole or f.location.path in (own | shown))
    ]
    entries = [
        CoverageEntry(path=TreePath(path), outcome=Coverage.UNKNOWN, reason=reason)
        for path, reason in engine.notes
    ]
    for path, _ in unit.files:
        module = work.project.module(path)
        if module is not None and module.errors:
            entries.append(
                CoverageEntry(
                    path=path,
                    outcome=Coverage.PARTIAL,
                    reason="has syntax that is not understood; the rest was analysed",
                )
            )
        if module is not None and module.deep:
            reason = f"syntax nested deeper than {request.bounds.nesting}"
            entries.append(CoverageEntry(path=path, outcome=Coverage.UNKNOWN, reason=reason))
    if templates is not None:
        reason = "a template whose syntax is not understood"
        entries += [
            CoverageEntry(path=path, outcome=Coverage.UNKNOWN, reason=reason, expected=True)
            for path in sorted(templates.unread)
        ]
    return _Answer(
        findings=tuple(findings),
        entries=tuple(sorted(entries, key=_entry_order)),
        templates=frozenset(shown),
    )


def _templates(work: _Work) -> "Library | None":
    """Return the templates of the target, of which one is read when it is rendered."""
    inventory = work.request.inventory
    if not inventory.templates:
        return None
    from countermine.templates.library import Library  # noqa: PLC0415 - only where there are some

    roles = work.request.roles
    root = Path(inventory.root)
    return Library(
        ((f.path, f.role in roles) for f in inventory.templates),
        lambda path: _read_template(root / path),
        work.project,
    )


def _read_template(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _roots(engine: FlowEngine, unit: _Unit, *, whole: bool) -> list[FunctionInfo]:
    """Return the functions in which sinks are named and may be reached; ``whole`` for all."""
    look = FirstLook(engine)
    found: list[FunctionInfo] = []
    for path, offsets in unit.files:
        module = engine.project.module(path)
        if module is None:
            continue
        held: dict[int, tuple[FunctionInfo, list[int]]] = {}
        for offset in offsets:
            function = function_at(module, offset)
            if function is not None:
                held.setdefault(function.start, (function, []))[1].append(offset)
        if whole:
            for function in (*module.functions, module.body):
                if function is not None:
                    held.setdefault(function.start, (function, []))
        found += [f for _, (f, at) in sorted(held.items()) if whole or look.is_promising(f, at)]
    return found
