"""Whether a value fits a pattern of ``match``, and what the pattern binds."""

from collections.abc import Callable
from typing import TypeAlias

from countermine.flow import guards, known
from countermine.flow.access import load_attribute
from countermine.flow.dispatch import evaluate
from countermine.flow.frame import Frame
from countermine.flow.index import ClassInfo
from countermine.flow.ir import (
    AnyOf,
    Anything,
    Case,
    InOrder,
    Kept,
    Literal,
    OfClass,
    Pattern,
    WithKeys,
)
from countermine.flow.parts import elements, load_item, load_slice
from countermine.flow.values import MISSING, NO_FACTS, UNKNOWN, Facts, Value, constant

Fit: TypeAlias = tuple[bool | None, Facts]
"""Whether it fits, ``None`` if that is not known, and what holds if it does."""
_BUILTINS = frozenset({"str", "int", "float", "bool", "bytes", "list", "tuple", "dict", "set"})


def fits(frame: Frame, case: Case, value: Value) -> Fit:
    """Return whether a value fits an arm; names of the pattern are bound in the state at hand."""
    verdict, facts = _fit(frame, case.pattern, value)
    if verdict is False or case.guard is None:
        return verdict, facts
    frame.state.facts |= facts
    test = evaluate(frame, case.guard)
    decided = known.truth(test)
    return (_both(verdict, decided), facts | guards.of_value(test)[0])


def _both(first: bool | None, second: bool | None) -> bool | None:  # noqa: FBT001 - truths
    if first is False or second is False:
        return False
    return None if first is None or second is None else True


def _fit(frame: Frame, pattern: Pattern, value: Value) -> Fit:
    return _FITS[type(pattern)](frame, pattern, value)


def _bind(frame: Frame, name: str | None, value: Value) -> None:
    if name is not None:
        frame.state.variables[name] = known.forgotten(value)


def _anything(frame: Frame, pattern: Anything, value: Value) -> Fit:
    _bind(frame, pattern.name, value)
    return True, NO_FACTS


def _literal(frame: Frame, pattern: Literal, value: Value) -> Fit:
    other = evaluate(frame, pattern.value)
    same = other.const is None or isinstance(other.const, bool)
    truth = guards.comparison("==", value, other)
    facts = truth[0] if truth is not None and other.const is not MISSING else NO_FACTS
    return known.compared("is" if same else "==", value, other), facts


def _any_of(frame: Frame, pattern: AnyOf, value: Value) -> Fit:
    facts: Facts | None = None
    verdict: bool | None = False
    for option in pattern.options:
        fit, mine = _fit(frame, option, value)
        if fit is False:
            continue
        facts = mine if facts is None else facts & mine
        verdict = fit or verdict or None
        if fit:
            break
    return verdict, facts or NO_FACTS


def _kept(frame: Frame, pattern: Kept, value: Value) -> Fit:
    found = _fit(frame, pattern.inner, value)
    _bind(frame, pattern.name, value)
    return found


def _in_order(frame: Frame, pattern: InOrder, value: Value) -> Fit:
    if value.const is not MISSING or value.shape == known.DICT:
        return False, NO_FACTS
    items = known.in_order(value)
    count = len(pattern.items) - (pattern.rest is not None)
    verdict: bool | None = None
    if items is not None:
        verdict = len(items) >= count if pattern.rest is not None else len(items) == count
    facts: Facts = NO_FACTS
    if verdict is False:
        return False, facts
    for place, part in enumerate(pattern.items):
        fit, mine = _fit(frame, part, _element(pattern, value, place))
        verdict = _both(verdict, fit)
        facts |= mine
    return verdict, facts


def _element(pattern: InOrder, value: Value, place: int) -> Value:
    """Return what stands at the place of a pattern, or all that the star takes."""
    rest = pattern.rest
    if rest is None or place < rest:
        return load_item(value, constant(place))
    behind = place - len(pattern.items)
    if place > rest:
        inside = load_item(value, constant(behind)) if value.shape else elements(value)
        return inside or UNKNOWN
    last = constant(behind + 1) if behind < -1 else constant(None)
    return load_slice(value, constant(rest), last, constant(None))


def _with_keys(frame: Frame, pattern: WithKeys, value: Value) -> Fit:
    if value.const is not MISSING or value.shape in (known.LIST, known.TUPLE, known.SET):
        return False, NO_FACTS
    verdict: bool | None = True if value.shape == known.DICT else None
    facts: Facts = NO_FACTS
    for key, inner in pattern.pairs:
        name = evaluate(frame, key)
        fit, mine = _fit(frame, inner, load_item(value, name))
        verdict = _both(_both(verdict, known.compared("in", name, value)), fit)
        facts |= mine
    _bind(frame, pattern.rest, value)
    return verdict, facts


def _of_class(frame: Frame, pattern: OfClass, value: Value) -> Fit:
    of = evaluate(frame, pattern.of)
    verdict = _is_of(frame, of, value)
    facts: Facts = NO_FACTS
    if verdict is False:
        return False, facts
    parts = list(pattern.named)
    if of.ref in _BUILTINS:
        for inner in pattern.positional:
            fit, mine = _fit(frame, inner, value)
            verdict, facts = _both(verdict, fit), facts | mine
    else:
        parts += zip(_match_names(frame, of), pattern.positional, strict=False)
    for name, inner in parts:
        fit, mine = _fit(frame, inner, load_attribute(frame, value, name, pattern))
        verdict, facts = _both(verdict, fit), facts | mine
    return verdict, facts


def _is_of(frame: Frame, of: Value, value: Value) -> bool | None:
    line = frame.engine.hierarchy.line
    if isinstance(of.target, ClassInfo):
        if isinstance(value.type, ClassInfo):
            if of.target in line(value.type):
                return True
            return None if value.type in line(of.target) else False
        return False if value.const is not MISSING or value.shape else None
    found = known.function("isinstance", [value, of])
    return None if found is None else found.const is True


def _match_names(frame: Frame, of: Value) -> list[str]:
    """Return the attributes that positions of a class pattern stand for."""
    found: list[str] = []
    if not isinstance(of.target, ClassInfo):
        return found
    for current in reversed(frame.engine.hierarchy.line(of.target)):
        if isinstance(current, ClassInfo):
            if "__match_args__" in current.values:
                listed = frame.engine.class_value(current, "__match_args__")
                items = listed.items if listed is not None else None
                return [str(item.const) for item in items or ()]
            for name, values in current.values.items():
                if any(v.annotation is not None for v in values) and name not in found:
                    found.append(name)
    return found


_FITS: dict[type, Callable[..., Fit]] = {
    Anything: _anything,
    Literal: _literal,
    AnyOf: _any_of,
    Kept: _kept,
    InOrder: _in_order,
    WithKeys: _with_keys,
    OfClass: _of_class,
}
