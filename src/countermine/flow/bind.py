"""Arguments to parameters, and what is assumed of them."""

import hashlib
from collections.abc import Callable, Mapping

from countermine.flow import ir
from countermine.flow.frame import Arguments, Frame
from countermine.flow.index import ClassInfo, FunctionInfo, ModuleInfo
from countermine.flow.joining import join
from countermine.flow.origins import Origin
from countermine.flow.parts import extend, select
from countermine.flow.state import truth_of
from countermine.flow.values import (
    EVERY_KIND,
    MISSING,
    NO_KINDS,
    UNKNOWN,
    Callee,
    Closure,
    Facts,
    Taint,
    Value,
    all_taints,
    altered,
    constant,
    harmless,
    unsure,
    with_taints,
)

KEY_KEPT = 400
"""Characters of the key of a function that functions inside functions have made."""


def parameter_taint(key: str, index: int) -> Taint:
    """Return the taint that stands for whatever a parameter is given."""
    return Taint(Origin(("p", key, str(index)), key, index))


def bind(
    frame: Frame,
    function: ir.Function,
    target: FunctionInfo | Closure,
    receiver: Value | None,
    arguments: Arguments,
) -> list[Value]:
    """Return the value of each parameter of a function in a call."""
    bound: list[Value] = []
    used: set[str] = set()
    position = 0
    for parameter in function.parameters:
        if not bound and receiver is not None:
            bound.append(receiver)
        elif parameter.stars == 1:
            bound.append(
                Value(items=tuple(arguments.positional[position:]), element=arguments.rest)
            )
            position = len(arguments.positional)
        elif parameter.stars:
            fields = {f"[{k}]": v for k, v in arguments.keywords.items() if k not in used}
            bound.append(Value(fields=fields, element=_inside(arguments.mapping)))
        elif position < len(arguments.positional):
            bound.append(arguments.positional[position])
            position += 1
        else:
            used.add(parameter.name)
            bound.append(_later(frame, target, parameter, arguments))
    return bound


def _inside(mapping: Value | None) -> Value | None:
    if mapping is None:
        return None
    taints = all_taints(mapping)
    return Value(taints) if taints else UNKNOWN


def _later(
    frame: Frame,
    target: FunctionInfo | Closure,
    parameter: ir.Parameter,
    arguments: Arguments,
) -> Value:
    found = arguments.keywords.get(parameter.name)
    if found is not None:
        return found
    if arguments.mapping is not None:
        return _spread(arguments.mapping, f"[{parameter.name}]")
    if arguments.rest is not None:
        return arguments.rest
    return _default(frame, target, parameter)


def _spread(mapping: Value, key: str) -> Value:
    """Return what a mapping gives the parameter of that name.

    What it holds under a key that is not known is seldom just this one.
    """
    found = select(mapping, (key,))
    if mapping.element is None or key in (mapping.fields or {}) or not found.taints:
        return found
    own = {taint.origin.key for taint in extend(mapping.taints, key) if taint.sure}
    taints = tuple(t if t.origin.key in own else unsure(t) for t in found.taints)
    return with_taints(found, taints)


def _default(frame: Frame, target: FunctionInfo | Closure, parameter: ir.Parameter) -> Value:
    if parameter.default is None:
        return UNKNOWN
    if isinstance(target, Closure):
        return target.defaults.get(parameter.name, UNKNOWN)
    if isinstance(parameter.default, ir.Const):
        return constant(parameter.default.value)
    return frame.engine.static_value(target.module, parameter.default)


def has_taint(value: Value, depth: int = 3) -> bool:
    """Tell whether a value, or something in it, is tainted."""
    if value.taints:
        return True
    if depth == 0:
        return False
    if value.items is not None and any(has_taint(i, depth - 1) for i in value.items):
        return True
    if value.element is not None and has_taint(value.element, depth - 1):
        return True
    return value.fields is not None and any(has_taint(f, depth - 1) for f in value.fields.values())


HELD_KEPT = 6
"""Attributes of a receiver that a call assumes something of."""


def held(receiver: Value, also: Callable[[Value], bool]) -> dict[str, Value]:
    """Return the attributes of a receiver that a call assumes something of.

    They are functions, objects of the target's, and what ``also`` says of.
    """
    found: dict[str, Value] = {}
    for key, value in (receiver.fields or {}).items():
        known = value.target is not None or isinstance(value.type, ClassInfo) or also(value)
        if known and key[0] == "." and len(found) < HELD_KEPT:
            found[key] = value
    return found


def held_context(attributes: Mapping[str, Value]) -> str:
    """Return what a call assumes of such attributes, as a part of the callee's key."""
    return ",".join(f"{key}{assumed(value)}" for key, value in attributes.items())


def held_fields(attributes: Mapping[str, Value], symbol: Value) -> dict[str, Value]:
    """Return what the callee sees of such attributes of its receiver."""
    fields: dict[str, Value] = {}
    for key, value in attributes.items():
        inside = symbolic(value, None, assumed(value))
        fields[key] = with_taints(inside, extend(symbol.taints, key))
    return fields


def holds_taint(receiver: Value) -> bool:
    """Tell whether an attribute of an instance is tainted."""
    return receiver.fields is not None and any(
        has_taint(value, 1) for key, value in receiver.fields.items() if key[0] == "."
    )


def assumed(value: Value) -> str:
    """Return what a call may assume of an argument, as a part of the callee's key."""
    if value.const is not MISSING:
        text = value.const if isinstance(value.const, str) else ""
        long = len(text) > CONTEXT_TEXT and not text.endswith(_PAGES)
        return "" if long else f"={value.const!r}"
    return "|".join(filter(None, map(_thing, (value, *value.others))))


def _thing(value: Value) -> str:
    if value.target is not None:
        return f"@{_identity(value.target)}{value.shape}"
    if value.ref is not None and value.type is None:
        return f"@{value.ref}"
    if value.type is None:
        return ""
    return f":{value.type}" if isinstance(value.type, str) else f":{_identity(value.type)}"


def _identity(target: Callee) -> str:
    if isinstance(target, Closure):
        return _shortened(target.key)
    if isinstance(target, ModuleInfo):
        return target.path
    return f"{target.module.path}:{target.start}"


def _shortened(key: str) -> str:
    """Return the key of a function, the end of a long one as its digest.

    A key that holds those of its arguments, which hold its own, doubles with each call.
    """
    if len(key) <= KEY_KEPT:
        return key
    return f"{key[:KEY_KEPT]}#{hashlib.sha256(key.encode()).hexdigest()[:16]}"


_PAGES = (".html", ".htm", ".jinja", ".jinja2", ".j2", ".mako")
"""How the name of a template ends, which decides what is shown."""


def page_first(value: Value) -> str:
    """Return what a call may assume of spread arguments: the first, where that names a template."""
    first = value.items[0].const if value.items else MISSING
    return f"*{first!r}" if isinstance(first, str) and first.endswith(_PAGES) else ""


CONTEXT_TEXT = 24
"""Longer constant texts are messages and templates: no function branches on them."""


def symbolic(value: Value, taint: Taint | None, context: str) -> Value:
    """Return what the callee sees of an argument: what it may assume, and its symbolic taint."""
    taints = () if taint is None else (taint,)
    if not context:
        return Value(taints)
    if context[0] == "*":
        return _gathered(value, taints)
    if context[0] == "=":
        prefix = value.const if isinstance(value.const, str) else ""
        return Value(const=value.const, prefix=prefix, text=isinstance(value.const, str))
    bound = value.receiver if value.target is not None else None
    others = tuple(symbolic(other, taint, _thing(other)) for other in value.others)
    return Value(
        taints, ref=value.ref, target=value.target, type=value.type, receiver=bound,
        text=value.text, shape=value.shape if value.target is not None else "", others=others,
    )  # fmt: skip


def gathered(value: Value, stars: int) -> str:
    """Return how many positions, or which names, a starred parameter is given."""
    if value.element is not None or value.taints:
        return ""
    if stars == 1 and value.items and len(value.items) <= GATHERED_KEPT:
        return f"*{len(value.items)}{page_first(value)}"
    if stars > 1 and value.fields is not None and len(value.fields) <= GATHERED_KEPT:
        return "**" + "".join(value.fields)
    return ""


GATHERED_KEPT = 8
"""Positions and names told apart in a starred parameter."""


def _gathered(value: Value, taints: tuple[Taint, ...]) -> Value:
    """Return a starred parameter with each of its parts told apart."""
    if value.items is not None:
        items = [Value(extend(taints, f"[{n}]")) for n in range(len(value.items))]
        if page_first(value):
            items[0] = constant(str(value.items[0].const))
        return Value(items=tuple(items), shape="tuple")
    return Value(fields={key: Value(extend(taints, key)) for key in value.fields or {}})


def returned(values: list[tuple[Value, Facts]]) -> Value:
    """Return the join of what a function returns, and what its being true or false says."""
    if not values:
        return constant(None)
    found = values[0][0]
    for value, _ in values[1:]:
        found = join(found, value)
    truth = truth_of(values)
    if truth is None:
        return found
    return Value(
        found.taints, found.const, found.ref, found.target, found.type, found.receiver,
        found.items, found.element, found.fields, found.prefix, truth, found.text,
        shape=found.shape, others=found.others,
    )  # fmt: skip


def without(taints: tuple[Taint, ...], owner_prefix: str) -> tuple[Taint, ...]:
    """Return the taints that are not of the parameters of functions with such keys."""
    return tuple(
        t for t in taints if t.origin.owner is None or not t.origin.owner.startswith(owner_prefix)
    )


def neutralised(value: Value, kinds: frozenset[str]) -> Value:
    """Return a value that was made harmless for some kinds."""
    taints = all_taints(value)
    if not taints or kinds == NO_KINDS:
        return value
    if value.fields is not None and value.items is None and EVERY_KIND not in kinds:
        # What is made of a record, such as a mapping, is still told apart by its fields.
        inside = {key: neutralised(part, kinds) for key, part in value.fields.items()}
        element = None if value.element is None else neutralised(value.element, kinds)
        own = harmless(value.taints, kinds)
        return altered(value, taints=own, fields=inside, element=element)
    return Value(
        harmless(taints, kinds), prefix=value.prefix, type=value.type, text=value.text,
    )  # fmt: skip
