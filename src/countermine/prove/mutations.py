"""Other spellings of an attack, for the re-attack. Pure, and the same for the same finding."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias
from urllib.parse import quote

from countermine.core.weakness import Fingerprint
from countermine.core.witnesses import Input, Stimulus, Witness

Mutation: TypeAlias = Callable[[str], str]
"""Respells the literal parts of a payload; placeholders are kept whole."""

_PLACEHOLDER = re.compile(r"(\{(?:canary|base)\})")

MAX_TEXT_CHARS = 8192
"""A longer payload is not mutated further: it would only be refused for its length."""


def _alternating(text: str) -> str:
    return "".join(c.upper() if place % 2 else c.lower() for place, c in enumerate(text))


def _full_width(text: str) -> str:
    """Return ``.``, ``/``, ``<`` and ``>`` as their full-width twins, which NFKC folds back."""
    return text.translate({ord(c): ord(c) + 0xFEE0 for c in "./<>'\";"})


_MUTATIONS: tuple[tuple[str, Mutation], ...] = (
    ("percent-encoded", lambda text: quote(text, safe="")),
    ("twice-percent-encoded", lambda text: quote(quote(text, safe=""), safe="")),
    ("dots-encoded", lambda text: text.replace(".", "%2e")),
    ("upper-case", str.upper),
    ("lower-case", str.lower),
    ("swapped-case", _alternating),
    ("back-slashes", lambda text: text.replace("/", "\\")),
    ("doubled-slashes", lambda text: text.replace("/", "//")),
    ("dot-segments", lambda text: text.replace("/", "/./")),
    ("nested-dots", lambda text: text.replace("../", "....//")),
    ("nested-dots-and-slash", lambda text: text.replace("../", "..././")),
    ("full-width", _full_width),
    ("and-list", lambda text: text.replace(";", "&&")),
    ("pipe", lambda text: text.replace(";", "|")),
    ("new-line", lambda text: text.replace(";", "\n")),
    ("carriage-return", lambda text: text.replace(" ", "\r\n")),
    ("tabs", lambda text: text.replace(" ", "\t")),
    ("internal-field-separator", lambda text: text.replace(" ", "${IFS}")),
    ("comments-for-blanks", lambda text: text.replace(" ", "/**/")),
    ("back-ticks", lambda text: re.sub(r"\$\((.*?)\)", r"`\1`", text)),
    ("double-quotes", lambda text: text.replace("'", '"')),
    ("single-quotes", lambda text: text.replace('"', "'")),
    ("escaped-quotes", lambda text: text.replace("'", "\\'").replace('"', '\\"')),
    ("doubled-quotes", lambda text: text.replace("'", "''")),
    ("nested-tags", lambda text: re.sub(r"<(\w)(\w+)>", r"<\1<\1\2>\2>", text)),
    ("slash-in-tags", lambda text: re.sub(r"<(\w+) ", r"<\1/", text)),
    ("unclosed-tags", lambda text: text.replace(">", "")),
    ("html-entities", lambda text: text.replace("<", "&lt;").replace(">", "&gt;")),
    ("inner-blanks", lambda text: text.replace("{{", "{{ ").replace("}}", " }}")),
    ("statement-tags", lambda text: text.replace("{{", "{% print(").replace("}}", ") %}")),
)

_PREFIXES = (
    ("blank-before", " "),
    ("line-before", "\n"),
    ("dot-before", "./"),
    ("slash-before", "/"),
    ("word-before", "a"),
    ("folder-before", "a/"),
    ("quote-before", "'"),
    ("double-quote-before", '"'),
    ("dash-before", "-"),
)
_SUFFIXES = (
    ("blank-after", " "),
    ("line-after", "\n"),
    ("comment-after", " #"),
    ("sql-comment-after", " -- "),
    ("dot-after", "."),
    ("slash-after", "/"),
)


def mutated(witness: Witness, attacks: Sequence[Stimulus], most: int) -> tuple[Stimulus, ...]:
    """Return up to ``most`` new stimuli made from some of the attacks of a witness.

    The order is that of a digest of the fingerprint and the name: it is the same from run to run,
    and another for another finding, so that no mutation is always behind the bound.
    """
    known = {one.inputs for one in witness.attacks}
    made: dict[tuple[Input, ...], Stimulus] = {}
    for attack in attacks:
        for stimulus in variations(attack):
            if stimulus.inputs not in known:
                made.setdefault(stimulus.inputs, stimulus)
    ordered = sorted(made.values(), key=lambda one: (rank(witness.fingerprint, one), one.name))
    return tuple(ordered[:most])


def rank(fingerprint: Fingerprint, stimulus: Stimulus) -> str:
    """Return what stimuli are ordered by: the same from run to run, another for each finding."""
    return hashlib.sha256(f"{fingerprint}/{stimulus.name}".encode()).hexdigest()


def variations(attack: Stimulus) -> Iterator[Stimulus]:
    """Yield the stimulus with one of its inputs respelled, in each of the ways."""
    for place, value in enumerate(attack.inputs):
        key = f"-{place + 1}" if len(attack.inputs) > 1 else ""
        for name, text in _respelled(value.text):
            if text != value.text and 0 < len(text) <= MAX_TEXT_CHARS:
                inputs = list(attack.inputs)
                inputs[place] = replace(value, text=text)
                yield replace(attack, name=f"{attack.name}-{name}{key}", inputs=tuple(inputs))


def _respelled(text: str) -> Iterator[tuple[str, str]]:
    for name, mutation in _MUTATIONS:
        yield name, _outside_placeholders(mutation, text)
    for name, before in _PREFIXES:
        yield name, before + text
    for name, after in _SUFFIXES:
        yield name, text + after
    if "../" in text:
        # A NUL ends a path for the kernel; no shell, parser or page ever gets to see one.
        yield "nul-before", "\x00" + text
        yield "nul-after", text + "\x00.txt"


def _outside_placeholders(mutation: Mutation, text: str) -> str:
    parts = _PLACEHOLDER.split(text)
    return "".join(part if _PLACEHOLDER.fullmatch(part) else mutation(part) for part in parts)
