"""Which libraries a file can know of: those that it imports, and those that its imports import.

Read from the bytes alone. More is taken for an import than is one (in texts and comments), which
costs a look and loses nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from countermine.core.spans import TreePath
from countermine.flow.module_names import ModuleNames

_IMPORT = re.compile(rb"import\b[ \t]*(\([^)]*\)|(?:[^\n\\;#]|\\\r?\n|\\.)*)")
_FROM = re.compile(rb"\bfrom[ \t\\\r\n]+([.\w]+)[ \t\\\r\n]+$")
_NAME = re.compile(rb"(?:^|[,(\n])[ \t\\\r\n]*([\w.]+|\*)")
_BY_TEXT = re.compile(rb"import\w*[ \t]*\([ \t\r\n]*['\"]([A-Za-z_][\w.]*)['\"]")
"""A module that a call is given the name of."""
_LOOK_BACK = 200


@dataclass(frozen=True, slots=True)
class Imports:
    """Dotted names that one file imports; relative ones begin with their dots."""

    names: frozenset[str]


def imports_of(text: bytes) -> Imports:
    """Return what a file imports, wherever in it, a module and what is taken from it."""
    found: set[bytes] = set()
    for match in _IMPORT.finditer(text):
        listed = _NAME.findall(match[1])
        head = text[max(0, match.start() - _LOOK_BACK) : match.start()]
        begun = _FROM.search(head)
        if begun is None:
            found.update(listed)
            continue
        module = begun[1]
        found.add(module)
        joint = b"" if module.endswith(b".") else b"."
        found.update(module + joint + name for name in listed if name != b"*")
    if b"import" in text:
        found.update(_BY_TEXT.findall(text))
    return Imports(frozenset(name.decode("utf-8", "replace") for name in found))


class Known:
    """The first parts of library names that each file of a target can have something of."""

    def __init__(
        self,
        imports: Mapping[TreePath, Imports],
        modules: ModuleNames,
        wanted: frozenset[str],
    ) -> None:
        """Follow the imports of a target of which these are the modules."""
        self._order = sorted(wanted)
        self._bit = {name: 1 << place for place, name in enumerate(self._order)}
        self._masks: dict[TreePath, int] = {}
        onwards: dict[TreePath, set[TreePath]] = {}
        for path in sorted(imports):
            self._masks[path] = 0
            onwards[path] = set()
            for name in imports[path].names:
                dotted = absolute(path, name)
                self._masks[path] |= self._bit.get(dotted.partition(".")[0], 0)
                onwards[path].update(meant(path, dotted, modules))
        for name, path in modules:
            # A library that is searched itself knows of itself.
            if path in self._masks:
                self._masks[path] |= self._bit.get(name.partition(".")[0], 0)
        self._settle(onwards)
        self.anywhere = 0
        """What any file can know of, a bit for each name."""
        for mask in self._masks.values():
            self.anywhere |= mask

    def _settle(self, onwards: dict[TreePath, set[TreePath]]) -> None:
        """Hand the libraries of every file to those that import it, until nothing is new."""
        back: dict[TreePath, list[TreePath]] = {}
        for path, others in onwards.items():
            for other in others:
                back.setdefault(other, []).append(path)
        waiting = [path for path, mask in self._masks.items() if mask]
        while waiting:
            path = waiting.pop()
            mask = self._masks[path]
            for user in back.get(path, ()):
                if mask & ~self._masks[user]:
                    self._masks[user] |= mask
                    waiting.append(user)

    def mask(self, names: frozenset[str]) -> int:
        """Return names as a number that ``at`` can be compared with; others are left out."""
        return sum(self._bit.get(name, 0) for name in names)

    def at(self, path: TreePath) -> int:
        """Return what a file can know of, a bit for each name."""
        return self._masks.get(path, 0)


def absolute(path: TreePath, name: str) -> str:
    """Return a relative name as one from the top of the tree, by folders."""
    level = len(name) - len(name.lstrip("."))
    if not level:
        return name
    folders = path.split("/")[:-level]
    return ".".join([*folders, *filter(None, [name[level:]])])


def meant(path: TreePath, name: str, modules: ModuleNames) -> set[TreePath]:
    """Return the files that an import may run: those of the name and of each part before it."""
    found: set[TreePath] = set()
    folder = path.rpartition("/")[0].replace("/", ".")
    while name:
        for dotted in (name, f"{folder}.{name}") if folder else (name,):
            other = modules.file(dotted, path)
            if other is not None and other != path:
                found.add(other)
        name = name.rpartition(".")[0]
    return found
