"""What single files say by themselves, kept by the digests of their texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from countermine.core.spans import TreePath
from countermine.find.imports import Imports, imports_of
from countermine.find.remembered.digests import digest
from countermine.find.remembered.units import RememberedUnits
from countermine.find.remembered.written import MisfitError, read, write
from countermine.find.token_index import TokenIndex

_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Imports:
    key: str
    files: tuple[tuple[str, tuple[str, ...]], ...]
    """Digest of a text, and what it imports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sinks:
    key: str
    files: tuple[tuple[str, tuple[int, ...]], ...]
    """Digest of a text with what its file can know of, and where sinks may be named."""


class RememberedFiles:
    """Reads files, except those of which an earlier search over this tree read the same text."""

    def __init__(self, units: RememberedUnits) -> None:
        """Keep what is read beside the answers of these units."""
        self._memory = units.memory
        self._units = units
        self._key = ""
        self._known: dict[str, tuple[int, ...]] = {}
        self._now: dict[str, tuple[int, ...]] = {}

    def imports(self, texts: Mapping[TreePath, bytes]) -> dict[TreePath, Imports]:
        """Return what each file imports."""
        key = digest(self._units.asked_of_files, self._units.tree)
        name = f"imports-{key}"
        kept = _understood(self._memory.get(name), _Imports)
        known = dict(kept.files) if kept is not None and kept.key == key else {}
        digests = {path: self._units.text_digest(path) for path in texts}
        found = {
            path: Imports(frozenset(known[digests[path]]))
            if digests[path] in known
            else imports_of(text)
            for path, text in texts.items()
        }
        now = {digests[path]: tuple(sorted(found[path].names)) for path in texts}
        if not now.keys() <= known.keys():
            self._memory.put(name, write(_Imports(key=key, files=tuple(sorted(now.items())))))
        return found

    def begin(self, index: TokenIndex) -> None:
        """Look for sinks with this index from now on."""
        self._key = digest(self._units.asked_of_files, self._units.tree, index.libraries)
        kept = _understood(self._memory.get(f"sinks-{self._key}"), _Sinks)
        self._known = dict(kept.files) if kept is not None and kept.key == self._key else {}

    def sinks(self, index: TokenIndex, path: TreePath, text: bytes) -> tuple[int, ...]:
        """Return where sinks may be named in a file."""
        read = f"{self._units.text_digest(path)}-{index.known_to(path):x}"
        offsets = self._known.get(read)
        if offsets is None:
            offsets = tuple(index.sinks(path, text))
        self._now[read] = offsets
        return offsets

    def keep(self) -> None:
        """Write down where sinks are, if any file was looked at."""
        if not self._now.keys() <= self._known.keys():
            files = tuple(sorted(self._now.items()))
            self._memory.put(f"sinks-{self._key}", write(_Sinks(key=self._key, files=files)))


def _understood(text: bytes | None, kind: type[_Kind]) -> _Kind | None:
    if text is None:
        return None
    try:
        return read(text, kind)
    except MisfitError:
        return None
