"""What the walk reached, as findings: one for each defect, surest first."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from countermine.catalogue.schema import Handler, Part
from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.findings import Finding, FindingStatus, StepKind, TraceStep, WayIn
from countermine.core.levels import Confidence, Severity, SourceLevel
from countermine.core.spans import Span, TreePath
from countermine.core.weakness import Fingerprint, WeaknessFacts
from countermine.flow import ir, sinks
from countermine.flow.engine import FlowEngine
from countermine.flow.frame import Analysed, Flow
from countermine.flow.index import FunctionInfo
from countermine.flow.values import BEHIND, Closure, Step
from countermine.flow.walk import Reached, Walk, flatten

TRACE_KEPT = 40
"""Steps shown of one trace; the middle of a longer one is left out."""
STEPS_READ = 400
"""Steps of a trace that are read; traces through loops and recursion have no end of their own."""
_WHOLE_LISTS = frozenset({Part.OPTION.value, sinks.ELEMENTS})
_CALLERS = frozenset({SourceLevel.API, SourceLevel.LOCAL})
"""Who hands over a whole list of arguments means them as such."""
_LOCAL_CHANNELS = frozenset({Channel.ARGV, Channel.ENV, Channel.STDIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entered:
    """Where a flow begins."""

    level: SourceLevel
    note: str
    entry: EntryPoint
    first: TraceStep | None


MAKERS_KEPT = 12
"""Findings of one sink whose value several functions put together; more say that the helper is
at fault."""
WAYS_KEPT = 5
"""Further ways in that a finding lists."""
_Place: TypeAlias = tuple[str, int, int, str]
_Maker: TypeAlias = tuple[str, str] | None
_Way: TypeAlias = "tuple[tuple[object, ...], Reached, _Entered]"


def _place_of(flow: Flow, facts: WeaknessFacts) -> _Place:
    return (flow.site.path, flow.site.start, flow.site.end, facts.id)


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
        self._entered: dict[tuple[object, ...], _Entered | None] = {}

    def make(self, walk: Walk) -> list[Finding]:
        """Return the findings of a walk, one for each defect: what one patch would mend."""
        defects = self._defects(walk)
        found = [self._traced(ways) for ways in defects]
        seen = {self._place(ways[0][1].flow) for ways in defects}
        for flow in walk.patterns:
            facts = self._facts.get(flow.sink.kind)
            if facts is not None and flow.site.counts and _place_of(flow, facts) not in seen:
                seen.add(_place_of(flow, facts))
                found.append(self._pattern(flow, facts))
        return found

    def _place(self, flow: Flow) -> _Place:
        return _place_of(flow, self._facts[flow.sink.kind])

    def _defects(self, walk: Walk) -> list[list[_Way]]:
        """Return the ways in to each defect, the best first."""
        fed: dict[tuple[_Place, int], dict[_Maker, list[_Way]]] = {}
        for reached in (*walk.from_sources, *(r for o in walk.open_flows.values() for r in o)):
            facts = self._facts.get(reached.flow.sink.kind)
            entered = None if facts is None else self._enter(reached)
            if facts is None or entered is None or not self._counts(reached, facts, entered):
                continue
            rank = (
                entered.level.rank, not reached.taint.sure, reached.hops,
                entered.entry.path, entered.entry.start_line, entered.entry.key or "",
            )  # fmt: skip
            place = (_place_of(reached.flow, facts), reached.flow.start)
            makers = fed.setdefault(place, {})
            makers.setdefault(reached.made, []).append((rank, reached, entered))
        return [ways for makers in fed.values() for ways in _kept(makers)]

    def _pattern(self, flow: Flow, facts: WeaknessFacts) -> Finding:
        note = flow.sink.note or facts.summary
        return Finding(
            weakness=facts.id,
            cwe=facts.cwe,
            location=_span(flow.site.path, flow.site.start, flow.site.end),
            function=flow.site.qualname,
            sink=flow.site.name,
            sink_argument=_span(flow.site.path, flow.start, flow.end),
            message=_sentence(f"{flow.site.name} in {_named(flow.site.qualname)}: {note}"),
            severity=facts.severity,
            confidence=Confidence.MEDIUM if flow.sink.likely else Confidence.LOW,
            status=FindingStatus.SUSPECTED,
            fingerprint=self._fingerprint(flow, facts),
            remedy=flow.sink.remedy,
        )

    def _traced(self, ways: Sequence[_Way]) -> Finding:
        _, reached, entered = ways[0]
        flow = reached.flow
        facts = self._facts[flow.sink.kind]
        return Finding(
            weakness=facts.id,
            cwe=facts.cwe,
            location=_span(flow.site.path, flow.site.start, flow.site.end),
            function=flow.site.qualname,
            sink=flow.site.name,
            sink_argument=_span(flow.site.path, flow.start, flow.end),
            message=_message(flow, facts, entered),
            severity=lowered(facts.severity, entered.level),
            confidence=confidence(entered.level, sure=reached.taint.sure, likely=flow.sink.likely),
            status=FindingStatus.TRACED,
            level=entered.level,
            trace=_trace(reached.taint.step, entered.first),
            entry=entered.entry,
            fingerprint=self._fingerprint(flow, facts),
            remedy=flow.sink.remedy,
            alternatives=_alternatives(ways),
        )

    def _counts(self, reached: Reached, facts: WeaknessFacts, entered: _Entered) -> bool:
        level = entered.level
        if level not in self._levels or not reached.flow.site.counts:
            return False
        if reached.flow.pending in _WHOLE_LISTS and level in _CALLERS:
            return False
        if level in facts.levels:
            return True
        return level in facts.levels_behind_prefix and reached.taint.composed == BEHIND

    def _fingerprint(self, flow: Flow, facts: WeaknessFacts) -> Fingerprint:
        module = self._engine.project.module(TreePath(flow.site.path))
        ordinal = 0
        if module is not None:
            start = next(
                (f.start for f in module.functions if f.start <= flow.site.start < f.end), 0
            )
            last = flow.site.name.rpartition(".")[2].removesuffix("[]").encode()
            before = module.text[start : flow.site.start]
            ordinal = len(re.findall(rb"\b" + re.escape(last) + rb"\b", before)) if last else 0
        parts = [facts.id, flow.site.path, flow.site.qualname, flow.site.name, str(ordinal)]
        return Fingerprint(hashlib.sha256("\0".join(parts).encode()).hexdigest())

    # entry points

    def _enter(self, reached: Reached) -> _Entered | None:
        origin = reached.taint.origin
        key = origin.key
        if key not in self._entered:
            self._entered[key] = (
                self._source(reached) if origin.owner is None else self._parameter(reached)
            )
        return self._entered[key]

    def _source(self, reached: Reached) -> _Entered | None:
        origin = reached.taint.origin
        module = self._engine.project.module(TreePath(origin.path))
        if module is None or not module.counts or origin.level is None or origin.channel is None:
            return None
        analysed = self._engine.analysed.get(origin.function_key)
        kind = EntryKind.SCRIPT if origin.channel in _LOCAL_CHANNELS else EntryKind.FUNCTION
        line, qualname = 0, origin.function
        if analysed is not None:
            line, qualname = analysed.function.line, analysed.qualname
            kind = self._kind(analysed, kind)
        entry = EntryPoint(
            kind=kind,
            path=TreePath(origin.path),
            qualname=qualname,
            channel=origin.channel,
            key=origin.name,
            start_line=line,
        )
        return _Entered(level=origin.level, note=origin.note, entry=entry, first=None)

    def _kind(self, analysed: Analysed, default: EntryKind) -> EntryKind:
        handler = self._handler(analysed)
        if handler is not None:
            return handler.kind
        if default is EntryKind.FUNCTION and analysed.info.owner is not None:
            return EntryKind.METHOD
        return default

    def _callee(self, analysed: Analysed) -> FunctionInfo | Closure:
        closure = self._engine.closures.get(analysed.key)
        return analysed.info if closure is None else closure

    def _handler(self, analysed: Analysed) -> Handler | None:
        if analysed.info.name.startswith("<"):
            return None
        return self._engine.handler(self._callee(analysed))

    def _parameter(self, reached: Reached) -> _Entered | None:
        origin = reached.taint.origin
        analysed = self._engine.analysed.get(origin.owner or "")
        if analysed is None or not analysed.generic or not analysed.info.module.counts:
            return None
        callee = self._callee(analysed)
        receiver = isinstance(callee, FunctionInfo) and callee.owner is not None
        if (receiver and origin.index == 0) or origin.index >= len(analysed.function.parameters):
            return None
        parameter = analysed.function.parameters[origin.index]
        handler = self._handler(analysed)
        if handler is not None and handler.parameter is not None and origin.index - receiver > 0:
            handler = None if analysed.info.decorators else handler
        if handler is not None:
            return self._routed(analysed, handler, parameter, origin.index - receiver)
        if isinstance(callee, Closure) or not is_public(analysed.info):
            return None
        kind = EntryKind.METHOD if analysed.info.owner is not None else EntryKind.FUNCTION
        entry = _entry(analysed, kind, Channel.PARAMETER, parameter.name)
        note = f"the parameter {parameter.name} of {analysed.qualname}"
        return _Entered(
            level=SourceLevel.API, note=note, entry=entry, first=_first(analysed, parameter, note)
        )

    def _routed(
        self, analysed: Analysed, handler: Handler, parameter: ir.Parameter, index: int
    ) -> _Entered | None:
        if index == 0 and handler.request is not None:
            return None
        route = _route(analysed)
        if re.search(rf"<(?:int|float|uuid):{re.escape(parameter.name)}>", route):
            return None
        channel = handler.channel
        if handler.kind is EntryKind.ASGI_ROUTE and f"{{{parameter.name}" not in route:
            channel = Channel.QUERY
        entry = _entry(analysed, handler.kind, channel, parameter.name)
        note = f"the routed parameter {parameter.name} of {analysed.qualname}"
        return _Entered(
            level=handler.level, note=note, entry=entry, first=_first(analysed, parameter, note)
        )


def _route(analysed: Analysed) -> str:
    decorators = analysed.info.decorators or tuple(analysed.function.decorators)
    texts = [
        a.value.value
        for d in decorators
        if isinstance(d, ir.Call)
        for a in d.arguments
        if isinstance(a.value, ir.Const) and isinstance(a.value.value, str)
    ]
    return " ".join(texts)


def _entry(analysed: Analysed, kind: EntryKind, channel: Channel, key: str) -> EntryPoint:
    return EntryPoint(
        kind=kind,
        path=analysed.info.module.path,
        qualname=analysed.qualname,
        channel=channel,
        key=key,
        start_line=analysed.function.line,
    )


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


def _alternatives(ways: Sequence[_Way]) -> tuple[WayIn, ...]:
    """Return further ways in: one for each entry point at a level as far away as the best."""
    level = ways[0][2].level
    seen = {ways[0][2].entry}
    found: list[WayIn] = []
    for _, reached, entered in ways[1:]:
        if entered.entry in seen or (entered.level is SourceLevel.API) != (
            level is SourceLevel.API
        ):
            continue
        seen.add(entered.entry)
        trace = _trace(reached.taint.step, entered.first)
        found.append(WayIn(level=entered.level, entry=entered.entry, trace=trace))
        if len(found) == WAYS_KEPT:
            break
    return tuple(found)


def _first(analysed: Analysed, parameter: ir.Parameter, note: str) -> TraceStep:
    return TraceStep(
        kind=StepKind.SOURCE,
        span=_span(analysed.info.module.path, parameter.start, parameter.end),
        function=analysed.qualname,
        note=note,
    )


def is_public(function: FunctionInfo) -> bool:
    """Tell whether a function belongs to the interface of its library, by its dotted name."""
    if function.name.startswith("<"):
        return False
    parts = [*function.module.name.split("."), *function.qualname.split(".")]
    return not any(p.startswith("_") and not _is_special(p) for p in parts)


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and name != "__main__"


def lowered(severity: Severity, level: SourceLevel) -> Severity:
    """Return the severity for a source of that level; the facts speak of a remote one."""
    if level is SourceLevel.REMOTE:
        return severity
    return list(Severity)[max(severity.rank - 1, 0)]


def confidence(level: SourceLevel, *, sure: bool, likely: bool) -> Confidence:
    """Return how likely a flow from a source of that level is what it looks like."""
    points = 2 if level is SourceLevel.REMOTE else 1
    if level is SourceLevel.API:
        points = 1 if sure and likely else 0
    elif not sure or not likely:
        points -= 1
    return list(Confidence)[max(points, 0)]


def _span(path: str, start: int, end: int) -> Span:
    return Span(path=TreePath(path), start_byte=start, end_byte=max(start, end))


def _named(qualname: str) -> str:
    return "the module" if qualname == "<module>" else qualname


def _sentence(text: str) -> str:
    return text if text.endswith(".") else text + "."


def _message(flow: Flow, facts: WeaknessFacts, entered: _Entered) -> str:
    entry = entered.entry
    key = f" ({entry.key!r})" if entry.key and entry.channel is not Channel.PARAMETER else ""
    note = entered.note[:1].upper() + entered.note[1:]
    through = "" if entered.level is SourceLevel.API else f" through {_named(entry.qualname)}"
    where = "" if flow.site.qualname == entry.qualname else f" in {_named(flow.site.qualname)}"
    return (
        f"{note}{key} reaches {flow.site.name}{where}{through}, "
        f"so that an attacker can {facts.consequence}."
    )


def _trace(step: Step | None, first: TraceStep | None) -> tuple[TraceStep, ...]:
    steps = [] if first is None else [first]
    for each in flatten(step, STEPS_READ):
        found = TraceStep(
            kind=each.kind,
            span=_span(each.path, each.start, each.end),
            function=each.function,
            note=each.note,
        )
        if not steps or steps[-1] != found:
            steps.append(found)
    if len(steps) > TRACE_KEPT:
        steps = [*steps[: TRACE_KEPT // 2], *steps[-TRACE_KEPT // 2 :]]
    return tuple(steps)


def surest_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order of every output, each with a fingerprint of its own."""
    counted: dict[Fingerprint, int] = {}
    result: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (*_place(f), *_way(f))):
        number = counted.get(finding.fingerprint, 0)
        counted[finding.fingerprint] = number + 1
        result.append(finding if number == 0 else _renumbered(finding, number))
    return tuple(sorted(result, key=_order))


def _renumbered(finding: Finding, number: int) -> Finding:
    text = f"{finding.fingerprint}\0{number}".encode()
    return replace(finding, fingerprint=Fingerprint(hashlib.sha256(text).hexdigest()))


def _place(finding: Finding) -> tuple[object, ...]:
    place = finding.location
    return (place.path, place.start_byte, place.end_byte, finding.weakness)


def _way(finding: Finding) -> tuple[object, ...]:
    """Tell findings at one place apart by where they come from."""
    entry = finding.entry
    where = () if entry is None else (entry.path, entry.start_line, entry.key or "")
    return (len(finding.trace), *where, tuple(s.span for s in finding.trace))


def _order(finding: Finding) -> tuple[object, ...]:
    level = 9 if finding.level is None else finding.level.rank
    return (
        -finding.confidence.rank,
        -finding.severity.rank,
        finding.status is FindingStatus.SUSPECTED,
        level,
        *_place(finding),
        *_way(finding),
    )
