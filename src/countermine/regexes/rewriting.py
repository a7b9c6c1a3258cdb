"""Other ways to write an expression, of which some mean the same and cost less.

Each is a guess by the shape of what stands there; whoever asks has to compare what it matches.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

from countermine.regexes.signs import Signs, inside_class
from countermine.regexes.spelled import (
    ONCE,
    Bracket,
    Part,
    Row,
    Sign,
    Times,
    Ways,
    plain,
    what_text,
)

Rule = Callable[[Signs, Row], Iterator[Row]]


def rewritings(ways: Ways, flags: int) -> Iterator[Ways]:
    """Yield other spellings of an expression, those that change least first."""
    signs = Signs(flags, {})
    for rule in _RULES:
        yield from _everywhere(signs, ways, rule)
    yield from _in_brackets(signs, ways, _of_ways)
    for what in _subtrahends(signs, ways):
        yield from _everywhere(signs, ways, lambda s, row, w=what: _without(s, row, w))  # type: ignore[misc]  # the default binds the loop's
    yield from _at_start(signs, ways)


def tidied(ways: Ways, flags: int) -> Iterator[Ways]:
    """Yield spellings of an expression without a bracket that holds one part."""
    return _everywhere(Signs(flags, {}), ways, _unheld)


def _everywhere(signs: Signs, ways: Ways, rule: Rule) -> Iterator[Ways]:
    def of_ways(signs: Signs, ways: Ways) -> Iterator[Ways]:
        for at, row in enumerate(ways):
            for changed in rule(signs, row):
                yield (*ways[:at], changed, *ways[at + 1 :])

    yield from _in_brackets(signs, ways, of_ways)


def _in_brackets(
    signs: Signs, ways: Ways, rule: Callable[[Signs, Ways], Iterator[Ways]]
) -> Iterator[Ways]:
    """Yield what a rule makes of the ways, and of those of each bracket."""
    yield from rule(signs, ways)
    for at, row in enumerate(ways):
        for place, part in enumerate(row):
            if isinstance(part.what, Bracket):
                for inner in _in_brackets(signs, part.what.ways, rule):
                    what = replace(part.what, ways=inner)
                    changed = (*row[:place], replace(part, what=what), *row[place + 1 :])
                    yield (*ways[:at], changed, *ways[at + 1 :])


def _times(part: Part, least: int, most: int | None) -> Part:
    return replace(part, times=replace(part.times, least=least, most=most), spelled=None)


def _row(what: Sign | Bracket) -> Row:
    """Return what is in a bracket that only holds together, if it has one way."""
    if isinstance(what, Bracket) and what.is_plain and len(what.ways) == 1:
        return what.ways[0]
    return (Part(what=what),)


def _unheld(_: Signs, row: Row) -> Iterator[Row]:
    """``(?:a)*`` -> ``a*``."""
    for at, part in enumerate(row):
        inside = _row(part.what)
        if isinstance(part.what, Bracket) and len(inside) == 1 and inside[0].times == ONCE:
            yield (*row[:at], replace(part, what=inside[0].what), *row[at + 1 :])


def _flattened(_: Signs, row: Row) -> Iterator[Row]:
    """``(?:a+)+`` -> ``a+``, ``(a+)+`` -> ``(a+)``."""
    for at, part in enumerate(row):
        what = part.what
        if not isinstance(what, Bracket) or not part.times.is_loop or len(what.ways) != 1:
            continue
        inside = what.ways[0]
        if len(inside) != 1 or not (inside[0].times.is_loop or inside[0].times.least == 0):
            continue
        inner = inside[0]
        least = min(part.times.least, 1) * inner.times.least
        if what.is_plain:
            yield (*row[:at], _times(inner, least, None), *row[at + 1 :])
        elif what.captures:
            for once in (ONCE, Times(least=0)):
                kept = Bracket(opening=what.opening, ways=((_times(inner, least, None),),))
                yield (*row[:at], Part(what=kept, times=once, before=part.before), *row[at + 1 :])


def _joined(_: Signs, row: Row) -> Iterator[Row]:
    r"""``\s*\s*`` -> ``\s*``, ``a+a+`` -> ``a{2,}``, ``\d*\w*`` -> ``\w*``."""
    for at, (one, two) in enumerate(pairwise(row)):
        if not (one.times.is_loop or two.times.is_loop):
            continue
        if what_text(one.what) == what_text(two.what):
            least = one.times.least + two.times.least
            kept = one if one.times.is_loop else two
            yield (*row[:at], replace(_times(kept, least, None), before=one.before), *row[at + 2 :])
    for at, part in enumerate(row):
        if not part.times.is_loop:
            continue
        # Its rounds can be read by what stands beside it, or by a loop around it.
        least = part.times.least
        fewer = _unwrapped(_times(part, least, least)) if least else ()
        yield (*row[:at], *fewer, *row[at + 1 :])
        yield (*row[:at], _times(part, 0, 1) if not least else part, *row[at + 1 :])


def _optional_between(_: Signs, row: Row) -> Iterator[Row]:
    r"""``\s*,?\s*`` -> ``\s*(?:,\s*)?``; ``\d*\.?\d+`` -> ``(?:\d*\.)?\d+``."""
    for at, (one, two, three) in enumerate(zip(row, row[1:], row[2:], strict=False)):
        if not (one.times.is_loop and three.times.is_loop):
            continue
        if two.times.least or two.times.most != 1:
            continue
        before, behind = row[:at], row[at + 3 :]
        asked = replace(two.times, mode=two.times.mode)
        once = replace(two, times=ONCE, spelled="")
        least = one.times.least + three.times.least
        # The blanks of one side are those of both where what is between is not there.
        if not three.times.least:
            later = Part(what=plain((*_unwrapped(once), three)), times=asked)
            yield (*before, _times(one, least, None), later, *behind)
        if not one.times.least:
            sooner = Part(what=plain((one, *_unwrapped(once))), times=asked)
            yield (*before, sooner, three, *behind)
        if one.times.least and three.times.least:
            sooner = Part(what=plain((_times(one, 0, None), *_unwrapped(once))), times=asked)
            first = _times(one, one.times.least, one.times.least)
            yield (*before, first, sooner, three, *behind)


def _unwrapped(part: Part) -> Row:
    """Return what is in a bracket that would stand in another one for nothing."""
    return _row(part.what) if part.times == ONCE and not part.before else (part,)


def _same_ends(_: Signs, row: Row) -> Iterator[Row]:
    r"""``(?:\s*a\s*)+`` -> ``\s*(?:a\s*)+``."""
    for at, part in enumerate(row):
        what = part.what
        if not part.times.is_loop or not isinstance(what, Bracket) or not what.is_plain:
            continue
        if len(what.ways) != 1 or len(what.ways[0]) < 3:  # noqa: PLR2004 - ends and a middle
            continue
        first, *middle, last = what.ways[0]
        if what_text(first.what) != what_text(last.what):
            continue
        if not (first.times.is_loop and last.times.is_loop):
            continue
        again = Times(least=1, most=None, mode=part.times.mode)
        if not last.times.least:
            rounds = (Part(what=plain((first, *middle)), times=again), last)
        elif not first.times.least:
            rounds = (first, Part(what=plain((*middle, last)), times=again))
        else:
            continue
        whole = rounds if part.times.least else (Part(what=plain(rounds), times=Times(least=0)),)
        yield (*row[:at], *whole, *row[at + 1 :])


def _all_optional(_: Signs, row: Row) -> Iterator[Row]:
    """``(?:a*b?)*`` -> ``(?:a|b)*``; what a loop reads once it need not read again: ``?``."""
    for at, part in enumerate(row):
        what = part.what
        if not part.times.is_loop or not isinstance(what, Bracket):
            continue
        if what.is_plain and len(what.ways) == 1 and len(what.ways[0]) > 1:
            inside = what.ways[0]
            if not any(one.times.least for one in inside):
                ways = tuple((replace(one, times=ONCE, spelled=""),) for one in inside)
                inner = Bracket(opening="(?:", ways=ways)
                yield (*row[:at], _times(replace(part, what=inner), 0, None), *row[at + 1 :])
        once = Times(least=min(part.times.least, 1), mode=part.times.mode)
        if once.least:
            yield (*row[:at], *_unwrapped(replace(part, times=ONCE, spelled="")), *row[at + 1 :])
        else:
            yield (*row[:at], replace(part, times=once, spelled=None), *row[at + 1 :])


def _trimmed(signs: Signs, row: Row) -> Iterator[Row]:
    r"""``(.*?)\s*=`` -> ``((?:\s*[^\s=])*)\s*=``: what is trimmed ends with what is not a blank."""
    for at, (one, blank) in enumerate(pairwise(row)):
        inside = _held(one)
        if not isinstance(inside.what, Sign) or not isinstance(blank.what, Sign):
            continue
        if inside.times.mode != "?" or not inside.times.is_loop or not blank.times.is_loop:
            continue
        if inside.times.least > 1:
            continue
        first = (Part(what=inside.what),) if inside.times.least else ()
        for words in _words(signs, inside.what, blank.what, list(signs.first(row[at + 2 :]))):
            for mode in ("", "?"):
                rounds = Part(what=words, times=Times(least=0, most=None, mode=mode))
                yield (*row[:at], *_put(one, (*first, rounds)), *row[at + 1 :])


def _held(part: Part) -> Part:
    """Return the one part in a bracket that stands there once; any other part as it is."""
    what = part.what
    if isinstance(what, Bracket) and part.times == ONCE and len(what.ways) == 1:
        return what.ways[0][0] if len(what.ways[0]) == 1 else part
    return part


def _put(part: Part, row: Row) -> Row:
    """Return a row in the bracket that a part is, or in the place of the part."""
    if isinstance(part.what, Bracket):
        return (replace(part, what=replace(part.what, ways=(row,))),)
    return row


def _words(signs: Signs, any_: Sign, blank: Sign, ends: list[Sign]) -> Iterator[Bracket]:
    """Yield what reads blanks and one that is none, for blanks of a set."""
    mine, other = signs.read(any_), signs.read(blank)
    if mine is None or other is None:
        return
    between: str | None = blank.text
    if (other & mine.complement()).ranges:
        between = signs.difference(blank.text, "\\n")
    for taken in ((blank, *ends), (blank,)):
        solid: str | None = any_.text
        for one in taken:
            solid = None if solid is None else signs.difference(solid, one.text)
        if solid is not None and between is not None:
            spaces = Part(what=Sign(text=between), times=Times(least=0, most=None))
            yield plain((spaces, Part(what=Sign(text=solid))))


def _behind(signs: Signs, row: Row) -> Iterator[Row]:
    r"""``.*\s*`` -> ``.*(?:\n\s*)?``: the second begins with what the first does not read."""
    for at, (one, two) in enumerate(pairwise(row)):
        inside = _held(two)
        if not isinstance(one.what, Sign) or not isinstance(inside.what, Sign):
            continue
        if not one.times.is_loop or inside.times.least or not inside.times.is_loop:
            continue
        first = signs.difference(inside.what.text, one.what.text)
        if first is not None:
            begun = plain((Part(what=Sign(text=first)), inside))
            new = Part(what=begun, times=Times(least=0, mode=inside.times.mode))
            yield (*row[: at + 1], *_put(two, (new,)), *row[at + 2 :])


def _of_ways(_: Signs, ways: Ways) -> Iterator[Ways]:
    """Yield ways without one of them, in one class, or with their common beginning before them."""
    if len(ways) == 1:
        return
    for at in range(len(ways)):
        yield (*ways[:at], *ways[at + 1 :])
    singles = [way for way in ways if len(way) == 1 and way[0].times == ONCE]
    known = [way[0].what for way in singles]
    texts = [inside_class(one.text) for one in known if isinstance(one, Sign)]
    wanted = [one for one in texts if one is not None]
    if len(wanted) > 1 and len(wanted) == len(singles) == len(ways):
        yield ((Part(what=Sign(text=f"[{''.join(dict.fromkeys(wanted))}]")),),)
    for at, (one, two) in enumerate(pairwise(ways)):
        if one and two and one[0] == two[0]:
            rest = (one[1:], two[1:])
            yield (*ways[:at], (one[0], *_either(rest)), *ways[at + 2 :])
        if one and two and one[-1] == two[-1]:
            yield (*ways[:at], (*_either((one[:-1], two[:-1])), one[-1]), *ways[at + 2 :])


def _either(rest: tuple[Row, Row]) -> Row:
    one, two = rest
    if not one and not two:
        return ()
    if not two:
        return (Part(what=plain(one), times=Times(least=0)),)
    if not one:
        return (Part(what=plain(two), times=Times(least=0, mode="?")),)
    return (Part(what=plain(one, two)),)


def _subtrahends(signs: Signs, ways: Ways) -> list[Sign]:
    """Return the different signs of an expression that could be taken from a set."""
    found: dict[str, Sign] = {}

    def collect(ways: Ways) -> None:
        for row in ways:
            for part in row:
                if isinstance(part.what, Bracket):
                    collect(part.what.ways)
                elif signs.read(part.what) is not None and inside_class(part.what.text):
                    found.setdefault(part.what.text, part.what)

    collect(ways)
    return list(found.values())


def _without(signs: Signs, row: Row, what: Sign) -> Iterator[Row]:
    r"""``[^"]`` -> ``[^"\\]``, ``.`` -> ``[^\n,]``."""
    for at, part in enumerate(row):
        if isinstance(part.what, Bracket) or part.what.text == what.text:
            continue
        text = signs.difference(part.what.text, what.text)
        if text is not None:
            yield (*row[:at], replace(part, what=Sign(text=text)), *row[at + 1 :])


def _at_start(signs: Signs, ways: Ways) -> Iterator[Ways]:
    r"""``\s+$`` -> ``(?<!\s)\s+$``: a match that may begin anywhere begins with all of a run."""
    for at, row in enumerate(ways):
        if not row:
            continue
        first, *rest = row
        if isinstance(first.what, Bracket):
            if (first.what.is_plain or first.what.captures) and not first.times.is_loop:
                for inner in _at_start(signs, first.what.ways):
                    what = replace(first.what, ways=inner)
                    yield (*ways[:at], (replace(first, what=what), *rest), *ways[at + 1 :])
            continue
        if not first.times.is_loop or signs.read(first.what) is None:
            continue
        behind = Bracket(opening="(?<!", ways=((Part(what=first.what),),))
        look = Part(what=behind, before=first.before)
        if first.times.least:
            new: Row = (look, replace(first, before=""))
        else:
            some = replace(_times(first, 1, None), before="")
            new = (Part(what=plain((look, some)), times=Times(least=0, mode=first.times.mode)),)
        yield (*ways[:at], (*new, *rest), *ways[at + 1 :])


_RULES: tuple[Rule, ...] = (
    _unheld, _flattened, _joined, _optional_between, _same_ends, _all_optional, _trimmed, _behind,
)  # fmt: skip
