"""Which functions are worth a question: those that the search could say the least of."""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from countermine.catalogue.schema import Catalogue
from countermine.core.coverage import Coverage, CoverageEntry
from countermine.core.levels import SourceLevel
from countermine.core.spans import TreePath
from countermine.find.entering import is_public
from countermine.flow import ir
from countermine.flow.engine import FlowEngine
from countermine.flow.index import FunctionInfo, ModuleInfo, Project

_DANGER = re.compile(
    rb"\b(?:\w*_)?(?:exec|execute|eval|run|spawn|popen|system|shell|command|query|sql|render"
    rb"|template|load|loads|unpickle|deserialize|decode|parse|import_module|getattr|open|read|write"
    rb"|save|send_file|extract|unpack|upload|download|path|join|redirect|fetch|request|urlopen|url"
    rb"|proxy|login|authenticate|authorize|verify|sign|token|password|secret|encrypt|decrypt|hash"
    rb"|delete|remove|chmod|compile|format|search|match)(?:_\w*)?[ \t]*\("
)
"""Calls whose names say that something is at stake."""
MOST_DANGERS = 4
"""Kinds of such calls that count: a long function is not worse for its length."""
_ROUTED, _UNKNOWN_LIBRARY, _LEFT_UNKNOWN, _PUBLIC = 8, 4, 3, 1
WORTH = 2
"""Least points: below stands what calls nothing of weight, or is called by its own module alone.
Such functions are no reason for a question; they are shown where one has room left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A function that may be asked about."""

    path: TreePath
    qualname: str
    start: int
    """Of the line of its first decorator."""
    end: int
    line: int
    """Line of the ``def``, 1-based."""
    points: int
    routed: bool
    """Whether a framework calls it with what came from outside."""
    method: bool


def described(catalogue: Catalogue) -> frozenset[str]:
    """Return the first parts of the library names that rows speak of."""
    tables: tuple[Iterable[str], ...] = (
        catalogue.sources,
        catalogue.sinks,
        catalogue.sanitizers,
        catalogue.propagators,
        catalogue.call_types,
        catalogue.value_types,
        catalogue.bases,
        catalogue.decorators,
        catalogue.handler_bases,
        catalogue.templates,
        catalogue.registrars,
    )
    return frozenset(name.partition(".")[0] for table in tables for name in table)


def unknown_roots(module: ModuleInfo, project: Project, known: frozenset[str]) -> dict[str, str]:
    """Return the names that a module binds to libraries which no row describes, by name.

    Args:
        module: The importing file.
        project: What is the target's own.
        known: First parts of the libraries that are described.
    """
    own = project.names.roots()
    found: dict[str, str] = {}
    for name, bindings in sorted(module.bindings.items()):
        for binding in bindings:
            if not isinstance(binding, ir.Imported) or binding.level:
                continue
            root = binding.module.partition(".")[0]
            if root and root not in known and root not in own and root not in _STANDARD:
                found[name] = root
    return found


_STANDARD = sys.stdlib_module_names | {"__future__"}


def ranked(
    engine: FlowEngine, paths: Iterable[TreePath], entries: Iterable[CoverageEntry]
) -> tuple[Candidate, ...]:
    """Return the functions of these files, the likeliest first; see ``WORTH``.

    Args:
        engine: Knows which functions a framework calls.
        paths: Files that count.
        entries: What the search could not follow.
    """
    left = frozenset(
        entry.path
        for entry in entries
        if entry.path is not None and entry.outcome in {Coverage.UNKNOWN, Coverage.PARTIAL}
    )
    known = described(engine.catalogue)
    found: list[Candidate] = []
    for path in sorted(paths):
        module = engine.project.module(path)
        if module is not None and module.counts:
            found += _of_module(engine, module, known, unknown=path in left)
    return tuple(sorted(found, key=lambda one: (-one.points, one.path, one.start)))


def _of_module(
    engine: FlowEngine, module: ModuleInfo, known: frozenset[str], *, unknown: bool
) -> Iterator[Candidate]:
    names = unknown_roots(module, engine.project, known)
    uses = _word_of(names)
    for function in module.functions:
        handler = engine.handler(function)
        routed = handler is not None and handler.level is SourceLevel.REMOTE
        text = module.text[function.start : function.end]
        points = _ROUTED * routed + _PUBLIC * is_public(function) + _LEFT_UNKNOWN * unknown
        points += _UNKNOWN_LIBRARY * (uses is not None and uses.search(text) is not None)
        points += min(MOST_DANGERS, len(set(_DANGER.findall(text))))
        yield Candidate(
            path=module.path,
            qualname=function.qualname,
            start=_begins(function, module.text),
            end=function.end,
            line=function.line,
            points=points,
            routed=routed,
            method=function.owner is not None,
        )


def _word_of(names: Mapping[str, str]) -> re.Pattern[bytes] | None:
    if not names:
        return None
    return re.compile(rb"\b(?:%s)\b" % b"|".join(re.escape(n.encode()) for n in names))


def _begins(function: FunctionInfo, text: bytes) -> int:
    """Return where the line of a function's first decorator begins."""
    first = min((one.start for one in function.decorators), default=function.start)
    return text.rfind(b"\n", 0, first) + 1
