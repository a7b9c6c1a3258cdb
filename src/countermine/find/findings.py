"""What the walk reached, as findings: one for each defect, surest first."""

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from countermine.catalogue.schema import Part
from countermine.core.findings import Finding, FindingStatus, StepKind, TraceStep, WayIn
from countermine.core.levels import Confidence, SourceLevel
from countermine.core.spans import TreePath
from countermine.core.weakness import Fingerprint, WeaknessFacts
from countermine.find import telling
from countermine.find.entering import Entered, Entrances, span
from countermine.find.meaning import is_chosen_once, is_meant, is_place_of
from countermine.find.order import confidence, lowered
from countermine.find.rights import is_theirs_to_name
from countermine.find.written import written_at
from countermine.flow import sinks
from countermine.flow.doubt import BASED, is_doubted
from countermine.flow.engine import FlowEngine
from countermine.flow.frame import Flow
from countermine.flow.index import ModuleInfo
from countermine.flow.reached import Reached
from countermine.flow.values import BEHIND
from countermine.flow.walk import Walk

_WHOLE_LISTS = frozenset({Part.OPTION.value, sinks.ELEMENTS})
_CALLERS = frozenset({SourceLevel.API, SourceLevel.LOCAL})
"""Who hands over a whole list of arguments means them as such."""
HOPS_SEEN = 1
"""Calls between a public function and a sink that one expects to reach it."""
_AS_WRITTEN = frozenset({"html", "redirect", "header", "log", "attributes", "session"})
"""Kinds for which a value does harm only where it arrives as it was written."""
_PATHS = frozenset({"path", "archive"})
_OF_FOLDERS = frozenset({"rmtree", "removedirs"})
"""Calls that do harm to the folder that ``..`` is."""
MAKERS_KEPT = 12
"""Findings of one sink whose value several functions put together; more say that the helper is
at fault."""
WAYS_KEPT = 5
"""Further ways in that a finding lists."""
_Place: TypeAlias = tuple[str, int, int, str]
_Maker: TypeAlias = tuple[str, str] | None
_Way: TypeAlias = "tuple[tuple[object, ...], Reached, Entered]"


def _place_of(flow: Flow, facts: WeaknessFacts) -> _Place:
    return (flow.site.path, flow.site.start, flow.site.end, facts.id)


def _one_name(flow: Flow, entered: Entered) -> bool:
    """Tell whether a path is made from one name, that can only lead out as ``..``."""
    last = flow.site.name.rpartition(".")[2]
    return entered.held.one_segment and flow.sink.kind in _PATHS and last not in _OF_FOLDERS


def _is_based(reached: Reached) -> bool:
    """Tell whether something else in an address most likely names the host."""
    return reached.flow.sink.part is Part.HOST and BASED in reached.taint.neutral


def _is_far(reached: Reached, entered: Entered) -> bool:
    """Tell whether who calls a public function hardly sees that a value gets to the sink."""
    far = reached.turns > 0 or reached.hops > HOPS_SEEN
    return entered.level is SourceLevel.API and far


def _is_kept(reached: Reached) -> bool:
    """Tell whether a value is taken from the environment of a request, but not by a header's name.

    There the program keeps what it made itself, under names with a dot.
    """
    origin = reached.taint.origin
    if origin.owner is not None or not origin.key[3].endswith(".environ"):
        return False
    return origin.name is None or ("." in origin.name and not origin.name.startswith("wsgi."))


def _is_own(flow: Flow, entered: Entered) -> bool:
    """Tell whether a document is one that the program's owner wrote, as settings are."""
    return entered.level is SourceLevel.FILE and flow.sink.kind != "archive"


class FindingMaker:
    """Turns the flows of one walk into findings."""

    def __init__(
        self,
        engine: FlowEngine,
        weaknesses: Sequence[WeaknessFacts],
        levels: Iterable[SourceLevel],
    ) -> None:
        """Make findings of these weaknesses, from sources at these levels."""
        self._engine = engine
        self._facts: dict[str, WeaknessFacts] = {}
        for facts in weaknesses:
            for kind in facts.sink_kinds:
                self._facts.setdefault(kind, facts)
        self._levels = frozenset(levels)
        self._entrances = Entrances(engine)
        self._places: dict[tuple[str, int, bytes], list[int]] = {}

    def make(self, walk: Walk) -> list[Finding]:
        """Return the findings of a walk, one for each defect: what one patch would mend."""
        self._entrances.learn(walk)
        defects = self._defects(walk)
        found = [self._traced(ways) for ways in defects]
        by_itself = {
            _place_of(flow, self._facts[flow.sink.kind])
            for flow in walk.patterns
            if flow.sink.kind in self._facts
        }
        for at, ways in enumerate(defects):
            if ways[0][1].flow.site.told and self._place(ways[0][1].flow) in by_itself:
                found[at] = self._no_less(found[at])
        seen = {self._place(ways[0][1].flow) for ways in defects}
        for flow in walk.patterns:
            facts = self._facts.get(flow.sink.kind)
            if facts is not None and flow.site.counts and _place_of(flow, facts) not in seen:
                seen.add(_place_of(flow, facts))
                found.append(self._pattern(flow, facts))
        return found

    def _no_less(self, finding: Finding) -> Finding:
        """Return a finding as bad as it is by itself, where it is known how to get there."""
        facts = next(f for f in self._facts.values() if f.id == finding.weakness)
        sureness = max(finding.confidence, Confidence.MEDIUM, key=lambda one: one.rank)
        return replace(finding, severity=facts.severity, confidence=sureness)

    def _place(self, flow: Flow) -> _Place:
        return _place_of(flow, self._facts[flow.sink.kind])

    def _defects(self, walk: Walk) -> list[list[_Way]]:
        """Return the ways in to each defect, the best first."""
        fed: dict[tuple[_Place, int], dict[_Maker, list[_Way]]] = {}
        for reached in (*walk.from_sources, *(r for o in walk.open_flows.values() for r in o)):
            facts = self._facts.get(reached.flow.sink.kind)
            entered = None if facts is None else self._entrances.enter(reached)
            if facts is None or entered is None or not self._counts(reached, facts, entered):
                continue
            rank = (
                entered.level.rank, not reached.taint.sure or _is_based(reached), reached.hops,
                entered.entry.path, entered.entry.start_line, entered.entry.key or "",
            )  # fmt: skip
            place = (_place_of(reached.flow, facts), reached.flow.start)
            makers = fed.setdefault(place, {})
            makers.setdefault(reached.made, []).append((rank, reached, entered))
        return [ways for makers in fed.values() for ways in _kept(makers)]

    def _pattern(self, flow: Flow, facts: WeaknessFacts) -> Finding:
        note = flow.sink.note or facts.summary
        written = written_at(self._engine.project, flow)
        return Finding(
            weakness=facts.id,
            cwe=facts.cwe,
            location=span(flow.site.path, flow.site.start, flow.site.end),
            function=flow.site.qualname,
            sink=flow.site.name,
            sink_argument=span(flow.site.path, flow.start, flow.end),
            message=telling.sentence(
                f"{flow.site.name} in {telling.named(flow.site.qualname)}: {note}"
            ),
            severity=facts.severity,
            confidence=Confidence.MEDIUM if flow.sink.likely else Confidence.LOW,
            status=FindingStatus.SUSPECTED,
            trace=(*written, _used(flow)) if written else (),
            fingerprint=self._fingerprint(flow, facts),
            remedy=flow.sink.remedy,
        )

    def _traced(self, ways: Sequence[_Way]) -> Finding:
        _, reached, entered = ways[0]
        flow = reached.flow
        facts = self._facts[flow.sink.kind]
        trace = telling.trace(reached.taint.step, entered.first)
        written = written_at(self._engine.project, flow)
        trace = (*trace[:-1], *written, *trace[-1:])
        return Finding(
            weakness=facts.id,
            cwe=facts.cwe,
            location=span(flow.site.path, flow.site.start, flow.site.end),
            function=flow.site.qualname,
            sink=flow.site.name,
            sink_argument=span(flow.site.path, flow.start, flow.end),
            message=telling.message(flow, facts, entered),
            severity=lowered(facts.severity, entered.level),
            confidence=confidence(
                entered.level,
                sure=reached.taint.sure,
                likely=flow.sink.likely,
                doubted=is_doubted(reached.taint, flow.sink.kind),
                meant=is_meant(entered.entry, flow.sink.kind)
                or _is_based(reached)
                or (not reached.taint.sure and flow.sink.kind in _AS_WRITTEN)
                or _one_name(flow, entered)
                or _is_own(flow, entered)
                or _is_far(reached, entered)
                or _is_kept(reached)
                or is_theirs_to_name(self._engine.project, reached.taint, flow.sink.kind, trace),
            ),
            status=FindingStatus.TRACED,
            level=entered.level,
            trace=trace,
            entry=entered.entry,
            fingerprint=self._fingerprint(flow, facts),
            remedy=flow.sink.remedy,
            alternatives=_alternatives(ways),
        )

    def _counts(self, reached: Reached, facts: WeaknessFacts, entered: Entered) -> bool:
        level = entered.level
        unsure = reached.flow.sink.sure and not reached.taint.sure
        if unsure or level not in self._levels or not reached.flow.site.counts:
            return False
        sink = reached.flow.sink
        if sink.kind in entered.held.harmless or is_chosen_once(entered.entry, sink.kind):
            return False
        if (sink.levels and level not in sink.levels) or (
            sink.channels and entered.entry.channel not in sink.channels
        ):
            return False
        if reached.flow.pending in _WHOLE_LISTS and level in _CALLERS:
            return False
        if level in facts.levels:
            return True
        return level in facts.levels_behind_prefix and reached.taint.composed == BEHIND

    def _fingerprint(self, flow: Flow, facts: WeaknessFacts) -> Fingerprint:
        module = self._engine.project.module(TreePath(flow.site.path))
        last = flow.site.name.rpartition(".")[2].removesuffix("[]").encode()
        ordinal = self._ordinal(module, flow.site.start, last) if module and last else 0
        parts = [facts.id, flow.site.path, flow.site.qualname, flow.site.name, str(ordinal)]
        return Fingerprint(hashlib.sha256("\0".join(parts).encode()).hexdigest())

    def _ordinal(self, module: ModuleInfo, offset: int, word: bytes) -> int:
        """Return how often a word stands before an offset in the function around it."""
        place = bisect_right(module.functions, offset, key=lambda one: one.start) - 1
        around = module.functions[place] if place >= 0 else None
        if around is None or offset >= around.end:
            around = None
        start, end = (0, len(module.text)) if around is None else (around.start, around.end)
        key = (module.path, start, word)
        places = self._places.get(key)
        if places is None:
            word_alone = re.finditer(rb"\b" + re.escape(word) + rb"\b", module.text[start:end])
            places = self._places[key] = [match.start() for match in word_alone]
        return bisect_left(places, offset - start)


def _kept(makers: dict[_Maker, list[_Way]]) -> list[list[_Way]]:
    """Return the ways in to each defect at one argument of a sink, the best defect first.

    Who puts the value together is where it can be made safe: each such function is a defect.
    Where the value also comes from a source as it is, only the sink can be, and that mends all.
    That anyone may pass a value to a public function is no such source: it adds nothing
    where it is known who does.
    """
    whole = makers.get(None, [])
    sources = [way for way in whole if way[2].level is not SourceLevel.API]
    if sources:
        every = [way for ways in makers.values() for way in ways]
        return [sorted(every, key=lambda way: (*way[0], way[1].made or ("", "")))]
    ranked = sorted(
        (sorted(ways, key=lambda way: way[0]) for ways in makers.values()),
        key=lambda ways: (ways[0][0], ways[0][1].made or ("", "")),
    )
    if ranked[0][0][2].level is not SourceLevel.API:
        ranked = [ways for ways in ranked if ways[0][1].made is not None]
    return ranked[:MAKERS_KEPT]


def _used(flow: Flow) -> TraceStep:
    return TraceStep(
        kind=StepKind.SINK,
        span=span(flow.site.path, flow.site.start, flow.site.end),
        function=flow.site.qualname,
        note=f"is what {flow.site.told or flow.site.name} is given",
    )


def _alternatives(ways: Sequence[_Way]) -> tuple[WayIn, ...]:
    """Return further ways in: one for each entry point at a level as far away as the best.

    Who passes what is meant as a path passes it on purpose: where the best way is a name, that is
    another use of the same sink, and not another way to the same flaw. Nor is the place that an
    object of another class is told to be about.
    """
    level = ways[0][2].level
    first = ways[0][2].entry.qualname.rpartition(".")[0]
    kind = ways[0][1].flow.sink.kind
    is_on_purpose = is_meant(ways[0][2].entry, kind)
    seen = {ways[0][2].entry}
    found: list[WayIn] = []
    for _, reached, entered in ways[1:]:
        if entered.entry in seen or (entered.level is SourceLevel.API) != (
            level is SourceLevel.API
        ):
            continue
        seen.add(entered.entry)
        if is_meant(entered.entry, kind) and not is_on_purpose:
            continue
        if is_place_of(entered.entry, kind) and entered.entry.qualname.rpartition(".")[0] != first:
            continue
        trace = telling.trace(reached.taint.step, entered.first)
        found.append(WayIn(level=entered.level, entry=entered.entry, trace=trace))
        if len(found) == WAYS_KEPT:
            break
    return tuple(found)
