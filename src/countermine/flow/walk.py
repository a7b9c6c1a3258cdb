"""The walk: from sinks back through the callers, until sources are met or nothing is left."""

import re
from collections import deque
from collections.abc import Iterable

from countermine.core.findings import StepKind
from countermine.core.spans import TreePath
from countermine.flow import sinks
from countermine.flow.callers import Apart, Callers, Search, Wanted
from countermine.flow.contained import Contained
from countermine.flow.derived import is_decoded
from countermine.flow.engine import FlowEngine
from countermine.flow.frame import Analysed, CallSite, Flow
from countermine.flow.handlers import imports
from countermine.flow.index import ClassInfo, FunctionInfo
from countermine.flow.marks import PARTIAL
from countermine.flow.mentions import Target
from countermine.flow.origins import Origin, OriginKey, Step
from countermine.flow.parts import select
from countermine.flow.reached import Reached, carried, reached_name
from countermine.flow.receivers import Receivers
from countermine.flow.registries import names_of, readers_of
from countermine.flow.values import NO_FACTS, NO_KINDS, Taint
from countermine.flow.wrapped import Wrapped

_WORD = re.compile(rb"\w")
_OPENING = re.compile(rb"\s*\(")
_Part = tuple[Taint, str]
"""A taint, and where in the value at its origin it is dangerous."""


class Walk:
    """One walk over one unit of work."""

    def __init__(
        self,
        engine: FlowEngine,
        search: Search,
        near: frozenset[str] = NO_KINDS,
        own: frozenset[str] | None = None,
        apart: Apart = lambda _one, _other: False,
    ) -> None:
        """Walk with this engine.

        Args:
            engine: What runs functions, and remembers what they do.
            search: Looks through every file of the target that may hold callers.
            near: Kinds of sinks that are of little weight: only their surroundings are of interest.
            own: Paths of the files whose sinks are followed; ``None`` for every file's.
            apart: Tells files that cannot know of each other.
        """
        self.engine = engine
        self._own = own
        self._near = near
        self.search = search
        self._receivers = Receivers(engine)
        self._contained = Contained(engine)
        self._seen_functions: dict[str, Analysed] = {}
        self._calls: dict[str, list[CallSite]] = {}
        self._open: dict[str, list[Reached]] = {}
        self._known: set[tuple[object, ...]] = set()
        self._waiting: deque[Reached] = deque()
        self._holders: dict[tuple[str, int, str], set[str]] = {}
        """Functions whose parameters lead into a sink."""
        self._carried = 0
        self._is_full = False
        self._given: dict[tuple[object, ...], list[_Part]] = {}
        self._callers = Callers(engine, search, self._is_handing, apart)
        self.wrapped = Wrapped(engine)
        self._keys_of: dict[str, list[str]] = {}
        """Keys of functions with open flows, by that of the function with nothing assumed."""
        self._looked_for: set[tuple[str, Target]] = set()
        self._heirs: dict[ClassInfo, list[ClassInfo]] = {}
        """Classes that have no constructor of their own, by each of their bases."""
        self._sifted: set[str] = set()
        """Modules whose classes are among them."""
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
            for function in self._callers.of(wanted):
                self.engine.generic(function)
        self._settle()
        left = self._wanted()
        for name in sorted(left):
            reason = f"callers of {name} lie beyond {self.engine.bounds.rounds} rounds"
            self.engine.unknown(min(left[name].targets.values()), reason)

    @property
    def open_flows(self) -> dict[str, list[Reached]]:
        """Flows that begin at a parameter, by the key of its function."""
        return self._open

    def called(self) -> frozenset[str]:
        """Return the keys, without their contexts, of functions that the target itself calls.

        Who is only named in a call, as views are among addresses, is called by somebody else.
        """
        found = {
            key.partition("(")[0]
            for key, calls in self._calls.items()
            if any(self._is_written(key, call) for call in calls)
        }
        looked = (c for c in self._callers.seen if self._is_written(c.callee, c))
        return frozenset(found.union(c.callee.partition("(")[0] for c in looked))

    def _is_written(self, key: str, call: CallSite) -> bool:
        module = self.engine.project.module(TreePath(call.path))
        name = reached_name(key).rpartition(".")[2].encode()
        return module is not None and _is_called(name, module.text, call.start, call.end)

    def _settle(self) -> None:
        """Carry every flow over every known call until nothing new comes up."""
        while True:
            fresh = [
                a
                for k, a in list(self.engine.analysed.items())
                if self._seen_functions.get(k) is not a
            ]
            if not fresh and not self._waiting and not self._link():
                return
            for analysed in fresh:
                self._take(analysed)
            while self._waiting:
                self._advance(self._waiting.popleft())

    def _link(self) -> bool:
        """Hand what signals send to the functions into which something dangerous flows."""
        linked = False
        for owner in list(self._open):
            analysed = self.engine.analysed.get(owner)
            if analysed is None or not analysed.generic or owner in self.engine.closures:
                continue
            for call in self.engine.signals.calls(self.engine, analysed.info):
                linked = True
                self._calls.setdefault(owner, []).append(call)
                for reached in filter(self._goes_on, list(self._open.get(owner, ()))):
                    self._over(call, reached)
        return linked

    def _take(self, analysed: Analysed) -> None:
        before = self._seen_functions.get(analysed.key)
        if before is not None:
            self._take_back(before)
        self._seen_functions[analysed.key] = analysed
        for call in analysed.calls:
            self._calls.setdefault(call.callee, []).append(call)
            handing = self._receivers.take(analysed, call)
            for reached in self._open.get(call.callee, ()):
                if self._goes_on(reached):
                    self._over(call, reached)
            self._take_receiver(call, self._receivers.receiver(analysed) if handing else None)
        for flow in analysed.flows:
            if self._own is not None and flow.site.path not in self._own:
                continue
            if flow.taint is None:
                self.patterns.append(flow)
            elif self._is_new(flow, flow.pending, flow.taint.origin, flow.taint.composed):
                made = (flow.site.path, flow.site.qualname) if flow.taint.composed else None
                self._add(Reached(flow, flow.taint, 0, 0, made))

    def _take_back(self, analysed: Analysed) -> None:
        """Drop what a function was known to do before the whole of it was followed."""
        for callee in {call.callee: None for call in analysed.calls}:
            calls = self._calls[callee]
            self._calls[callee] = [call for call in calls if call.caller != analysed.key]
        flows = set(map(id, analysed.flows))
        self.patterns = [flow for flow in self.patterns if id(flow) not in flows]

    def _take_receiver(self, call: CallSite, own: ClassInfo | None) -> None:
        """Carry what waits in an attribute of the callee's receiver, however deep inside.

        ``own`` is the class of the caller's receiver, where that is what the call hands on.
        """
        if own is None and not _is_loaded(call):
            return
        fields = call.arguments[0].fields or {}
        for key in (call.callee, *self._receivers.inside(call.callee)):
            # What comes up in that method later looks for this class by itself.
            fresh = own is not None and (own, key) not in self._known
            self._known.add((own, key))
            if not fresh and (not fields or key == call.callee):
                continue
            for reached in list(self._open.get(key, ())):
                origin = reached.taint.origin
                if self._receivers.own(key, origin) is None or not self._goes_on(reached):
                    continue
                if fresh and own is not None:
                    self._through_attribute(own, reached)
                if key != call.callee and origin.trail[0] in fields:
                    self._over(call, reached)

    def _is_new(
        self,
        flow: Flow,
        pending: str,
        origin: Origin,
        composed: int,
        made: tuple[str, str] | None = None,
        *,
        kept: bool = False,
    ) -> bool:
        key = (
            flow.site.path, flow.site.start, flow.sink.kind, pending, flow.start, origin.key,
            origin.function_key, origin.start, composed, made, kept,
        )  # fmt: skip
        if key in self._known:
            return False
        self._known.add(key)
        if origin.owner is None:
            return True
        place = TreePath(origin.owner.partition(":")[0])
        bounds = self.engine.bounds
        if not self._holds(flow, origin.owner):
            site = flow.site
            reason = f"more than {bounds.holders} functions lead into the sink in {site.qualname}"
            self.engine.unknown(TreePath(site.path), reason)
            return False
        if self._carried >= bounds.carried:
            if not self._is_full:
                self._is_full = True
                reason = f"more than {bounds.carried} flows between functions, here and elsewhere"
                self.engine.unknown(place, reason)
            return False
        if len(self._open.setdefault(origin.owner, [])) < bounds.flows:
            return True
        self.engine.unknown(place, f"more than {bounds.flows} flows in one function")
        return False

    def _holds(self, flow: Flow, owner: str) -> bool:
        """Tell whether a sink may be followed into one more function, and remember that it is."""
        sink = (flow.site.path, flow.site.start, flow.sink.kind)
        holders = self._holders.setdefault(sink, set())
        if owner not in holders:
            if len(holders) >= self.engine.bounds.holders:
                return False
            holders.add(owner)
        return True

    def _add(self, reached: Reached) -> None:
        owner = reached.taint.origin.owner
        if owner is None:
            self.from_sources.append(reached)
        else:
            self._carried += 1
            self._open.setdefault(owner, []).append(reached)
            self._waiting.append(reached)

    def _advance(self, reached: Reached) -> None:
        if not self._goes_on(reached):
            return
        origin = reached.taint.origin
        owner = origin.owner
        if owner is None:
            return
        for call in self._calls.get(owner, ()):
            self._over(call, reached)
        own = self._receivers.own(owner, origin)
        if own is None:
            return
        self._through_attribute(own, reached)
        classes, calls = self._around(owner)
        for further in classes:
            self._through_attribute(further, reached)
        for call in calls:
            if origin.trail[0] in (call.arguments[0].fields or ()):
                self._over(call, reached)

    def _goes_on(self, reached: Reached) -> bool:
        """Tell whether a flow is followed to those who call the function where it begins."""
        bounds = self.engine.bounds
        return reached.hops < bounds.near_hops or reached.flow.sink.kind not in self._near

    def _around(self, owner: str) -> tuple[list[ClassInfo], list[CallSite]]:
        """Return whose receivers get to a method from further out, and what is in some of them."""
        classes: dict[ClassInfo, None] = {}
        calls: list[CallSite] = []
        for key in self._receivers.outside(owner):
            analysed = self.engine.analysed.get(key)
            own = None if analysed is None else self._receivers.receiver(analysed)
            if own is not None:
                classes[own] = None
            calls.extend(c for c in self._calls.get(key, ()) if _is_loaded(c))
        return list(classes), calls

    def _over(self, call: CallSite, reached: Reached) -> None:
        """Carry a flow from a callee's parameter to the arguments of one call."""
        origin = reached.taint.origin
        if origin.index >= len(call.arguments):
            return
        if self._receivers.keeps(call, origin):
            return
        if reached.kept and self._contained.holds(call):
            return
        flow = reached.flow
        for taint, pending in self._handed(call, origin, flow):
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
            onwards = carried(reached, taint, pending, step, 0, made)
            onwards.kept = reached.kept and self._receivers.hands_on(call)
            self._add(onwards)

    def _handed(self, call: CallSite, origin: Origin, flow: Flow) -> list[_Part]:
        """Return the taints that a call hands to a part of a parameter, for a kind of sink."""
        inner = flow.taint
        undone = inner is not None and is_decoded(inner.origin)
        later = NO_KINDS if inner is None else inner.neutral & PARTIAL
        key = (call, origin.index, origin.trail, flow.pending, flow.sink.kind, undone, later)
        known = self._given.get(key)
        if known is None:
            value = select(call.arguments[origin.index], origin.trail)
            known = self._given[key] = [
                (sinks.with_doubt(taint, call.facts), pending)
                for taint, pending in sinks.dangerous(value, flow.pending)
                if undone or not sinks.is_harmless(taint, flow.sink.kind, call.facts, later)
            ]
        return known

    def _through_attribute(self, own: ClassInfo, reached: Reached) -> None:
        """Carry a flow from an attribute of the receiver to the methods that set it."""
        if reached.turns >= self.engine.bounds.turns:
            return
        flow = reached.flow
        trail = reached.taint.origin.trail
        key = (
            flow.site.path, flow.site.start, flow.sink.kind, flow.pending, flow.start, trail,
            reached.taint.composed, reached.made, own,
        )  # fmt: skip
        if key in self._known:
            return
        self._known.add(key)
        for method, taint, pending in self._stored(own, trail, flow.pending):
            if sinks.is_harmless(taint, flow.sink.kind, NO_FACTS):
                continue
            composed = max(taint.composed, reached.taint.composed)
            kept = method.name == "__init__"
            if not self._is_new(flow, pending, taint.origin, composed, reached.made, kept=kept):
                continue
            step = Step(
                taint.step, StepKind.PASS, method.module.path, method.start, method.start + 3,
                method.qualname, f"kept in {trail[0]}", reached.taint.step,
            )  # fmt: skip
            onwards = carried(reached, taint, pending, step, 1, reached.made)
            onwards.kept = kept
            self._add(onwards)

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

    def _is_handing(self, call: CallSite) -> bool:
        """Tell whether a call may hand on what flows into the function that it calls."""
        for key in self._keys_of.get(_plain(call.callee), ()):
            for reached in self._open[key]:
                origin = reached.taint.origin
                if origin.index >= len(call.arguments):
                    continue
                argument = call.arguments[origin.index]
                if _inside(origin) and (argument.taints or argument.fields):
                    return True
                if self._handed(call, origin, reached.flow):
                    return True
        return False

    def _wanted(self) -> dict[str, Wanted]:
        """Return the names whose callers are not looked for yet, and for what."""
        found: dict[str, Wanted] = {}
        self._keys_of = {}
        for owner in self._open:
            self._keys_of.setdefault(_plain(owner), []).append(owner)
        for owner in list(self._open):
            analysed = self.engine.analysed.get(owner)
            if analysed is None or not analysed.generic or owner in self.engine.closures:
                continue
            receiver = self._receivers.receiver(analysed) is not None
            onwards = filter(self._goes_on, self._open[owner])
            if all(receiver and _inside(r.taint.origin) for r in onwards):
                continue
            self.wrapped.way_into(analysed.info)
            named = [(target.name, target) for target in self._targets_of(analysed)]
            signals = self.engine.signals.of(self.engine, analysed.info)
            named += [(signal.name, analysed.info) for signal in signals]
            if analysed.info.decorators:
                named += [(n, analysed.info) for n in names_of(self.engine, analysed.info)]
                for method in readers_of(self.engine, analysed.info):
                    self.engine.generic(method)
            for name, target in named:
                if (name, target) not in self._looked_for:
                    self._looked_for.add((name, target))
                    wanted = found.setdefault(name, Wanted())
                    wanted.targets[target] = analysed.info.module.path
        return found

    def _targets_of(self, analysed: Analysed) -> list[Target]:
        """Return what a call of a function names: it, or its class and those that inherit it."""
        info = analysed.info
        if info.owner is None or info.name not in ("__init__", "__new__"):
            if info.name.startswith("<"):
                return []
            return [info, info.owner] if info.owner and self._hands_over(info) else [info]
        self._note_heirs()
        return [info.owner, *self._heirs.get(info.owner, ())]

    def _note_heirs(self) -> None:
        """Remember which classes are made by the constructors of others, as far as any is known."""
        line = self.engine.hierarchy.line
        for module in self.engine.project.parsed():
            if module.path in self._sifted:
                continue
            self._sifted.add(module.path)
            for heir in module.classes:
                if "__init__" in heir.methods:
                    continue
                for base in line(heir):
                    if isinstance(base, ClassInfo):
                        self._heirs.setdefault(base, []).append(heir)

    def _hands_over(self, method: FunctionInfo) -> bool:
        """Tell whether a framework may be given the whole class, to call its methods."""
        packages = self.engine.catalogue.class_registrars
        return method.name[0] != "_" and imports(method.module, packages)


def _is_called(name: bytes, text: bytes, start: int, end: int) -> bool:
    """Tell whether a name stands as a word before a bracket, somewhere in a part of a text."""
    place = text.find(name, start, end)
    while place >= 0:
        alone = place == start or not _WORD.match(text, place - 1)
        if alone and _OPENING.match(text, place + len(name), end):
            return True
        place = text.find(name, place + 1, end)
    return False


def _plain(key: str) -> str:
    """Return the key of a function without what is assumed of its arguments and receiver."""
    plain = key.partition("(")[0]
    return plain[: plain.rindex("<")] if plain.endswith(">") else plain


def _inside(origin: Origin) -> bool:
    """Tell whether a part of the first parameter flows, which for a receiver its methods set."""
    return origin.index == 0 and bool(origin.trail)


def _is_loaded(call: CallSite) -> bool:
    """Tell whether attributes of the receiver are known at a call."""
    return bool(call.arguments) and bool(call.arguments[0].fields)
