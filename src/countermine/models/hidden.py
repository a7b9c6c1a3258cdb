"""What a question looks like once its secrets are out of it, and the way back."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, Final, TypeVar, cast

from countermine.ports.model import Answer, Material

STEM: Final = "REDACTED"
PLACEHOLDER: Final = re.compile(r"REDACTEDX*-(?:SECRET|PATH|USER|HOST|MARK)-[0-9]+")
"""What stands in the place of something that was hidden: ``REDACTED-SECRET-1``."""

OF_TARGET: Final = frozenset(
    {"path", "search", "replace", "file", "line", "call", "function", "entry", "driver", "attacks"}
)
"""Fields of answers that hold text of the target or code for it. In all other words, such as a
summary that becomes the subject of a commit, placeholders stay."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """Material as it may be shown, and what was taken out of it."""

    material: tuple[Material, ...]
    replaced: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What stands in the place of each secret, and the secret; never leaves the process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misplaced:
    """An answer that would put something hidden where it was not."""

    reason: str


def hide_nothing(material: tuple[Material, ...]) -> Hidden:
    """Show everything, for tests and for who says so."""
    return Hidden(material=material)


def cover(text: str, replaced: Mapping[str, str]) -> str:
    """Return a text of ours, such as what is wrong with an answer, as it may be shown."""
    for placeholder in sorted(replaced, key=lambda one: len(replaced[one]), reverse=True):
        text = text.replace(replaced[placeholder], placeholder)
    return text


def restore(text: str, replaced: Mapping[str, str]) -> str:
    """Return a text with what was hidden put back; what stands for nothing stays."""
    if STEM not in text:
        return text
    return PLACEHOLDER.sub(lambda found: replaced.get(found[0], found[0]), text)


def restored(answer: Answer, replaced: Mapping[str, str]) -> Answer | Misplaced:
    """Return an answer with what was hidden put back, or say why that may not be.

    A secret goes back only to where it was: an edit whose new text holds a placeholder more often
    than its old text would write a secret where none was, or, made up by the model, would leave
    a placeholder in the user's file.
    """
    wrong = _misplaced(answer)
    return Misplaced(reason=wrong) if wrong is not None else _restored(answer, replaced)


def _misplaced(value: object) -> str | None:
    if isinstance(value, tuple | list):
        return next((wrong for one in value if (wrong := _misplaced(one)) is not None), None)
    if not is_dataclass(value) or isinstance(value, type):
        return None
    old, new = getattr(value, "search", None), getattr(value, "replace", None)
    if isinstance(old, str) and isinstance(new, str):
        more = Counter(PLACEHOLDER.findall(new)) - Counter(PLACEHOLDER.findall(old))
        if more:
            return (
                f"an edit puts {min(more)} where it was not; leave what stands for something "
                "hidden at its place, or take it away"
            )
    return _misplaced(tuple(getattr(value, one.name) for one in fields(value)))


def _restored(value: _T, replaced: Mapping[str, str], name: str = "") -> _T:
    if isinstance(value, str):
        return cast("_T", restore(value, replaced)) if name in OF_TARGET else value
    if isinstance(value, tuple | list):
        return cast("_T", type(value)(_restored(one, replaced, name) for one in value))
    if is_dataclass(value) and not isinstance(value, type):
        changed: Any = {
            one.name: _restored(getattr(value, one.name), replaced, one.name)
            for one in fields(value)
        }
        return cast("_T", replace(value, **changed))
    return value
