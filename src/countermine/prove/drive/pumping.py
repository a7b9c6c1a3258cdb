"""What makes a regular expression slow, and whether it did: counted in steps, never by a clock."""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log

from countermine.core.findings import Finding
from countermine.core.spans import TreePath
from countermine.core.witnesses import (
    Effect,
    Event,
    NoWitness,
    Observation,
    Shown,
    Stimulus,
    Unclear,
    Witness,
)
from countermine.prove.drive.constant_text import constant_text, name_of
from countermine.prove.drive.making import Plan, witness
from countermine.prove.drive.payloads import PROBE, Payload
from countermine.prove.drive.readers import reader, with_text
from countermine.prove.drive.separators import is_made_inside, separators
from countermine.prove.drive.silence import judged, place
from countermine.regexes.cost import Cost, Growth, Use, cost, further_costs
from countermine.regexes.matcher import steps
from countermine.regexes.program import program
from countermine.regexes.samples import fitting
from countermine.regexes.tree import At, UnreadableError, read
from countermine.regexes.tree import Sequence as InTurn

WANTED_STEPS = 60_000
"""An attack is as long as it takes to cost so many, which is a moment for Python's matcher."""
SLOW_STEPS = 600_000_000
"""Of Python's own matcher: some seconds."""
BOUND = 150_000
MOST_TIMES = 2048
LEAST_STEPS = 5_000
RATIO = 3.2
"""Half the pumps must cost less than this part: squares come near four, doublings far above."""
_USES = {"match": Use.MATCH, "fullmatch": Use.FULL}
_FLAGS_AT = {"compile": 1, "split": 3, "sub": 4, "subn": 4}
_MAX_PERIOD = 40
TAKE_APART = frozenset("#?&;,/\\|=")
"""Signs at which programs take a text apart before they look at its parts."""
_HELD_TOGETHER = '[]%"<>(){}^~`*$!:'
_MOST_ENDINGS = 2
_TRIED = 64
"""Pumps with which endings are compared."""
LEAST_TIMES = 8
"""What a proposed text holds less often is no repetition."""
MAX_TEXT = 4_000
"""Characters of a proposed text that are looked at."""
FITTING_TEXTS = 40
"""Texts of the legitimate use that the expression matches, or nearly matches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An expression as the source has it."""

    pattern: str
    flags: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpedMaker:
    """Hands in what the expression reads in many ways, and counts the steps of each match."""

    def make(self, finding: Finding, texts: Mapping[TreePath, bytes]) -> Witness | NoWitness:
        """Return the witness for a finding."""
        found = written(finding, texts)
        if found is None:
            return NoWitness(reason="the expression is not written out where it is found")
        finding = _driven(finding, texts)
        attacks = _attacks(found)
        if not attacks:
            return NoWitness(reason="no text is known that the expression is slow with")
        likely = ("1", f"{PROBE}@{PROBE}.test", *_fitting(found))
        controls = [Payload(name="word", text=PROBE, alternatives=likely)]
        for at, sign in enumerate(separators(finding.entry, texts)):
            before = f"{PROBE}{sign} "
            attacks.append(_behind(attacks[0], f"behind-{at}", before))
            fitting_there = (*(before + one for one in likely), PROBE, *likely)
            controls.append(_behind(controls[0], f"behind-{at}", before, fitting_there))
        return witness(finding, texts, Plan(attacks=attacks, controls=controls))

    def judge(
        self,
        witness: Witness,  # noqa: ARG002 - any expression that the text reaches counts
        stimulus: Stimulus,
        seen: Observation,
        benign: Observation,
    ) -> Effect:
        """Say whether a match cost more than the length of the text accounts for."""
        pump, times = pump_of(stimulus)
        for event in seen.events:
            if event.name == "regex" and pump:
                counted = _counts(event, pump, times)
                if counted is not None:
                    return Shown(evidence=f"{counted} {place(event)}")
        if not any(event.name == "regex" for event in (*seen.events, *benign.events)):
            return judged_unclear(seen)
        return judged(None, seen, benign)


def _driven(finding: Finding, texts: Mapping[TreePath, bytes]) -> Finding:
    """Return the finding with a way in, that has a name to call it by."""
    entry = finding.entry
    if entry is not None and not is_made_inside(texts.get(entry.path, b""), entry.qualname):
        return replace(finding, entry=with_text(entry, texts))
    found = reader(finding, texts)
    return finding if found is None else replace(finding, entry=found)


def _behind(
    payload: Payload, name: str, before: str, alternatives: tuple[str, ...] = ()
) -> Payload:
    """Return a payload whose text stands behind what the entry point looks for first."""
    return replace(
        payload,
        name=f"{name}-{payload.name}",
        text=before + payload.text,
        alternatives=alternatives,
    )


def _fitting(found: Written) -> tuple[str, ...]:
    """Return texts that the expression matches, as what the target is made for."""
    try:
        return fitting(read(found.pattern, found.flags, exact=True), FITTING_TEXTS)
    except (UnreadableError, RecursionError):
        return ()


def judged_unclear(seen: Observation) -> Unclear:
    """Return that nothing can be said where no match was seen at all."""
    return Unclear(reason=f"no match was seen in {seen.stimulus!r}")


def _attacks(found: Written) -> list[Payload]:
    """Return texts that the expression is slow with: the worst in several forms, then others."""
    worst, others = slow_uses(found)
    made = [payload for one in worst for payload in _payloads(found, *one)]
    made += [_payload(found, *one, f"{at}-other") for at, one in enumerate(others)]
    elsewhere = (one for use, most in worst[:1] for one in _ended_elsewhere(found, use, most))
    made += [_payload(found, *one, f"{at}-ended-{at}") for at, one in enumerate(elsewhere)]
    return made


def _ended_elsewhere(found: Written, use: Use, worst: Cost) -> list[tuple[Use, Cost]]:
    """Return the cost with endings that nothing takes the text apart at before the match.

    An address ends at ``#`` or ``?``, a header's value at ``;``: an attack with such an ending
    arrives without it, and then matches at once.
    """
    if worst.ending not in TAKE_APART:
        return []
    wanted = (_steps(found.pattern, found.flags, use, worst.text(_TRIED), BOUND) or 0) / 2
    others = [replace(worst, ending=one) for one in _HELD_TOGETHER]
    slow = [
        one
        for one in others
        if (_steps(found.pattern, found.flags, use, one.text(_TRIED), BOUND) or 0) >= wanted > 0
    ]
    return [(use, one) for one in slow[:_MOST_ENDINGS]]


def slow_uses(found: Written) -> tuple[list[tuple[Use, Cost]], list[tuple[Use, Cost]]]:
    """Return what costs most in each use that is not cheap, and what else costs much."""
    worst: dict[str, tuple[Use, Cost]] = {}
    for use in Use:
        one = cost(found.pattern, found.flags, use)
        if one.growth in {Growth.EXPONENTIAL, Growth.POLYNOMIAL}:
            worst.setdefault(one.text(2), (use, one))
    others: dict[str, tuple[Use, Cost]] = {}
    for use in list(dict.fromkeys(use for use, _ in worst.values()))[:1]:
        for one in further_costs(found.pattern, found.flags, use):
            others.setdefault(one.text(2), (use, one))
    return list(worst.values()), [one for text, one in others.items() if text not in worst]


def _payloads(found: Written, use: Use, worst: Cost) -> Sequence[Payload]:
    around = (("", ""), ("", "\n"), (f"{PROBE} ", ""), ("", f" {PROBE}"), ("", "!"), ("", "\x00"))
    plain = _payload(found, use, worst, "0")
    name = plain.name.removeprefix(f"{use.value}-0-")
    return [
        Payload(name=f"{use.value}-{at}-{name}", text=before + plain.text + after)
        for at, (before, after) in enumerate(around)
    ]


def _payload(found: Written, use: Use, worst: Cost, name: str) -> Payload:
    times = enough(found, use, worst)
    slow = slow_times(found, use, worst, times)
    return Payload(name=f"{use.value}-{name}-pumped-{times}-of-{slow}", text=worst.text(times))


def enough(found: Written, use: Use, worst: Cost, wanted: int = WANTED_STEPS) -> int:
    """Return how many pumps cost about as many steps as are wanted."""
    times = 4 if worst.growth is Growth.EXPONENTIAL else 8
    while times < MOST_TIMES:
        counted = _steps(found.pattern, found.flags, use, worst.text(times), wanted)
        if counted is None or counted >= wanted:
            break
        times = times + 1 if worst.growth is Growth.EXPONENTIAL else times * 2
    return times


def slow_times(found: Written, use: Use, worst: Cost, times: int) -> int:
    """Return how many pumps take Python's matcher some seconds, by how the steps grow."""
    pattern, flags = found.pattern, found.flags
    back = min(4, times // 2)
    less = times - back if worst.growth is Growth.EXPONENTIAL else times // 2
    few, many = (
        _steps(pattern, flags, use, worst.text(each), 4 * WANTED_STEPS) or 1
        for each in (less, times)
    )
    growth = max(many / few, 1.5)
    further = log(SLOW_STEPS / many) / log(growth)
    if worst.growth is Growth.EXPONENTIAL:
        return times + round(back * further)
    return round(times * 2**further)


@lru_cache(maxsize=256)
def _steps(pattern: str, flags: int, use: Use, text: str, bound: int) -> int | None:
    """Return what a match costs, ``None`` for an expression that is not read here."""
    try:
        tree = read(pattern, flags)
        if use is Use.FULL:
            tree = InTurn((tree, At("last-end")))
        return steps(program(tree), text, searches=use is Use.SEARCH, bound=bound)
    except (UnreadableError, RecursionError):
        return None


def pump_of(stimulus: Stimulus) -> tuple[str, int]:
    """Return what an attack repeats, and how often.

    Of a text that somebody proposed it is what makes up the longest stretch of it.
    """
    if not stimulus.inputs:
        return "", 0
    text = stimulus.inputs[0].text
    number = re.search(r"-pumped-(\d+)", stimulus.name)
    if number is None:
        return _longest_run(text[:MAX_TEXT])
    times = int(number[1])
    # A pump of two signs that are alike holds a run of one sign as often: the longest is meant.
    for period in range(_MAX_PERIOD - 1, 0, -1):
        for start in range(len(text) - period * times + 1):
            pump = text[start : start + period]
            if text.startswith(pump * times, start):
                return pump, times
    return "", 0


def _longest_run(text: str) -> tuple[str, int]:
    """Return the short text that is repeated over the longest stretch, and how often it is."""
    best = ("", 0)
    for period in range(1, _MAX_PERIOD):
        alike = 0
        for at in range(period, len(text)):
            alike = alike + 1 if text[at] == text[at - period] else 0
            times = alike // period + 1
            if times >= LEAST_TIMES and times * period > len(best[0]) * best[1]:
                start = at + 1 - period * times
                best = (text[start : start + period], times)
    return best


def _counts(event: Event, pump: str, times: int) -> str | None:
    """Say how the steps of a match grow with the pumps that reached it, if too fast."""
    text, flags = event.get("text") or "", int(event.get("flags") or 0)
    reached = next((n for n in range(times, times // 2, -1) if pump * n in text), 0)
    if not reached:
        return None
    use = _USES.get(event.get("method") or "", Use.SEARCH)
    pattern = event.get("pattern") or ""
    half = text.replace(pump * reached, pump * (reached // 2), 1)
    full = _steps(pattern, flags, use, text, BOUND)
    less = _steps(pattern, flags, use, half, BOUND)
    while full is not None and less is not None and reached > 1:
        if full < BOUND or (less < BOUND and full >= RATIO * less):
            break
        # More than is counted, so that the two say nothing of how it grows: fewer pumps tell.
        text, full, reached = half, less, reached // 2
        half = text.replace(pump * reached, pump * (reached // 2), 1)
        less = _steps(pattern, flags, use, half, BOUND)
    if full is None or less is None or full < LEAST_STEPS or full < RATIO * less:
        return None
    most = "more than " if full >= BOUND else ""
    return (
        f"a text of {len(text)} characters took {most}{full} steps, one of {len(half)} took {less}"
    )


def written(finding: Finding, texts: Mapping[TreePath, bytes]) -> Written | None:
    """Return the expression of a finding, where the source has it in so many words."""
    source = texts.get(finding.location.path, b"")
    span = finding.location
    try:
        module = ast.parse(source)
        text = source[span.start_byte : span.end_byte]
        call = ast.parse(b"(" + text + b"\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        return None
    names = {**imported(module, finding.location.path, texts), **assigned(module)}
    if isinstance(call, ast.Constant) and isinstance(call.value, str):
        return Written(pattern=call.value, flags=_later_flags(module, names))
    return written_by(call, names) if isinstance(call, ast.Call) else None


def _later_flags(module: ast.Module, names: Mapping[str, ast.expr]) -> int:
    """Return the flags with which a module compiles what it does not write out there."""
    calls = (node for node in ast.walk(module) if isinstance(node, ast.Call))
    for call in calls:
        pattern, *given = call.args or (call,)
        if name_of(call.func) == "compile" and given and constant_text(pattern, names) is None:
            return _flags(given[0], names) or 0
    return 0


def assigned(module: ast.Module) -> dict[str, ast.expr]:
    """Return what names and attributes of the module's classes are given, where it is once."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                name = getattr(target, "id", getattr(target, "attr", None))
                if name is not None:
                    found.setdefault(name, []).append(node.value)
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def imported(
    module: ast.Module, path: TreePath, texts: Mapping[TreePath, bytes]
) -> dict[str, ast.expr]:
    """Return what names and attributes are given in the modules that a module imports.

    Programs that use many expressions keep them in a module of their own.
    """
    found: dict[str, ast.expr] = {}
    for node in module.body:
        for name in _modules(node):
            file = name.replace(".", "/") + ".py"
            known = [one for one in texts if one == file or one.endswith("/" + file)]
            for one in known if len(known) == 1 and known != [path] else ():
                try:
                    found |= assigned(ast.parse(texts[one]))
                except (SyntaxError, ValueError, RecursionError):
                    continue
    return found


def _modules(node: ast.stmt) -> list[str]:
    """Return the names of modules that a statement may import, without the dots in front."""
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    before = f"{node.module}." if node.module else ""
    return [*([node.module] if node.module else []), *(before + one.name for one in node.names)]


def written_by(call: ast.Call, names: Mapping[str, ast.expr], depth: int = 3) -> Written | None:
    """Return the expression of a call of ``re``, or of a method of a compiled one."""
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if isinstance(call.func, ast.Attribute) and name_of(call.func.value) != "re" and depth:
        # A method of a compiled expression.
        owner = names.get(name_of(call.func.value))
        return written_by(owner, names, depth - 1) if isinstance(owner, ast.Call) else None
    pattern = constant_text(call.args[0], names) if call.args else None
    if pattern is None:
        return None
    at = _FLAGS_AT.get(method, 2 if method in {"match", "search", "fullmatch"} else 1)
    at = 2 if method in {"findall", "finditer"} else at
    given = call.args[at] if len(call.args) > at else None
    given = next((one.value for one in call.keywords if one.arg == "flags"), given)
    flags = 0 if given is None else _flags(given, names)
    return None if flags is None else Written(pattern=pattern, flags=flags)


def _flags(node: ast.expr, names: Mapping[str, ast.expr], depth: int = 8) -> int | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr) and depth:
        left, right = (_flags(side, names, depth - 1) for side in (node.left, node.right))
        return None if left is None or right is None else left | right
    known = getattr(re, name_of(node), None)
    if isinstance(known, re.RegexFlag):
        return int(known)
    other = names.get(name_of(node))
    return None if other is None or not depth else _flags(other, names, depth - 1)
