"""Where the names that matter stand: one linear pass over the bytes of every file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ahocorasick_rs import BytesAhoCorasick

from countermine.catalogue.schema import Catalogue, Form
from countermine.core.spans import TreePath

_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_BLANK = b" \t"


@dataclass(frozen=True, slots=True)
class _Token:
    """What must hold where a name stands for it to be a sink."""

    roots: frozenset[bytes]
    """One of these must be in the file; empty for no condition."""
    method: bool
    """A dot stands before it."""


class TokenIndex:
    """Finds the sinks that a catalogue knows, and any other names."""

    def __init__(self, catalogue: Catalogue, kinds: frozenset[str]) -> None:
        """Look for sinks of these kinds."""
        self._tokens: dict[bytes, list[_Token]] = {}
        for name, rows in sorted(catalogue.sinks.items()):
            if any(r.kind in kinds for r in rows):
                self._add(name, store=all(r.form is Form.STORE for r in rows))
        for handler in catalogue.rows.handlers:
            if handler.returns in kinds:
                for name in handler.decorators:
                    self._add(name, store=False)
        self._names = sorted(self._tokens)
        self._automaton = BytesAhoCorasick(self._names) if self._names else None

    def _add(self, name: str, *, store: bool) -> None:
        parts = name.removesuffix("[]").split(".")
        if name.endswith("[]"):
            token = _Token(frozenset(), method=False)
        elif parts[0] == "*" or store:
            token = _Token(frozenset(), method=True)
        elif len(parts) == 1:
            token = _Token(frozenset(), method=False)
        elif parts[-2][:1].isupper():
            token = _Token(frozenset(), method=True)
        else:
            token = _Token(frozenset({parts[0].encode()}), method=False)
        self._tokens.setdefault(parts[-1].encode(), []).append(token)

    def sinks(self, text: bytes) -> list[int]:
        """Return the offsets at which a sink may be named."""
        if self._automaton is None:
            return []
        found: list[int] = []
        present: dict[bytes, bool] = {}
        for number, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            if not _is_word(text, start, end) or _is_definition(text, start):
                continue
            name = self._names[number]
            dotted = start > 0 and text[start - 1 : start] == b"."
            for token in self._tokens[name]:
                if token.method and not dotted:
                    continue
                if token.roots and not _any_present(text, token.roots, present):
                    continue
                found.append(start)
                break
        return found


def _any_present(text: bytes, roots: frozenset[bytes], present: dict[bytes, bool]) -> bool:
    for root in roots:
        known = present.get(root)
        if known is None:
            known = present[root] = root in text
        if known:
            return True
    return False


def _is_word(text: bytes, start: int, end: int) -> bool:
    before = text[start - 1] if start else 32
    after = text[end] if end < len(text) else 32
    return before not in _WORD and after not in _WORD


def _is_definition(text: bytes, start: int) -> bool:
    """Tell whether the name is being defined or imported here."""
    line = text.rfind(b"\n", 0, start) + 1
    head = text[line:start].lstrip()
    return head.startswith((b"def ", b"class ", b"async def ", b"import ", b"from ", b"#"))


def search(
    texts: Mapping[TreePath, bytes], names: Iterable[str]
) -> dict[str, list[tuple[TreePath, int]]]:
    """Return where names stand as words that are not defined or imported there, in path order."""
    wanted = sorted(n.encode() for n in names)
    if not wanted:
        return {}
    automaton = BytesAhoCorasick(wanted)
    found: dict[str, list[tuple[TreePath, int]]] = {n.decode(): [] for n in wanted}
    for path in sorted(texts):
        text = texts[path]
        for number, start, end in automaton.find_matches_as_indexes(text, overlapping=True):
            if _is_word(text, start, end) and not _is_definition(text, start):
                found[wanted[number].decode()].append((path, start))
    return found
