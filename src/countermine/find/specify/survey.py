"""Which libraries a target uses that no row describes, and what of them it uses."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from countermine.core.spans import TreePath
from countermine.find.hypotheses.ranking import described, unknown_roots
from countermine.flow import ir
from countermine.flow.engine import FlowEngine
from countermine.flow.index import Binding, ModuleInfo

MOST_LIBRARIES = 8
"""Libraries of one search that are asked about, those first that are used the most."""
MOST_NAMES = 40
MOST_LINES = 24
"""Lines of the target that are shown for one library."""
MAX_LINE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How a target uses a library."""

    library: str
    names: tuple[str, ...]
    """Dotted names of it that the target spells out, the most used first."""
    lines: tuple[tuple[TreePath, str], ...]
    """Lines that use it, with their files, in order."""
    count: int


def used(engine: FlowEngine, paths: Iterable[TreePath]) -> tuple[Use, ...]:
    """Return the undescribed libraries of a target, those first that it uses the most.

    Args:
        engine: Knows the target and the catalogue.
        paths: Files that count.
    """
    known = described(engine.catalogue)
    names: dict[str, dict[str, int]] = {}
    lines: dict[str, list[tuple[TreePath, str]]] = {}
    for path in sorted(paths):
        module = engine.project.module(path)
        roots = {} if module is None else unknown_roots(module, engine.project, known)
        for bound, root in sorted(roots.items()):
            if module is not None:
                _spelled(module, bound, names.setdefault(root, {}))
                lines.setdefault(root, []).extend(_lines(module, bound))
    uses = [
        Use(
            library=root,
            names=tuple(sorted(counted, key=lambda name: (-counted[name], name))[:MOST_NAMES]),
            lines=tuple(dict.fromkeys(lines[root]))[:MOST_LINES],
            count=sum(counted.values()),
        )
        for root, counted in names.items()
        if counted
    ]
    return tuple(sorted(uses, key=lambda use: (-use.count, use.library))[:MOST_LIBRARIES])


def _spelled(module: ModuleInfo, bound: str, counted: dict[str, int]) -> None:
    """Count the dotted names that begin with what a module bound by an import."""
    whole = _whole(module.bindings, bound)
    pattern = re.compile(rb"\b%s((?:\.[A-Za-z_]\w*)*)" % re.escape(bound.encode()))
    for match in pattern.finditer(module.text):
        line = module.text[module.text.rfind(b"\n", 0, match.start()) + 1 : match.start()]
        if line.lstrip().startswith((b"import ", b"from ", b"#")):
            continue
        name = whole + match[1].decode("utf-8", "replace")
        counted[name] = counted.get(name, 0) + 1


def _whole(bindings: Mapping[str, list[Binding]], bound: str) -> str:
    imported = next(one for one in bindings[bound] if isinstance(one, ir.Imported))
    if imported.attribute is not None:
        return f"{imported.module}.{imported.attribute}"
    return bound if imported.module.partition(".")[0] == bound else imported.module


def _lines(module: ModuleInfo, bound: str) -> list[tuple[TreePath, str]]:
    word = re.compile(rb"\b%s\b" % re.escape(bound.encode()))
    return [
        (module.path, line.strip().decode("utf-8", "replace")[:MAX_LINE])
        for line in module.text.splitlines()
        if word.search(line) and not line.lstrip().startswith(b"#")
    ]
