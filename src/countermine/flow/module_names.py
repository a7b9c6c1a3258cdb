"""The dotted names of a target's files, and the file that a name means where it is imported.

A tree may hold several programs side by side, with a package ``app`` in each of them.
"""

from collections.abc import Iterable, Iterator

from countermine.core.spans import TreePath


class ModuleNames:
    """Knows the names of every file, and which of several files a name means."""

    def __init__(self, paths: Iterable[TreePath]) -> None:
        """Name these files."""
        self._of = _module_names(paths)
        self._files: dict[str, list[TreePath]] = {}
        self._below: dict[str, dict[str, TreePath]] = {}
        """Of each name that several files have the highest one below each folder."""
        for path in sorted(self._of, key=lambda one: (one.count("/"), one)):
            for name in self._of[path]:
                self._files.setdefault(name, []).append(path)

    def of(self, path: TreePath) -> str:
        """Return the name of a file, below the root of its package."""
        return self._of[path][0]

    def file(self, name: str, near: TreePath | None = None) -> TreePath | None:
        """Return the file of a dotted name: of several the one that stands nearest.

        Args:
            name: Such as ``shop.views``.
            near: The file that imports it. Of files that are equally near, or where there is
                none, the one is meant that stands highest, by path.
        """
        files = self._files.get(name)
        if files is None:
            return None
        if near is None or len(files) == 1:
            return files[0]
        below = self._below.get(name)
        if below is None:
            below = self._below[name] = {}
            for path in files:
                for folder in _folders(path):
                    below.setdefault(folder, path)
        return next(below[folder] for folder in _folders(near) if folder in below)

    def roots(self) -> frozenset[str]:
        """Return the first parts of all names."""
        return frozenset(name.partition(".")[0] for name in self._files)

    def __iter__(self) -> Iterator[tuple[str, TreePath]]:
        """Yield every name with each of its files."""
        for name, files in self._files.items():
            for path in files:
                yield name, path


def _folders(path: TreePath) -> Iterator[str]:
    """Yield the folders around a file, from its own to the top, which is empty."""
    folder = path.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def _module_names(paths: Iterable[TreePath]) -> dict[TreePath, tuple[str, ...]]:
    """Return the dotted names of each file: below its package root first, then the full path."""
    known = set(paths)
    packages = {p.rpartition("/")[0] for p in known if p.rpartition("/")[2] == "__init__.py"}
    names: dict[TreePath, tuple[str, ...]] = {}
    for path in known:
        parts = path.removesuffix(".py").split("/")
        if parts[-1] == "__init__" and len(parts) > 1:
            parts = parts[:-1]
        depth = path.count("/")
        while depth > 0 and "/".join(path.split("/")[:depth]) in packages:
            depth -= 1
        full = ".".join(parts)
        short = ".".join(parts[depth:]) or full
        names[path] = (short,) if short == full else (short, full)
    return names
