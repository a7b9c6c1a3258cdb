"""Results of a callee for its caller: arguments in the place of parameters."""

from functools import reduce

from countermine.core.findings import StepKind
from countermine.flow import chosen_folders, ir
from countermine.flow.bind import KEY_KEPT
from countermine.flow.derived import again, holds, marks_of, spread
from countermine.flow.facts import nearest
from countermine.flow.frame import Frame, Summary
from countermine.flow.joining import instead_of, join
from countermine.flow.marks import FILE_KINDS, WITHIN
from countermine.flow.origins import OriginKey, Step
from countermine.flow.parts import select
from countermine.flow.state import State
from countermine.flow.values import (
    MISSING,
    NO_FACTS,
    NO_KINDS,
    NORMAL,
    Closure,
    Facts,
    Taint,
    Value,
    all_taints,
    altered,
    merge_taints,
    with_taints,
)

HANDED_THROUGH = 3
"""Parameters that a result may be any of."""
SUBSTITUTION_DEPTH = 4
"""How deep into a result's parts arguments are put back for parameters."""


class Substitution:
    """Puts the arguments of one call in place of the callee's parameters."""

    def __init__(
        self, summary: Summary, arguments: list[Value], frame: Frame, node: ir.Node, name: str
    ) -> None:
        """Describe the call."""
        self._key = summary.key
        self._arguments = arguments
        self._frame = frame
        self._node = node
        self._note = f"into {name}"
        self._binding = False
        self._selected: dict[tuple[int, tuple[str, ...]], Value] = {}
        self._put: dict[tuple[int, int], tuple[Value, Value]] = {}
        self._facts: dict[Facts, Facts] = {}
        self._taints_of: dict[tuple[int, tuple[str, ...]], tuple[Taint, ...]] = {}
        self.joined = 0
        """Taints that were put together: what a call costs beyond a step."""
        self._given: dict[int, tuple[tuple[Taint, ...], Taint]] = {}

    def value(self, value: Value, depth: int = SUBSTITUTION_DEPTH) -> Value:
        """Return what a value of the callee is for the caller."""
        if not (value.height or value.taints or value.truth or value.others) and not isinstance(
            value.target, Closure
        ):
            return value
        # One value stands in many places of what a function leaves behind.
        key = (id(value), depth)
        known = self._put.get(key)
        if known is None:
            known = self._put[key] = (self._value(value, depth), value)
        return known[0]

    def _argument(self, index: int, trail: tuple[str, ...]) -> Value:
        """Return a part of an argument."""
        key = (index, trail)
        found = self._selected.get(key)
        if found is None:
            found = self._selected[key] = select(self._arguments[index], trail)
        return found

    def _value(self, value: Value, depth: int) -> Value:
        if isinstance(value.target, Closure):
            bound = self._bound(value.target)
            return value if bound is value.target else altered(value, target=bound)
        whole = self._whole(value)
        if whole is not None:
            return whole
        if value.items is None and value.element is None and value.fields is None:
            if not value.taints and value.truth is None:
                return value
        elif depth <= 0:
            return Value(self.taints(all_taints(value)))
        truth = value.truth
        others = value.others
        if others:
            # Several that were told apart may be handed one and the same argument.
            others = instead_of(value, (self.value(o, depth - 1) for o in others))
        return Value(
            self.taints(value.taints) if value.taints else (),
            value.const,
            value.ref,
            value.target,
            value.type,
            None,
            None if value.items is None else tuple(self.value(i, depth - 1) for i in value.items),
            None if value.element is None else self.value(value.element, depth - 1),
            None
            if value.fields is None
            else {k: self.value(v, depth - 1) for k, v in value.fields.items()},
            value.prefix,
            None if truth is None else (self.facts(truth[0]), self.facts(truth[1])),
            value.text,
            shape=value.shape,
            others=others,
        )

    def change(self, value: Value, place: int) -> tuple[Value, tuple[Taint, ...]]:
        """Return what was put into a parameter, and what was added to the whole of it."""
        own = ("p", self._key, str(place))
        fields = None
        if value.fields is not None:
            fields = {k: self.value(v) for k, v in value.fields.items()}
        element = None if value.element is None else self.value(value.element)
        added = tuple(t for t in value.taints if t.origin.key != own)
        return Value(fields=fields, element=element), self.taints(added)

    def _bound(self, closure: Closure) -> Closure:
        """Return a function defined in the callee with the arguments for the parameters it sees."""
        if self._binding or not closure.scopes or len(closure.key) > KEY_KEPT:
            # What it sees of its own kind, itself among them, is bound where it is called.
            return closure
        self._binding = True
        found = self._seen_by(closure)
        self._binding = False
        return found

    def _seen_by(self, closure: Closure) -> Closure:
        seen = closure.scopes[0].variables
        found: dict[str, Value] = {}
        same = True
        for name in self._frame.engine.free_names(closure.function):
            value = seen.get(name)
            if value is not None:
                inner = self.value(value)
                same = same and inner is value
                found[name] = inner
        defaults = {name: self.value(value) for name, value in closure.defaults.items()}
        if same and all(defaults[name] is value for name, value in closure.defaults.items()):
            return closure
        return Closure(
            closure.function, closure.info, (State(found), *closure.scopes[1:]),
            f"{closure.key}@{self._frame.key}:{self._node.start}", closure.qualname,
            closure.handler, defaults,
        )  # fmt: skip

    def _whole(self, value: Value) -> Value | None:
        """Return the argument itself where the callee hands a parameter through.

        Of several, as of dictionaries that are put together, it may be any.
        """
        inside = value.fields or value.items is not None or value.element is not None
        if not value.taints or inside:
            return None
        if len(value.taints) == 1 and not value.height:
            return self._through(value, value.taints[0])
        if len(value.taints) > HANDED_THROUGH or not all(t.sure for t in value.taints):
            return None
        parts = [self._through(value, taint) for taint in value.taints]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts) or not any(part.fields for part in known):
            return None
        return reduce(join, known)

    def _through(self, value: Value, taint: Taint) -> Value | None:
        """Return the argument for a parameter that is all or one of several that a value is."""
        origin = taint.origin
        if origin.owner != self._key or taint.composed or value.text or marks_of(origin.key):
            return None
        if origin.index >= len(self._arguments):
            return None
        argument = self._argument(origin.index, origin.trail)
        if argument.const is not MISSING and argument.const is None:
            return None
        if not taint.neutral or not argument.taints:
            return argument
        marks = self._marks(taint.neutral)
        return with_taints(
            argument,
            tuple(
                Taint(t.origin, t.step, t.neutral | marks, t.composed, t.sure)
                for t in argument.taints
            ),
        )

    def taints(self, taints: tuple[Taint, ...]) -> tuple[Taint, ...]:
        """Return the taints of the arguments for those of the parameters."""
        found: list[tuple[Taint, ...]] = []
        for taint in taints:
            origin = taint.origin
            if origin.owner != self._key:
                found.append((taint,))
            elif origin.index < len(self._arguments):
                # One taint stands in many values of what a function leaves behind.
                known = self._given.get(id(taint))
                if known is None:
                    handed = self._handed(origin.index, origin.trail)
                    known = self._given[id(taint)] = (
                        tuple(self._joined(t, taint) for t in handed),
                        taint,
                    )
                found.append(known[0])
                self.joined += len(known[0])
        return merge_taints(found)

    def _handed(self, index: int, trail: tuple[str, ...]) -> tuple[Taint, ...]:
        """Return the taints of a part of an argument, and of everything in it."""
        key = (index, trail)
        found = self._taints_of.get(key)
        if found is None:
            found = self._taints_of[key] = all_taints(self._argument(index, trail))
        return found

    def _joined(self, outer: Taint, inner: Taint) -> Taint:
        origin, neutral = again(outer, inner.origin)
        step: Step | None = outer.step
        if inner.step is not None:
            frame, node = self._frame, self._node
            step = Step(
                step, StepKind.CALL, frame.module.path, node.start, node.end, frame.qualname,
                self._note, inner.step,
            )  # fmt: skip
        return Taint(
            origin,
            step,
            neutral | self._marks(inner.neutral) if inner.neutral else neutral,
            max(outer.composed, inner.composed),
            outer.sure and inner.sure,
        )

    def _marks(self, marks: frozenset[str]) -> frozenset[str]:
        """Return the marks of a parameter for an argument: its folder may hold nothing here."""
        folders = chosen_folders.places_of(marks)
        if not folders:
            return marks
        found = marks.difference(mark for mark, _ in folders)
        for taint in self._in_places([place for _, place in folders]):
            if self._is_chosen(taint):
                return chosen_folders.without(found)
            mark = chosen_folders.mark_of(taint)
            found = found | {mark} if mark else found
        return found

    def _in_places(self, places: list[tuple[int, tuple[str, ...]]]) -> tuple[Taint, ...]:
        known = [place for place in places if place[0] < len(self._arguments)]
        return tuple(taint for place in known for taint in self._handed(*place))

    def _is_chosen(self, taint: Taint) -> bool:
        """Tell whether who sends a request names the folder that this is the taint of."""
        facts = self._frame.state.facts
        return chosen_folders.is_chosen(taint) and not holds(facts, taint.origin.key, FILE_KINDS[0])

    def facts(self, facts: Facts) -> Facts:
        """Return the facts about the arguments for those about the parameters."""
        if not facts:
            return NO_FACTS
        known = self._facts.get(facts)
        if known is None:
            known = self._facts[facts] = self._put_facts(facts)
        return known

    def _put_facts(self, facts: Facts) -> Facts:
        found = set()
        marks: dict[OriginKey, frozenset[str]] = {}
        for key, kind in facts:
            if key[0] != "p" or key[1] != self._key:
                found.add((key, kind))
            else:
                marks[key] = marks.get(key, NO_KINDS) | {kind}
        for key, kind in ((k, each) for k, kinds in marks.items() for each in self._marks(kinds)):
            index = int(key[2])
            if index < len(self._arguments):
                end = len(key) - marks_of(key)
                for taint in self._handed(index, key[3:end]):
                    resolved = kind == WITHIN and NORMAL in taint.neutral
                    for each in FILE_KINDS if resolved else (kind,):
                        found.update(spread((*taint.origin.key, *key[end:]), each))
        return nearest(frozenset(found))
