"""Takes secrets, and what tells of this machine, out of what is sent to a model.

Each thing that is hidden has one placeholder, wherever it stands, so that what is said about one
place can be read at another. The same material always gets the same placeholders.
"""

from dataclasses import dataclass, field, replace

from countermine.models.control_places import control_places
from countermine.models.hidden import STEM, Hidden
from countermine.models.host_places import Kind, Machine, host_places
from countermine.models.secret_spans import occurrences, secret_places, united
from countermine.ports.model import Material

_LEAST_ANYWHERE = 6
"""A shorter value may be a word elsewhere, so it is hidden where it was found alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hider:
    """Hides what may not leave a machine."""

    machine: Machine

    def hide(self, material: tuple[Material, ...]) -> Hidden:
        """Return the material as it may be shown, with what was taken out of it."""
        found = [secret_places(one.text, one.path) for one in material]
        anywhere = sorted(
            {
                one.text[start:end]
                for one, places in zip(material, found, strict=True)
                for start, end in places
                if end - start >= _LEAST_ANYWHERE
            }
        )
        texts = [text for one in material for text in (one.text, one.path) if text is not None]
        names = _Names(stem=_stem(texts))
        shown: list[Material] = []
        for one, places in zip(material, found, strict=True):
            text = self._covered(one.text, places, anywhere, names, of_target=one.path is not None)
            path = one.path
            if path is not None:
                path = self._covered(path, secret_places(path), anywhere, names, of_target=False)
            shown.append(replace(one, text=text, path=path))
        return Hidden(material=tuple(shown), replaced=names.replaced)

    def _covered(
        self,
        text: str,
        secret: list[tuple[int, int]],
        anywhere: list[str],
        names: "_Names",
        *,
        of_target: bool,
    ) -> str:
        again = (place for value in anywhere for place in occurrences(text, value))
        places = [(*place, Kind.SECRET) for place in united((*secret, *again))]
        marks = ((*place, Kind.MARK) for place in control_places(text))
        told = host_places(text, self.machine, of_target=of_target)
        for start, end, kind in (*marks, *told):
            if not any(start < other[1] and other[0] < end for other in places):
                places.append((start, end, kind))
        parts: list[str] = []
        at = 0
        for start, stop, kind in sorted(places):
            # A digit behind a placeholder would be read as one of its number.
            end = next((i for i in range(stop, len(text)) if not text[i].isdigit()), len(text))
            if start >= at:
                parts += [text[at:start], names.of(text[start:end], kind)]
                at = end
        return "".join([*parts, text[at:]])


@dataclass(slots=True, kw_only=True)
class _Names:
    """Placeholders in the order in which they were needed."""

    stem: str
    replaced: dict[str, str] = field(default_factory=dict)
    _given: dict[tuple[str, Kind], str] = field(default_factory=dict)
    _counts: dict[Kind, int] = field(default_factory=dict)

    def of(self, value: str, kind: Kind) -> str:
        given = self._given.get((value, kind))
        if given is None:
            number = self._counts[kind] = self._counts.get(kind, 0) + 1
            given = self._given[value, kind] = f"{self.stem}-{kind}-{number}"
            self.replaced[given] = value
        return given


def _stem(texts: list[str]) -> str:
    """Return how placeholders begin: as nothing in the material does, which may be hostile."""
    stem = STEM
    while any(f"{stem}-" in text for text in texts):
        stem += "X"
    return stem
