"""The walk: from sinks back through the callers, until sources are met or nothing is left."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from countermine.core.findings import StepKind
from countermine.core.spans import TreePath
from countermine.flow import sinks
from countermine.flow.access import select
from countermine.flow.engine import FlowEngine
from countermine.flow.frame import Analysed, CallSite, Flow
from countermine.flow.index import ClassInfo, FunctionInfo, ModuleInfo
from countermine.flow.values import NO_FACTS, Origin, OriginKey, Step, Taint

Search = Callable[[frozenset[str]], dict[str, list[tuple[TreePath, int]]]]
"""Finds where names stand as words: path and offset, in order."""


@dataclass(slots=True, eq=False)
class Reached:
    """A flow as far as the walk brought it."""

    flow: Flow
    taint: Taint
    hops: int
    """Calls that it crosses."""
    turns: int
    """Attributes of receivers that it was kept in."""
    made: tuple[str, str] | None
    """Where what reaches the sink was put together: path and name of the function that joined
    texts, or built the list. ``None`` while functions only hand on what they were given, or a
    part of it: then the sink itself is where it can be made safe."""


class Walk:
    """One walk over one unit of work."""

    def __init__(self, engine: FlowEngine, search: Search) -> None:
        """Walk with this engine; ``search`` looks through every file of the target."""
        self.engine = engine
        self._search = search
        self._seen_functions: set[str] = set()
        self._calls: dict[str, list[CallSite]] = {}
        self._open: dict[str, list[Reached]] = {}
        self._known: set[tuple[object, ...]] = set()
        self._waiting: list[Reached] = []
        self._names_done: set[str] = set()
        self._kept: dict[
            tuple[ClassInfo, tuple[str, ...], str], list[tuple[FunctionInfo, Taint, str]]
        ] = {}
        self.from_sources: list[Reached] = []
        self.patterns: list[Flow] = []

    def run(self, roots: Iterable[FunctionInfo]) -> None:
        """Analyse the functions that hold sinks, and go back from them."""
        for root in roots:
            self.engine.generic(root)
        for _ in range(self.engine.bounds.rounds):
            self._settle()
            wanted = self._wanted()
            if not wanted:
                return
            for function in self._callers(wanted):
                self.engine.generic(function)
        self._settle()
        left = self._wanted()
        for name in sorted(left):
            reason = f"callers of {name} lie beyond {self.engine.bounds.rounds} rounds"
            self.engine.unknown(left[name], reason)

    @property
    def open_flows(self) -> dict[str, list[Reached]]:
        """Flows that begin at a parameter, by the key of its function."""
        return self._open

    def _settle(self) -> None:
        """Carry every flow over every known call until nothing new comes up."""
        while True:
            fresh = [
                a for k, a in list(self.engine.analysed.items()) if k not in self._seen_functions
            ]
            if not fresh and not self._waiting:
                return
            for analysed in fresh:
                self._take(analysed)
            while self._waiting:
                self._advance(self._waiting.pop(0))

    def _take(self, analysed: Analysed) -> None:
        self._seen_functions.add(analysed.key)
        for call in analysed.calls:
            self._calls.setdefault(call.callee, []).append(call)
            for reached in self._open.get(call.callee, ()):
                self._over(call, reached)
        for flow in analysed.flows:
            if flow.taint is None:
                self.patterns.append(flow)
            elif self._is_new(flow, flow.pending, flow.taint.origin, flow.taint.composed):
                made = (flow.site.path, flow.site.qualname) if flow.taint.composed else None
                self._add(Reached(flow, flow.taint, 0, 0, made))

    def _is_new(
        self,
        flow: Flow,
        pending: str,
        origin: Origin,
        composed: int,
        made: tuple[str, str] | None = None,
    ) -> bool:
        key = (
            flow.site.path, flow.site.start, flow.sink.kind, pending, flow.start, origin.key,
            composed, made,
        )  # fmt: skip
        if key in self._known:
            return False
        self._known.add(key)
        if origin.owner is None:
            return True
        held = self._open.setdefault(origin.owner, [])
        if len(held) < self.engine.bounds.flows:
            return True
        place = TreePath(origin.owner.partition(":")[0])
        self.engine.unknown(place, f"more than {self.engine.bounds.flows} flows in one function")
        return False

    def _add(self, reached: Reached) -> None:
        owner = reached.taint.origin.owner
        if owner is None:
            self.from_sources.append(reached)
        else:
            self._open.setdefault(owner, []).append(reached)
            self._waiting.append(reached)

    def _advance(self, reached: Reached) -> None:
        origin = reached.taint.origin
        owner = origin.owner
        if owner is None:
            return
        for call in self._calls.get(owner, ()):
            self._over(call, reached)
        if (
            origin.index == 0
            and origin.trail
            and origin.trail[0][0] == "."
            and reached.turns < self.engine.bounds.turns
        ):
            self._through_attribute(owner, reached)

    def _over(self, call: CallSite, reached: Reached) -> None:
        """Carry a flow from a callee's parameter to the arguments of one call."""
        origin = reached.taint.origin
        if origin.index >= len(call.arguments):
            return
        value = select(call.arguments[origin.index], origin.trail)
        flow = reached.flow
        for taint, pending in sinks.dangerous(value, flow.pending):
            if sinks.is_harmless(taint, flow.sink.kind, call.facts):
                continue
            composed = max(taint.composed, reached.taint.composed)
            made = reached.made
            built = pending not in (flow.pending, sinks.ELEMENTS)
            if made is None and (taint.composed or built):
                made = (call.path, call.qualname)
            if not self._is_new(flow, pending, taint.origin, composed, made):
                continue
            name = reached_name(call.callee)
            step = Step(
                taint.step, StepKind.CALL, call.path, call.start, call.end, call.qualname,
                f"passed to {name}", reached.taint.step,
            )  # fmt: skip
            self._add(_carried(reached, taint, pending, step, 0, made))

    def _through_attribute(self, owner: str, reached: Reached) -> None:
        """Carry a flow from an attribute of the receiver to the methods that set it."""
        analysed = self.engine.analysed.get(owner)
        own = None if analysed is None else analysed.own
        if own is None:
            return
        flow = reached.flow
        trail = reached.taint.origin.trail
        for method, taint, pending in self._stored(own, trail, flow.pending):
            if sinks.is_harmless(taint, flow.sink.kind, NO_FACTS):
                continue
            composed = max(taint.composed, reached.taint.composed)
            if not self._is_new(flow, pending, taint.origin, composed, reached.made):
                continue
            step = Step(
                taint.step, StepKind.PASS, method.module.path, method.start, method.start + 3,
                method.qualname, f"kept in {trail[0]}", reached.taint.step,
            )  # fmt: skip
            self._add(_carried(reached, taint, pending, step, 1, reached.made))

    def _stored(
        self, own: ClassInfo, trail: tuple[str, ...], pending: str
    ) -> list[tuple[FunctionInfo, Taint, str]]:
        """Return the taints that methods store in an attribute where ``pending`` says."""
        key = (own, trail, pending)
        known = self._kept.get(key)
        if known is not None:
            return known
        found: list[tuple[FunctionInfo, Taint, str]] = []
        self._kept[key] = found
        name = trail[0][1:]
        seen: set[OriginKey] = set()
        for method in self.engine.storing(own, name):
            stored = self.engine.generic(method).summary.stores.get(name)
            if stored is None:
                continue
            for taint, place in sinks.dangerous(select(stored, trail[1:]), pending):
                if taint.origin.key not in seen:
                    seen.add(taint.origin.key)
                    found.append((method, taint, place))
        return found

    def _wanted(self) -> dict[str, TreePath]:
        """Return the names whose callers are not looked for yet, with a file for notes."""
        found: dict[str, TreePath] = {}
        for owner in list(self._open):
            analysed = self.engine.analysed.get(owner)
            if analysed is None or not analysed.generic or owner in self.engine.closures:
                continue
            if not any(_crosses(r.taint.origin, analysed) for r in self._open[owner]):
                continue
            for name in self._names_of(analysed):
                if name not in self._names_done:
                    self._names_done.add(name)
                    found[name] = analysed.info.module.path
        return found

    def _names_of(self, analysed: Analysed) -> list[str]:
        info = analysed.info
        if info.owner is None or info.name not in ("__init__", "__new__"):
            return [] if info.name.startswith("<") else [info.name]
        line = self.engine.hierarchy.line
        below = [
            other.name
            for module in self.engine.project.parsed()
            for other in module.classes
            if "__init__" not in other.methods and info.owner in line(other)
        ]
        return [info.owner.name, *below]

    def _callers(self, wanted: dict[str, TreePath]) -> list[FunctionInfo]:
        """Return the functions in which the names stand, in the order of the files."""
        found: dict[tuple[str, int], FunctionInfo] = {}
        places = self._search(frozenset(wanted))
        for name in sorted(wanted):
            holders: dict[tuple[str, int], FunctionInfo] = {}
            for path, offset in places.get(name, ()):
                if not self.engine.project.counts(path):
                    continue
                module = self.engine.project.module(path)
                function = None if module is None else function_at(module, offset)
                if function is not None:
                    holders[(path, function.start)] = function
                if len(holders) >= self.engine.bounds.callers:
                    reason = (
                        f"{name} is mentioned in more than {self.engine.bounds.callers} functions"
                    )
                    self.engine.unknown(wanted[name], reason)
                    break
            found.update(holders)
        return [found[key] for key in sorted(found)]


def _carried(
    reached: Reached,
    taint: Taint,
    pending: str,
    step: Step,
    kept: int,
    made: tuple[str, str] | None,
) -> Reached:
    """Return a flow that begins where ``taint`` does and goes on as ``reached``."""
    inner = reached.taint
    carried = Taint(
        taint.origin,
        step,
        taint.neutral | inner.neutral,
        max(taint.composed, inner.composed),
        taint.sure and inner.sure,
    )
    flow = reached.flow
    onwards = Flow(flow.site, flow.sink, carried, pending, flow.start, flow.end)
    return Reached(onwards, carried, reached.hops + 1, reached.turns + kept, made)


def _crosses(origin: Origin, analysed: Analysed) -> bool:
    """Tell whether a call decides what the parameter is (and not the class's other methods)."""
    receiver = analysed.own is not None and origin.index == 0
    return not receiver or not origin.trail


def function_at(module: ModuleInfo, offset: int) -> FunctionInfo | None:
    """Return the function around an offset, decorators included; the module's body outside."""
    starts = [f.start for f in module.functions]
    place = bisect_right(starts, offset) - 1
    following = module.functions[place + 1] if place + 1 < len(module.functions) else None
    if following is not None and any(d.start <= offset < d.end for d in following.decorators):
        return following
    if place >= 0 and offset < module.functions[place].end:
        return module.functions[place]
    return module.body


def reached_name(key: str) -> str:
    """Return the qualified name within a function's key."""
    return key.split(":")[1]


def flatten(step: Step | None, limit: int) -> list[Step]:
    """Return the steps of a trace in order, the last ``limit`` of them at most."""
    found: list[Step] = []
    waiting: list[Step] = [] if step is None else [step]
    while waiting and len(found) < limit:
        current = waiting.pop()
        if current.joined is not None:
            # What lies behind a call comes after it: take it first, going backwards.
            before = Step(
                current.before, current.kind, current.path, current.start, current.end,
                current.function, current.note,
            )  # fmt: skip
            waiting.append(before)
            waiting.append(current.joined)
            continue
        found.append(current)
        if current.before is not None:
            waiting.append(current.before)
    found.reverse()
    return found
