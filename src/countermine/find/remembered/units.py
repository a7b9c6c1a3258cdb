"""Answers of units, kept with what they depended on; see docs/decisions/0018-cache-of-answers.md.

An answer holds while every module and template that its unit asked for is as it was, and no name
that was looked for everywhere came into any other file, or stood in one that changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace

from countermine.core.spans import TreePath
from countermine.find.answers import Answer, Unit
from countermine.find.remembered.asked import template_digest
from countermine.find.remembered.digests import digest, program_digest, text_digest
from countermine.find.remembered.written import MisfitError, read, write
from countermine.find.request import FindRequest
from countermine.find.token_index import search
from countermine.ports.memory import Memory

VARIANTS = 4
"""Answers kept for the same unit, for texts that were edited and edited back."""
_IRRELEVANT = frozenset({"inventory", "jobs", "memory"})
"""What a request says that changes no answer; of its inventory, the names and roles count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """One answer as it is written down."""

    key: str
    modules: tuple[str, ...]
    """Digests of the modules of its basis."""
    others: tuple[str, ...]
    """Digests of all files that count, in path order: the key says which those are."""
    answer: Answer


class RememberedUnits:
    """Knows the answers that earlier searches gave for the units of this one."""

    def __init__(
        self,
        memory: Memory,
        request: FindRequest,
        texts: Mapping[TreePath, bytes],
        read_template: Callable[[TreePath], bytes | None],
    ) -> None:
        """Search as the request says in these texts; templates are read when it is asked."""
        self.memory = memory
        self._texts = texts
        self._read_template = read_template
        roles = {file.path: file.role in request.roles for file in request.inventory.files}
        self.counted = [path for path in sorted(texts) if roles[path]]
        self.tree = digest(
            [(path, roles[path]) for path in sorted(texts)],
            sorted((t.path, t.role in request.roles) for t in request.inventory.templates),
        )
        self.asked_of_files = request_digest(replace(request, focus=None))
        self._asked = digest(self.asked_of_files, request.focus)
        self._free: dict[str, int] = {}
        """The first number without an answer, by the key of a unit."""
        self._digests: dict[TreePath, str] = {}

    def text_digest(self, path: TreePath) -> str:
        """Return the digest of a file's text, which is what is analysed."""
        known = self._digests.get(path)
        if known is None:
            known = self._digests[path] = text_digest(self._texts[path])
        return known

    def recall(self, unit: Unit) -> Answer | None:
        """Return the answer that running the unit would give, where it is known."""
        key = self._key(unit)
        for number in range(VARIANTS):
            text = self.memory.get(_name(key, number))
            kept = None if text is None else self._understood(text, key)
            if kept is None:
                self._free.setdefault(key, number)
            elif self._holds(kept):
                return kept.answer
        return None

    def keep(self, unit: Unit, answer: Answer) -> None:
        """Write down an answer that was given for these texts."""
        key = self._key(unit)
        modules = tuple(self.text_digest(path) for path in answer.basis.modules)
        others = tuple(self.text_digest(path) for path in self.counted)
        kept = _Kept(key=key, modules=modules, others=others, answer=answer)
        number = self._free.get(key, int(digest(modules), 16) % VARIANTS)
        self.memory.put(_name(key, number), write(kept))

    def _key(self, unit: Unit) -> str:
        return digest(self._asked, self.tree, unit.files, unit.around)

    def _understood(self, text: bytes, key: str) -> _Kept | None:
        try:
            kept = read(text, _Kept)
        except MisfitError:
            return None
        whole = len(kept.others) == len(self.counted)
        same = whole and len(kept.modules) == len(kept.answer.basis.modules)
        return kept if same and kept.key == key else None

    def _holds(self, kept: _Kept) -> bool:
        basis = kept.answer.basis
        for path, known in zip(basis.modules, kept.modules, strict=True):
            if path not in self._texts or self.text_digest(path) != known:
                return False
        for path, known in basis.templates:
            if template_digest(self._read_template(path)) != known:
                return False
        changed = {
            path
            for path, known in zip(self.counted, kept.others, strict=True)
            if self.text_digest(path) != known
        }
        changed -= set(basis.modules)
        if not changed.isdisjoint(basis.naming):
            return False
        found = search({path: self._texts[path] for path in changed}, basis.names)
        return not any(found.values())


def request_digest(request: FindRequest) -> str:
    """Return the digest of what a request asks, whatever the tree, and of what answers it."""
    asked = [
        (field.name, getattr(request, field.name))
        for field in fields(request)
        if field.name not in _IRRELEVANT and field.name != "catalogue"
    ]
    return digest(program_digest(), asked, request.catalogue.rows)


def _name(key: str, number: int) -> str:
    return f"unit-{key}-{number}"
