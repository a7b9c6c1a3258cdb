"""What a guided search tries next: attacks spelled with the patch's own words. Pure.

A patch that looks for something in a value tells, by its constants, what it looks for. Put before,
behind or into an attack they lead past checks that no list of spellings knows of; the lines that
ran then tell which of the attempts came further than the ones before.
"""

import io
import tokenize
from ast import literal_eval
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, zip_longest
from pathlib import PurePosixPath

from countermine.core.patches import Patch
from countermine.core.witnesses import Input, Stimulus, Witness
from countermine.prove.conditions import Conditions
from countermine.prove.drive.pickles import calling
from countermine.prove.drive.repacking import is_archive, repacked
from countermine.prove.mutations import longest, rank, variations

MOST_WORDS = 12
"""Constants of a patch that are used; a patch that has more is rarely about a value."""

_MOST_CHARS = 80
_SIGNS = frozenset("'\"`;|&<$\n\r(")
"""By which a value ends the place that it stands in."""

_MOST_ROOTS = 2
"""Of a path as many folders may be roots of the import: ``src`` and the one around it."""


def words(patch: Patch, witness: Witness) -> tuple[str, ...]:
    """Return the texts that a patch names, in their order, and those of the legitimate use."""
    found: dict[str, None] = {}
    for text in (*(edit.after for edit in patch.edits), *(new.text for new in patch.new_files)):
        for word in _constants(text):
            if 0 < len(word) <= _MOST_CHARS and "\n" not in word:
                found[word] = None
    legitimate = [item.text for one in witness.controls for item in one.inputs]
    return (*list(found)[:MOST_WORDS], *dict.fromkeys(legitimate))


def offspring(
    witness: Witness,
    parents: Sequence[Stimulus],
    spelled: Sequence[str],
    most: int,
    tried: set[tuple[Input, ...]],
) -> tuple[Stimulus, ...]:
    """Return up to ``most`` new stimuli: words put into a parent, and every third one respelled.

    Args:
        witness: Whose attacks they descend from.
        parents: What they are made from.
        spelled: Words to put in.
        most: Bound on their number.
        tried: Inputs of what was driven before; those of the new ones are added.
    """
    worded = [
        *_ordered(witness, (one for parent in parents for one in _at_ends(parent, spelled))),
        *_ordered(witness, (one for parent in parents for one in _within(parent, spelled))),
    ]
    others = _ordered(witness, chain.from_iterable(map(variations, parents)))
    mixed = chain.from_iterable(zip_longest(worded[::2], worded[1::2], others))
    return _new((one for one in mixed if one is not None), most, tried)


def directed(
    witness: Witness,
    parents: Sequence[Stimulus],
    asked: Conditions,
    spelled: Sequence[str],
    most: int,
    tried: set[tuple[Input, ...]],
) -> tuple[Stimulus, ...]:
    """Return up to ``most`` new stimuli that meet what a patch newly asks, if it does.

    Args:
        witness: Whose attacks they descend from.
        parents: What they are made from.
        asked: What the patch asks.
        spelled: Words of the patch, which may name modules that it lets through.
        most: Bound on their number.
        tried: Inputs of what was driven before; those of the new ones are added.
    """
    modules = [*spelled[:MOST_WORDS], *_own_modules(witness)]
    through = (one for parent in parents for one in _through(parent, modules))
    ways = [_meeting(parent, asked) for parent in parents]
    turns = (one for turn in zip_longest(*ways) for one in turn if one is not None)
    return _new(chain(through, turns), most, tried)


def _own_modules(witness: Witness) -> list[str]:
    """Return names by which the sink's module may be known: all of a package may be let through."""
    if witness.sink_path is None:
        return []
    parts = PurePosixPath(witness.sink_path).with_suffix("").parts
    return [".".join(parts[start:]) for start in range(len(parts)) if start < _MOST_ROOTS]


def _through(parent: Stimulus, modules: Sequence[str]) -> Iterator[Stimulus]:
    for place in range(len(parent.inputs)):
        for number, text in enumerate(calling(parent.inputs[place].text, modules), start=1):
            yield from _changed(parent, f"called-through-{number}-{place + 1}", place, text)


def _new(
    stimuli: Iterable[Stimulus], most: int, tried: set[tuple[Input, ...]]
) -> tuple[Stimulus, ...]:
    made: list[Stimulus] = []
    for one in stimuli:
        if len(made) >= most:
            break
        if one.inputs not in tried:
            tried.add(one.inputs)
            made.append(one)
    return tuple(made)


def _meeting(parent: Stimulus, asked: Conditions) -> Iterator[Stimulus]:
    """Yield the stimulus with one of its inputs changed to meet conditions, all at once first."""
    ends = [
        (before, behind) for before in ("", *asked.prefixes) for behind in ("", *asked.suffixes)
    ]
    for place in range(len(parent.inputs)):
        text = parent.inputs[place].text
        key = f"-{place + 1}"
        for number, (before, behind) in enumerate(reversed(ends), start=1):
            for length in reversed((0, *asked.lengths)):
                for way, filled in _filled(text, length):
                    how = f"as-asked-{number}-{length}{way}{key}"
                    yield from _changed(parent, how, place, before, filled, behind)


def _filled(text: str, length: int) -> Iterator[tuple[str, str]]:
    """Yield the text made longer than a length, in ways that do not change what it means.

    One that is longer as it is gets cut down to the first sign that means something, too.
    """
    missing = length + 1 - len(text)
    if not length or missing <= 0:
        yield "", text
        sign = next((one for one in text if one in _SIGNS), None)
        if length and sign is not None:
            yield "-short", f"{sign}{{canary}}"
        return
    yield "-blanks", text + " " * missing
    yield "-letters", "a" * missing + text
    if "../" in text:
        yield "-dots", "./" * (missing // 2 + 1) + text


def _ordered(witness: Witness, stimuli: Iterator[Stimulus]) -> list[Stimulus]:
    return sorted(stimuli, key=lambda one: (rank(witness.fingerprint, one), one.name))


def _at_ends(parent: Stimulus, spelled: Sequence[str]) -> Iterator[Stimulus]:
    """Yield the stimulus with a word before or behind one of its inputs: what most checks ask."""
    for name, word, place in _places(parent, spelled):
        text = parent.inputs[place].text
        yield from _changed(parent, f"word-before-{name}", place, word, text)
        yield from _changed(parent, f"word-behind-{name}", place, text, word)


def _within(parent: Stimulus, spelled: Sequence[str]) -> Iterator[Stimulus]:
    """Yield the stimulus with a word joined to one of its inputs in some other way."""
    for name, word, place in _places(parent, spelled):
        text = parent.inputs[place].text
        half = len(word) // 2
        yield from _changed(parent, f"word-and-slash-before-{name}", place, f"{word}/", text)
        yield from _changed(parent, f"word-and-line-before-{name}", place, f"{word}\n", text)
        yield from _changed(parent, f"word-in-comment-{name}", place, text, f"#{word}")
        yield from _changed(parent, f"word-behind-slash-{name}", place, text, f"/{word}")
        yield from _changed(parent, f"without-word-{name}", place, text.replace(word, ""))
        nested = word[:half] + word + word[half:]
        yield from _changed(parent, f"word-in-word-{name}", place, text.replace(word, nested))


def _places(parent: Stimulus, spelled: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """Yield each word with each input: a name for the two, the word, the input's index."""
    for place in range(len(parent.inputs)):
        for number, word in enumerate(spelled):
            # What looks like a placeholder in a constant of the patch is none of ours.
            text = word.replace("{", "").replace("}", "")
            if text:
                yield f"{number + 1}-{place + 1}", text, place


def _changed(parent: Stimulus, how: str, place: int, *parts: str) -> Iterator[Stimulus]:
    """Yield the stimulus with texts one behind the other as one of its inputs.

    Of an archive the names of its members are put between the others.
    """
    value = parent.inputs[place]
    text: str | None = "".join(parts)
    if is_archive(value.text):
        if value.text not in parts:
            return
        at = parts.index(value.text)
        before, behind = "".join(parts[:at]), "".join(parts[at + 1 :])
        text = repacked(value.text, lambda name: before + name + behind)
    if text is not None and text != value.text and len(text) <= longest(text):
        inputs = (
            *parent.inputs[:place],
            replace(value, text=text),
            *parent.inputs[place + 1 :],
        )
        yield replace(parent, name=f"{parent.name}-{how}", inputs=inputs)


def _constants(text: str) -> Iterator[str]:
    """Yield the texts that stand between quotes in a piece of Python, which need not be whole."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.STRING:
                value = literal_eval(token.string)
                if isinstance(value, bytes):
                    yield value.decode("latin-1")
                elif isinstance(value, str):
                    yield value
    except (tokenize.TokenError, SyntaxError, ValueError):
        return
