"""Takes down what a unit asks for while it runs: modules, templates, names."""

from collections.abc import Iterable, Mapping

from countermine.core.spans import TreePath
from countermine.find.answers import Basis
from countermine.find.remembered.digests import text_digest
from countermine.find.token_index import search
from countermine.flow.index import Project

UNREADABLE = ""
"""In place of the digest of a template that could not be read."""


class Asked:
    """One unit's view of the target."""

    def __init__(self, project: Project, searched: Mapping[TreePath, bytes]) -> None:
        """Look at this project, which no other unit uses; names stand in ``searched``."""
        self.project = project
        self._searched = searched
        self._names: set[str] = set()
        self._naming: set[TreePath] = set()
        self._templates: dict[TreePath, str] = {}

    def search(self, names: Iterable[str]) -> dict[str, list[tuple[TreePath, int]]]:
        """Return where names stand."""
        wanted = frozenset(names)
        found = search(self._searched, wanted)
        self._names |= wanted
        self._naming.update(path for places in found.values() for path, _ in places)
        return found

    def template(self, path: TreePath, text: bytes | None) -> bytes | None:
        """Return the text of a template as it was read."""
        self._templates[path] = template_digest(text)
        return text

    def basis(self) -> Basis:
        """Return all of it."""
        modules = {module.path for module in self.project.parsed()} - self._templates.keys()
        return Basis(
            modules=tuple(sorted(modules)),
            templates=tuple(sorted(self._templates.items())),
            names=tuple(sorted(self._names)),
            naming=tuple(sorted(self._naming - modules)),
        )


def template_digest(text: bytes | None) -> str:
    """Return the digest of a template that was read, or could not be."""
    return UNREADABLE if text is None else text_digest(text)
