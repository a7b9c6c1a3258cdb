"""Texts for an expression: such as it matches, and such as cost it much, made anew from itself.

A patch that writes an expression in another way is attacked by what that one reads in many ways,
not only by what the old one did, and is compared with the old one by texts that it matches.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

from countermine.core.spans import TreePath
from countermine.core.witnesses import Stimulus
from countermine.prove.drive.pumping import Written, assigned, written_by
from countermine.regexes.ambiguity import attacks
from countermine.regexes.automaton import automaton
from countermine.regexes.cost import Use, cost
from countermine.regexes.samples import members
from countermine.regexes.tree import UnreadableError, read, repeats

MOST_FRESH = 8
"""Texts for one expression."""
_TIMES = 256
_LONGEST = 4000
_ENDINGS = ("\x00", "!", "")


def repumped(
    attack: Stimulus,
    before: Mapping[TreePath, bytes],
    after: Mapping[TreePath, bytes],
) -> tuple[Stimulus, ...]:
    """Return attacks like one, with texts for the expressions that a patch wrote or changed.

    Args:
        attack: One that showed the flaw: where the text goes in.
        before: The files that the patch touches, as they were.
        after: The same files with the patch.
    """
    if not attack.inputs:
        return ()
    known = {one for text in before.values() for one in expressions(text)}
    made = dict.fromkeys(one for path in sorted(after) for one in expressions(after[path]))
    texts = dict.fromkeys(text for one in made if one not in known for text in fresh(one))
    return tuple(
        replace(
            attack,
            name=f"fresh-{number}-pumped-{times}",
            inputs=(replace(attack.inputs[0], text=text), *attack.inputs[1:]),
        )
        for number, (text, times) in enumerate(texts, start=1)
    )


def expressions(source: bytes) -> list[Written]:
    """Return the expressions that a module hands to ``re`` in so many words."""
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return []
    names = assigned(module)
    calls = (node for node in ast.walk(module) if isinstance(node, ast.Call))
    found = (written_by(call, names) for call in calls if _is_of_re(call))
    return list(dict.fromkeys(one for one in found if one is not None))


def _is_of_re(call: ast.Call) -> bool:
    name = call.func
    if isinstance(name, ast.Attribute):
        return isinstance(name.value, ast.Name) and name.value.id == "re"
    return isinstance(name, ast.Name) and name.id == "compile"


def fresh(one: Written) -> list[tuple[str, int]]:
    """Return texts that an expression may be slow with, confirmed or not, and their pumps."""
    found: dict[tuple[str, int], None] = {}
    for use in Use:
        worst = cost(one.pattern, one.flags, use)
        if worst.pump:
            times = min(_TIMES, _LONGEST // len(worst.pump))
            found[worst.text(times), times] = None
        for text in _suspected(one, use):
            found[text] = None
    for text in _looped(one):
        found[text] = None
    return list(found)[:MOST_FRESH]


def _suspected(one: Written, use: Use) -> Iterator[tuple[str, int]]:
    try:
        machine = automaton(read(one.pattern, one.flags), searches=use is Use.SEARCH)
    except (UnreadableError, RecursionError):
        return
    for attack in islice(attacks(machine), 2):
        times = min(_TIMES, _LONGEST // len(attack.pump))
        for ending in _ENDINGS:
            yield attack.prefix + attack.pump * times + ending, times


def _looped(one: Written) -> Iterator[tuple[str, int]]:
    """Yield texts that go round each repetition many times and then do not match."""
    try:
        loops = [loop for loop in repeats(read(one.pattern, one.flags)) if loop.most is None]
    except UnreadableError:
        return
    for loop in loops:
        pump = next((text for text in members(loop.item, 1, tame=True) if text), "")
        times = min(_TIMES, _LONGEST // max(1, len(pump)))
        if pump:
            yield pump * times + _ENDINGS[0], times
