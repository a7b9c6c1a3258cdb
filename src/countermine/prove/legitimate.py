"""Further legitimate uses, made from the one that is known. Pure, and the same for a finding.

A patch that lets through nothing but the one use it was judged by (its word, its number) forbids
the feature. Where the known use shows which values are meant (numbers, words, literals of Python,
archives) others of the kind are tried before and after; where the value is text for people, phrases
with capitals, digits, blanks and letters of other languages are tried as well. Those that do not
work on the unpatched tree are no legitimate uses and are left out.
"""

import ast
import hashlib
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import cycle, islice
from typing import TypeAlias

from countermine.core.weakness import Fingerprint
from countermine.core.witnesses import (
    Encoding,
    Input,
    Observation,
    Stimulus,
    Witness,
    WitnessKind,
)
from countermine.prove.drive.fuller_documents import fuller
from countermine.prove.drive.repacking import with_folder
from countermine.prove.drive.statements import words

_Draw: TypeAlias = Callable[[int], int]
"""Returns the next number below a bound."""

_LETTERS = "\u00e9\u00f1\u00f8\u03bb\u0436"
_MOST_ITEMS = 3
_MOST_NUMBER = 10_000
_DEEPEST = 2


_PHRASES = frozenset(
    {
        "cross-site-scripting",
        "header-injection",
        "log-injection",
        "sql-injection",
        "template-injection",
        "xpath-injection",
    }
)
"""Weaknesses where the value is text for people, and blanks, digits, dots and commas mean nothing
in the language that it gets into. In a shell, a path or an expression they do."""


_MATCHED = frozenset({"exponential-regular-expression", "polynomial-regular-expression"})
"""Weaknesses of expressions, where other texts for the legitimate use are those that match."""


_MORE = 8
"""Of these so many times more are tried: one for each kind of character, and each is quick."""


def further_uses(witness: Witness, most: int) -> tuple[Stimulus, ...]:
    """Return up to ``most`` uses like the first control, with other values of the same kind."""
    if witness.kind is WitnessKind.STRUCTURAL or witness.script is not None:
        return ()
    control = witness.controls[0]
    for place, value in enumerate(control.inputs):
        bound = most * _MORE if witness.weakness in _MATCHED else most
        texts = list(islice(_like(witness, value), bound))
        if texts:
            return tuple(
                replace(
                    control,
                    name=f"{control.name}-like-{number}",
                    inputs=(
                        *control.inputs[:place],
                        replace(value, text=text, alternatives=()),
                        *control.inputs[place + 1 :],
                    ),
                )
                for number, text in enumerate(texts, start=1)
            )
    return ()


def _like(witness: Witness, value: Input) -> Iterator[str]:
    if witness.weakness in _MATCHED:
        # Among them are texts that the expression matches; a patch may not match others.
        yield from reversed(value.alternatives)
        return
    packed = with_folder(value.text)
    if packed is not None:
        yield packed
    more = tuple(fuller(witness, value.text))
    yield from more
    if packed is not None or more:
        return
    make = _maker(value)
    if make is None and witness.weakness == "xpath-injection":
        # Where the value stands without quotes, a phrase is no expression and so no use.
        make = _phrase
    if make is None:
        return
    makers = [make]
    if witness.weakness == "header-injection":
        # Not every server lets letters of other languages through.
        yield from _texts(witness.fingerprint, [_plain_phrase, make], {value.text})
        return
    if witness.weakness in _PHRASES and make is not _literal:
        makers = [make, _phrase, *([_word] if make is _number else [])]
    yield from _texts(witness.fingerprint, makers, {value.text})


def changes_statement(use: Stimulus, seen: Observation, known: Observation) -> bool:
    """Tell whether a use's text is more than one value in a statement of SQL.

    Where a value is part of a statement as it stands, a phrase with blanks and commas is the flaw
    at work and no legitimate use, though a stand-in for a database takes it.

    Args:
        use: What was tried.
        seen: What it led to.
        known: What the use that is known for legitimate led to.
    """
    outlines = {words(text) for text in _statements(known)}
    texts = [value.text for value in use.inputs if value.text]
    return bool(outlines) and any(
        words(statement) not in outlines
        for statement in _statements(seen)
        if any(text in statement for text in texts)
    )


def _statements(seen: Observation) -> Iterator[str]:
    return (text for event in seen.events if (text := event.get("sql")) is not None)


def with_uses(witness: Witness, uses: tuple[Stimulus, ...]) -> Witness:
    """Return the witness with further uses among its controls, so that they are driven as such."""
    return replace(witness, controls=(*witness.controls, *uses))


def _maker(value: Input) -> Callable[[_Draw], str] | None:
    """Return what makes values like this one, ``None`` where it does not show what is meant."""
    if value.encoding is not Encoding.PLAIN or value.samples or value.alternatives:
        return None
    text = value.text
    if text.isdecimal() and text.isascii():
        return _number
    if text.isalpha() and text.isascii():
        return _word
    try:
        literal = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return _literal if isinstance(literal, list | dict | tuple) else None


def _texts(
    fingerprint: Fingerprint, makers: Sequence[Callable[[_Draw], str]], known: set[str]
) -> Iterator[str]:
    """Yield different values, of each maker in turn; ends where no new ones come up."""
    numbers = _numbers(fingerprint)
    turns = cycle(makers)
    make = next(turns)
    idle = 0
    while idle < _MOST_NUMBER:
        text = make(lambda below: next(numbers) % below)
        idle += 1
        if text not in known:
            known.add(text)
            idle = 0
            make = next(turns)
            yield text


def _numbers(fingerprint: Fingerprint) -> Iterator[int]:
    """Yield numbers that are the same for the same finding, by hashing on."""
    state = fingerprint.encode()
    while True:
        state = hashlib.sha256(state).digest()
        yield from (int.from_bytes(state[at : at + 4], "big") for at in range(0, 32, 4))


def _number(draw: _Draw) -> str:
    return str(draw(_MOST_NUMBER))


def _word(draw: _Draw) -> str:
    # With two letters before them so that none is a command, a keyword or a name of anything.
    letters = (string.ascii_lowercase[draw(26)] for _ in range(1 + draw(10)))
    return f"cm{''.join(letters)}"


def _phrase(draw: _Draw) -> str:
    word = _word(draw)
    return f"{word.capitalize()} {_word(draw)}{_LETTERS[draw(len(_LETTERS))]} {_number(draw)}, a.b"


def _plain_phrase(draw: _Draw) -> str:
    return f"{_word(draw).capitalize()} {_word(draw)} {_number(draw)}, a.b"


def _literal(draw: _Draw) -> str:
    return repr(_collection(draw, 0))


def _collection(draw: _Draw, depth: int) -> object:
    count = 1 + draw(_MOST_ITEMS)
    if draw(2):
        return [_item(draw, depth) for _ in range(count)]
    return {_word(draw): _item(draw, depth) for _ in range(count)}


def _item(draw: _Draw, depth: int) -> object:
    kind = draw(4)
    if kind == 0 and depth < _DEEPEST:
        return _collection(draw, depth + 1)
    if kind == 1:
        return draw(_MOST_NUMBER)
    return _word(draw) if kind == 2 else bool(draw(2))  # noqa: PLR2004 - the third of the kinds
