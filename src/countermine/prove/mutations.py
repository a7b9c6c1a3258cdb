"""Other spellings of an attack, for the re-attack. Pure, and the same for the same finding."""

import hashlib
import keyword
import re
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias
from urllib.parse import quote

from countermine.core.weakness import Fingerprint
from countermine.core.witnesses import Input, Stimulus, Witness
from countermine.prove.drive.drive import SCRATCH
from countermine.prove.drive.repacking import is_archive, repacked

Mutation: TypeAlias = Callable[[str], str]
"""Respells the literal parts of a payload; placeholders are kept whole."""

_PLACEHOLDER = re.compile(r"(\{(?:canary|base)\})")

MAX_TEXT_CHARS = 8192
"""A longer payload is not mutated further: it would only be refused for its length."""

MAX_ARCHIVE_CHARS = 8 * MAX_TEXT_CHARS
"""An archive is longer for the same names: a tar archive is filled up to 10 KiB."""


def _alternating(text: str) -> str:
    return "".join(c.upper() if place % 2 else c.lower() for place, c in enumerate(text))


_WIDE = 0xFEE0
"""From a sign of ASCII to its full-width twin, which normalisation (NFKC) folds back."""


def _full_width(text: str) -> str:
    """Return all signs as their full-width twins; letters and digits stay."""
    return text.translate({ord(c): ord(c) + _WIDE for c in string.punctuation})


_QUOTED_OR_NAME = re.compile(r"'[^']*'|\"[^\"]*\"|[A-Za-z_]\w*")


def _folded_names(text: str) -> str:
    """Return the names in code as Python folds them back: ``_\uff3fimport_\uff3f``, wide letters.

    An underscore at the start stays, which a name may not begin with otherwise.
    """
    if "(" not in text:
        return text

    def wide(found: re.Match[str]) -> str:
        name = found.group()
        if name[0] in "'\"" or keyword.iskeyword(name):
            return name
        return name[0] + "".join(chr(ord(c) + _WIDE) if c.isascii() else c for c in name[1:])

    return _QUOTED_OR_NAME.sub(wide, text)


def _entities(text: str) -> str:
    return "".join(f"&#{ord(c)};" if c in string.punctuation else c for c in text)


def _escapes(text: str) -> str:
    return "".join(f"\\u{ord(c):04x}" if c in string.punctuation else c for c in text)


_TOGETHER = re.compile(f"[{re.escape(string.punctuation)}]{{2,}}")


def _apart(between: str, text: str) -> str:
    """Return a text with something between signs that stand together: what drops it joins them."""
    return _TOGETHER.sub(lambda found: between.join(found.group()), text)


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
    ("folded-names", _folded_names),
    ("letters-between", partial(_apart, "\u00e9")),
    ("hidden-between", partial(_apart, "\u200b")),
    ("blanks-between", partial(_apart, " ")),
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
    ("numbered-entities", _entities),
    ("unicode-escapes", _escapes),
    ("inner-blanks", lambda text: text.replace("{{", "{{ ").replace("}}", " }}")),
    ("statement-tags", lambda text: text.replace("{{", "{% print(").replace("}}", ") %}")),
)


_ALWAYS = ("full-width", "folded-names")
"""What no check sees through that comes before the folding; nobody writes that it is done."""

_FIRST_ATTACKS = 3
"""So many attacks are respelled in the ways that go first, whatever the digest says."""

UNDONE_BY: Mapping[str, tuple[str, ...]] = {
    "normalize": ("full-width", "folded-names"),
    "unquote": ("percent-encoded", "twice-percent-encoded", "dots-encoded"),
    "unquote_plus": ("percent-encoded", "twice-percent-encoded"),
    "unquote_to_bytes": ("percent-encoded", "twice-percent-encoded"),
    "url2pathname": ("percent-encoded",),
    "unescape": ("html-entities", "numbered-entities"),
    "literal_eval": ("unicode-escapes",),
    "decode": ("unicode-escapes",),
    "loads": ("unicode-escapes",),
    "upper": ("lower-case", "swapped-case"),
    "lower": ("upper-case", "swapped-case"),
    "casefold": ("upper-case", "swapped-case"),
    "strip": ("blank-before", "line-before", "blank-after"),
    "lstrip": ("blank-before", "line-before"),
    "normpath": ("dot-segments", "doubled-slashes", "folder-before"),
    "replace": ("nested-dots", "nested-tags", "back-slashes", "blanks-between"),
    "encode": ("letters-between", "hidden-between"),
    "sub": ("letters-between", "blanks-between", "nested-dots"),
    "isalnum": ("letters-between", "hidden-between"),
    "isprintable": ("hidden-between",),
    "translate": ("hidden-between", "blanks-between"),
    "isascii": ("letter-after", "letter-before", "letters-between"),
    "isupper": ("upper-case",),
    "islower": ("lower-case",),
}
"""By the last name of a call: the spellings that it undoes. Where a patch newly calls it, it may
come behind the patch's check."""

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
    ("letter-before", "\u00e9"),
)
_SUFFIXES = (
    ("blank-after", " "),
    ("line-after", "\n"),
    ("comment-after", " #"),
    ("sql-comment-after", " -- "),
    ("dot-after", "."),
    ("slash-after", "/"),
    ("letter-after", "\u00e9"),
)


def mutated(
    witness: Witness, attacks: Sequence[Stimulus], most: int, undone: Sequence[str] = ()
) -> tuple[Stimulus, ...]:
    """Return up to ``most`` new stimuli made from some of the attacks of a witness.

    First go spellings that are always tried and those that are said to be undone, of the first
    attacks, for at most half of the number. The order of the others is that of a digest of the
    fingerprint and the name: it is the same from run to run, and another for another finding, so
    that no mutation is always behind the bound.
    """
    known = {one.inputs for one in witness.attacks}
    made: dict[tuple[Input, ...], Stimulus] = {}
    for attack in attacks:
        for stimulus in variations(attack):
            if stimulus.inputs not in known:
                made.setdefault(stimulus.inputs, stimulus)
    first = [
        one
        for wanted in dict.fromkeys((*_ALWAYS, *undone))
        for attack in attacks[:_FIRST_ATTACKS]
        for how, one in _named(attack)
        if how == wanted and made.get(one.inputs) == one
    ]
    ordered = sorted(made.values(), key=lambda one: (rank(witness.fingerprint, one), one.name))
    return tuple(dict.fromkeys((*first[: most // 2], *ordered)))[:most]


def rank(fingerprint: Fingerprint, stimulus: Stimulus) -> str:
    """Return what stimuli are ordered by: the same from run to run, another for each finding."""
    return hashlib.sha256(f"{fingerprint}/{stimulus.name}".encode()).hexdigest()


def variations(attack: Stimulus) -> Iterator[Stimulus]:
    """Yield the stimulus with one of its inputs respelled, in each of the ways."""
    return (one for _, one in _named(attack))


def _named(attack: Stimulus) -> Iterator[tuple[str, Stimulus]]:
    """Yield the name of a way, and the stimulus with one of its inputs respelled so."""
    for place, value in enumerate(attack.inputs):
        key = f"-{place + 1}" if len(attack.inputs) > 1 else ""
        for name, text in _respelled(value.text):
            if text != value.text and 0 < len(text) <= longest(text):
                inputs = list(attack.inputs)
                inputs[place] = replace(value, text=text)
                renamed = f"{attack.name}-{name}{key}"
                yield name, replace(attack, name=renamed, inputs=tuple(inputs))


def _respelled(text: str) -> Iterator[tuple[str, str]]:
    """Yield the text in each of the ways; of an archive, with its members named so."""
    for name, mutation in _WAYS.items():
        if is_archive(text):
            packed = repacked(text, mutation)
            if packed is not None:
                yield name, packed
        elif name == "full-width":
            # The separators of the scratch folder are respelled along with the others.
            yield name, mutation(text.replace("{base}", SCRATCH))
        else:
            yield name, mutation(text)
    if "../" in text and not is_archive(text):
        # A NUL ends a path for the kernel; no shell, parser or page ever gets to see one.
        yield "nul-before", "\x00" + text
        yield "nul-after", text + "\x00.txt"


def longest(text: str) -> int:
    """Return how long a text may be that is made from another one."""
    return MAX_ARCHIVE_CHARS if is_archive(text) else MAX_TEXT_CHARS


def _between(before: str, after: str, text: str) -> str:
    return before + text + after


def _outside_placeholders(mutation: Mutation, text: str) -> str:
    parts = _PLACEHOLDER.split(text)
    return "".join(part if _PLACEHOLDER.fullmatch(part) else mutation(part) for part in parts)


_WAYS: Mapping[str, Mutation] = {
    **{name: partial(_outside_placeholders, mutation) for name, mutation in _MUTATIONS},
    **{name: partial(_between, before, "") for name, before in _PREFIXES},
    **{name: partial(_between, "", after) for name, after in _SUFFIXES},
}
