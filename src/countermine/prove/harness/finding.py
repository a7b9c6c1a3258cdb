"""Values of a document for which an expression finds something, where a made-up one finds nothing.

What a program makes of an answer is seen only where there is one. The document is at hand, so the
words in it can be put in the place of the one that was handed in; selecting changes nothing.
"""

# ruff: noqa: ANN401 - elements and results of a library

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countermine.prove.harness.inputs import BENIGN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

WORD = f"{BENIGN}-word"
"""What the legitimate use hands in."""
MAX_ELEMENTS = 2000
MAX_WORDS = 60
MAX_SIGNS = 60
MOST = 2
"""Words that are told: those that find most."""


def finding(
    owner: Any, select: Callable[..., Any], expression: Any, given: Mapping[str, Any]
) -> list[str]:
    """Return words for which the expression finds something, those that find most first."""
    names = [name for name, value in given.items() if value == WORD]
    written = isinstance(expression, str) and WORD in expression
    if not (names or written) or not isinstance(expression, str) or "extensions" in given:
        return []
    counted: list[tuple[int, str]] = []
    for word in _words(owner):
        try:
            known = dict.fromkeys(names, word)
            found = select(expression.replace(WORD, word), **{**given, **known})
        except Exception:  # noqa: BLE001, S112 - a word that the expression cannot hold
            continue
        if isinstance(found, list) and found:
            counted.append((-len(found), word))
    return [word for _, word in sorted(counted)[:MOST]]


def _words(owner: Any) -> list[str]:
    """Return the texts and values of the document, each once, in its order."""
    found: dict[str, None] = {}
    for text in _texts(owner):
        word = text.strip()
        if word and word == text and len(word) <= MAX_SIGNS and not set(word) & _SIGNS:
            found.setdefault(word)
        if len(found) >= MAX_WORDS:
            break
    return list(found)


_SIGNS = frozenset("'\"\n[]()")


def _texts(owner: Any) -> Iterator[str]:
    try:
        tree = owner.getroottree() if hasattr(owner, "getroottree") else owner
        for number, one in enumerate(tree.iter()):
            if number >= MAX_ELEMENTS:
                return
            if isinstance(one.tag, str):
                yield from (value for value in one.attrib.values() if isinstance(value, str))
                if isinstance(one.text, str):
                    yield one.text
    except Exception:  # noqa: BLE001 - an owner that is no document
        return
