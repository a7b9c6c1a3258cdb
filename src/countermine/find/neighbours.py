"""Which files of a target can know of each other at all.

A tree may hold several programs that have nothing to do with one another: services side by side,
examples, scripts. A function is called from where somebody has it: from a file that imports its
module, or that is tied to one that does. So files are tied together that

- import one another, or name one another's modules in a text (``"shop.urls"``);
- stand in one package.

What is tied, directly or through others, is a neighbourhood. A name in another one is another name.
"""

import re
from collections.abc import Iterator, Mapping

from countermine.core.spans import TreePath
from countermine.find.imports import Imports, absolute, meant
from countermine.flow.module_names import ModuleNames

_DOTTED = re.compile(rb"['\"]([A-Za-z_]\w*(?:\.\w+)+)(?::\w+)?['\"]")


class Neighbours:
    """Tells files apart that cannot know of each other."""

    def __init__(
        self,
        imports: Mapping[TreePath, Imports],
        texts: Mapping[TreePath, bytes],
        modules: ModuleNames,
    ) -> None:
        """Tie the files together.

        Args:
            imports: What each file imports.
            texts: Of the same files.
            modules: The names of all files.
        """
        self._above = {path: path for path in imports}
        for path in sorted(imports):
            for other in _tied(path, imports[path], texts[path], modules):
                if other in self._above:
                    self._tie(path, other)
        self._all = {path: self._first(path) for path in self._above}
        self._homes: dict[TreePath, list[TreePath]] = {}
        for path in sorted(self._all):
            self._homes.setdefault(self._all[path], []).append(path)

    def of(self, path: TreePath) -> TreePath:
        """Return what stands for a file's neighbourhood: one of its files."""
        return self._all.get(path, path)

    def around(self, path: TreePath) -> tuple[TreePath, ...]:
        """Return a file's whole neighbourhood, in path order."""
        return tuple(self._homes.get(self.of(path), (path,)))

    def _first(self, path: TreePath) -> TreePath:
        while self._above[path] != path:
            self._above[path] = self._above[self._above[path]]
            path = self._above[path]
        return path

    def _tie(self, one: TreePath, other: TreePath) -> None:
        first, second = sorted((self._first(one), self._first(other)))
        self._above[second] = first


def _tied(
    path: TreePath, imports: Imports, text: bytes, modules: ModuleNames
) -> Iterator[TreePath]:
    """Yield files that a file is tied to."""
    for name in imports.names:
        yield from meant(path, absolute(path, name), modules)
    for name in {found.decode() for found in _DOTTED.findall(text)}:
        yield from meant(path, name, modules)
    folder = path.rpartition("/")[0]
    if folder:
        yield TreePath(f"{folder}/__init__.py")
        yield TreePath(f"{folder.rpartition('/')[0]}/__init__.py".removeprefix("/"))
