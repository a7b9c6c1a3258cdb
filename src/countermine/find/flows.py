"""The search for flows, and for calls that are dangerous by themselves."""

import gc
import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from countermine.core.coverage import Coverage, CoverageEntry, CoverageRecord
from countermine.core.levels import Severity
from countermine.core.spans import TreePath
from countermine.find.answers import Answer, Unit
from countermine.find.authorization import find_unguarded
from countermine.find.bare_attributes import find_bare_attributes
from countermine.find.credentials import find_credentials_sent_on
from countermine.find.findings import FindingMaker
from countermine.find.focus import focused, in_focus
from countermine.find.imports import imports_of
from countermine.find.neighbours import Neighbours
from countermine.find.order import one_for_each_place, surest_first
from countermine.find.remembered.asked import Asked
from countermine.find.remembered.files import RememberedFiles
from countermine.find.remembered.units import RememberedUnits
from countermine.find.request import FindRequest, FindResult
from countermine.find.scripts_in_pages import find_json_in_pages
from countermine.find.secrets import find_secrets, told_once
from countermine.find.token_index import TokenIndex
from countermine.find.units import shared_out
from countermine.find.whole_models import find_whole_models
from countermine.flow.callers import function_at
from countermine.flow.engine import FlowEngine
from countermine.flow.index import FunctionInfo, Project
from countermine.flow.looks import FirstLook
from countermine.flow.walk import Walk
from countermine.ports.progress import Progress

if TYPE_CHECKING:
    from countermine.templates.library import Library

RECURSION = 50_000
"""Frames of the interpreter that the deepest allowed nesting of syntax and calls needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What every unit needs; handed to worker processes when they are forked."""

    request: FindRequest
    texts: dict[TreePath, bytes]
    project: Project


def find_flows(request: FindRequest, progress: Progress) -> FindResult:
    """Return the findings of a target, surest first, and what was looked at.

    The order of files, the hash seed and ``request.jobs`` change nothing of the answer.
    """
    progress.stage("reading", len(request.inventory.files))
    texts, entries = _read(request, progress)
    counts = {f.path: f.role in request.roles for f in request.inventory.files}
    project = Project([(p, counts[p]) for p in sorted(texts)], texts.get, request.bounds.nesting)
    remembered = _remembered(request, texts)
    units = _units(request, texts, project, remembered, progress)
    work = _Work(request=request, texts=texts, project=project)
    answers = _answered(work, units, remembered, progress)
    shown = frozenset(path for a in answers for path in a.templates)
    secrets = [f for f in find_secrets(request, texts) if in_focus(f, request.focus)]
    flows = list(one_for_each_place((f for a in answers for f in a.findings), shown))
    with deep():
        declared = find_unguarded(request, project, texts)
        declared += find_whole_models(request, project, texts)
        declared += find_credentials_sent_on(request, project, texts)
        declared += find_json_in_pages(request, project, texts, flows)
        declared += find_bare_attributes(request, project, texts, flows)
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


def _remembered(request: FindRequest, texts: dict[TreePath, bytes]) -> RememberedUnits | None:
    if request.memory is None:
        return None
    return RememberedUnits(request.memory, request, texts, _reader_of_templates(request))


def _units(
    request: FindRequest,
    texts: dict[TreePath, bytes],
    project: Project,
    remembered: RememberedUnits | None,
    progress: Progress,
) -> list[Unit]:
    kinds = frozenset(kind for facts in request.weaknesses for kind in facts.sink_kinds)
    rendered = bool(request.inventory.templates)
    counted = [path for path in sorted(texts) if project.counts(path)]
    progress.stage("indexing", len(counted))
    files = None if remembered is None else RememberedFiles(remembered)
    read = {path: texts[path] for path in counted}
    imports = {p: imports_of(t) for p, t in read.items()} if files is None else files.imports(read)
    index = TokenIndex(request.catalogue, kinds, imports, project.names, templates=rendered)
    if files is not None:
        files.begin(index)
    begun = counted if request.focus is None else focused(request, texts, counted)
    named: dict[TreePath, tuple[int, ...]] = {}
    for path in begun:
        progress.step(path)
        named[path] = (
            tuple(index.sinks(path, texts[path]))
            if files is None
            else files.sinks(index, path, texts[path])
        )
    if files is not None:
        files.keep()
    work = [(path, named[path]) for path in begun if named[path] or request.focus is not None]
    neighbours = Neighbours(imports, read, project.names)
    return shared_out(work, neighbours, texts, request.bounds.unit_bytes)


def _answered(
    work: _Work, units: Sequence[Unit], remembered: RememberedUnits | None, progress: Progress
) -> list[Answer]:
    """Return the answers of all units; those that are remembered, and still hold, are not run."""
    if remembered is None:
        return _run(work, units, progress)
    known = [remembered.recall(unit) for unit in units]
    missing = [unit for unit, answer in zip(units, known, strict=True) if answer is None]
    fresh = _run(work, missing, progress) if missing else []
    for unit, answer in zip(missing, fresh, strict=True):
        remembered.keep(unit, answer)
    following = iter(fresh)
    return [next(following) if answer is None else answer for answer in known]


def _run(work: _Work, units: Sequence[Unit], progress: Progress) -> list[Answer]:
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
    answers = [_alone(work, unit, progress) for unit in units[:1]]
    for unit in units[1:]:
        gc.collect()
        answers.append(_alone(work, unit, progress))
    return answers


_NEAR = frozenset({"reflection"})
"""Kinds of sinks that names come to by every helper there is: what comes from far is no input."""
_held: list[_Work] = []
"""What a worker process works on; set once when the process begins."""


def _begin(work: _Work) -> None:
    gc.disable()
    # What was there before is not looked through again and again.
    gc.freeze()
    sys.setrecursionlimit(max(RECURSION, sys.getrecursionlimit()))
    _held.append(work)


def _work_unit(unit: Unit) -> Answer:
    # What the unit before left behind holds on to itself, and the collector is off.
    gc.collect()
    return _answer(_held[-1], unit)


def _alone(work: _Work, unit: Unit, progress: Progress) -> Answer:
    progress.step(unit.files[0][0])
    with deep():
        return _answer(work, unit)


@contextmanager
def deep() -> Iterator[None]:
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


def _answer(work: _Work, unit: Unit) -> Answer:
    request = work.request
    homes = {path: home[0] for home in unit.around for path in home}
    asked = Asked(work.project.afresh(), {path: work.texts[path] for path in sorted(homes)})
    templates = _templates(work, asked)
    engine = FlowEngine(asked.project, request.catalogue, request.bounds, templates)
    minor = (facts for facts in request.weaknesses if facts.severity is Severity.LOW)
    near = frozenset(kind for facts in minor for kind in facts.sink_kinds) | _NEAR
    whole = request.focus is not None
    own = {path for path, _ in unit.files}
    pages = {file.path for file in request.inventory.templates}

    def are_apart(one: TreePath, other: TreePath) -> bool:
        # A template is of no neighbourhood: who renders it may stand in any.
        return one in homes and other in homes and homes[one] != homes[other]

    walk = Walk(engine, asked.search, near, None if whole else frozenset(own | pages), are_apart)
    walk.run(_roots(engine, unit, whole=whole))
    made = FindingMaker(engine, request.weaknesses, request.levels).make(walk)
    shown = set() if templates is None else set(templates.opened)
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
        module = asked.project.module(path)
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
    return Answer(
        findings=tuple(findings),
        entries=tuple(sorted(entries, key=_entry_order)),
        templates=tuple(sorted(shown)),
        basis=asked.basis(),
    )


def _templates(work: _Work, asked: Asked) -> "Library | None":
    """Return the templates of the target, of which one is read when it is rendered."""
    inventory = work.request.inventory
    if not inventory.templates:
        return None
    from countermine.templates.library import Library  # noqa: PLC0415 - only where there are some

    roles = work.request.roles
    read = _reader_of_templates(work.request)
    return Library(
        ((f.path, f.role in roles) for f in inventory.templates),
        lambda path: asked.template(path, read(path)),
        asked.project,
    )


def _reader_of_templates(request: FindRequest) -> Callable[[TreePath], bytes | None]:
    root = Path(request.inventory.root)

    def read(path: TreePath) -> bytes | None:
        try:
            return (root / path).read_bytes()
        except OSError:
            return None

    return read


def _roots(engine: FlowEngine, unit: Unit, *, whole: bool) -> list[FunctionInfo]:
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
