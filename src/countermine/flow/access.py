"""Reading attributes, items and elements of abstract values."""

from dataclasses import replace
from functools import reduce

from countermine.catalogue.schema import Source
from countermine.core.entrypoints import Channel
from countermine.core.findings import StepKind
from countermine.flow import ir, known, records
from countermine.flow.derived import derived
from countermine.flow.frame import Frame
from countermine.flow.index import ClassInfo, FunctionInfo, ModuleInfo
from countermine.flow.library_constants import library_constant
from countermine.flow.values import (
    ITEMS_KEPT,
    MISSING,
    PATH_KEPT,
    UNKNOWN,
    Origin,
    Taint,
    Value,
    alternatives,
    constant,
    harmless,
    join,
    merge_taints,
    with_taints,
)
from countermine.flow.variants import decorator_names

_KEYED_BY_ATTRIBUTE = frozenset({Channel.ARGV, Channel.ENV, Channel.JSON, Channel.FORM})
_LASTING = frozenset(
    {Channel.QUERY, Channel.FORM, Channel.JSON, Channel.PATH, Channel.HEADER, Channel.COOKIE,
     Channel.ARGV, Channel.ENV}
)  # fmt: skip
"""Channels of which a key has one value as long as a request, or the program, lasts."""
CONTEXTS = frozenset({"flask.g", "quart.g"})
"""Objects that live as long as a request: what one function puts there others take out."""
_ANY_ITEM = "[]"
ONLY = ":only>"
"""Mark on what counts at sinks of the kind behind it, and of others that are marked so."""
LOOKED_UP = "?"
"""Begins the part of a trail that a template looks up: an item or an attribute."""
_TEXTS = frozenset(
    {Channel.QUERY, Channel.FORM, Channel.PATH, Channel.HEADER, Channel.COOKIE, Channel.UPLOAD_NAME}
)
"""Channels that give a text for a key."""
HARMLESS = "harmless"
"""Class, in the catalogue, of fields of which the values can do no harm."""
ANY_VALUE = "[*]"
"""Of a mapping, where iterating gives the keys."""
_PLAIN_DECORATORS = frozenset({"property", "cached_property", "functools.cached_property"})


def extend(taints: tuple[Taint, ...], trail: str) -> tuple[Taint, ...]:
    """Return the taints of a part of a tainted value."""
    if not taints:
        return ()
    return tuple(_extended(t, trail) for t in taints)


def _extended(taint: Taint, trail: str) -> Taint:
    origin = taint.origin
    if taint.composed or origin.key[-1][:1] == "~":
        return derived((taint,), trail)[0]
    if origin.owner is None:
        return _keyed(taint, trail)
    if len(origin.trail) >= PATH_KEPT or not taint.sure:
        # What an unknown call gives is not the parameter: its parts are not the parameter's.
        return taint
    below = Origin(
        (*origin.key, trail), origin.owner, origin.index, (*origin.trail, trail),
        function_key=origin.function_key,
    )  # fmt: skip
    return Taint(below, taint.step, taint.neutral, taint.composed, taint.sure)


def _keyed(taint: Taint, trail: str) -> Taint:
    origin = taint.origin
    if origin.name is not None:
        return derived((taint,), trail)[0]
    if trail in (_ANY_ITEM, ANY_VALUE):
        return taint
    if trail[0] == ".":
        if origin.channel not in _KEYED_BY_ATTRIBUTE:
            return taint
        name = trail[1:]
    else:
        name = trail[1:-1]
        if name.lstrip("-").isdigit() and origin.channel not in _KEYED_BY_ATTRIBUTE:
            return taint
    return Taint(named_origin(origin, name), taint.step, taint.neutral, sure=taint.sure)


def named_origin(origin: Origin, name: str) -> Origin:
    """Return the part of a source that has a name of its own: a form field, an option.

    However often it is read, it is the same value.
    """
    key = (*origin.key, name)
    if origin.channel in _LASTING:
        key = ("s", "", "", origin.key[3], name)
    return Origin(
        key, None, -1, (), origin.level, origin.channel, name, origin.note,
        origin.path, origin.start, origin.end, origin.function, origin.function_key,
    )  # fmt: skip


def source_taint(
    frame: Frame, row: Source, node: ir.Node, ref: str, name: str | None = None
) -> Taint:
    """Return the taint of a source that is read at a node by a dotted name."""
    key = ("s", frame.module.path, str(node.start), ref)
    note = row.note or f"{row.level.value} input, {row.names[0]}"
    origin = Origin(
        key, None, -1, (), row.level, row.channel, None, note,
        frame.module.path, node.start, node.end, frame.qualname, frame.key,
    )  # fmt: skip
    if name is not None:
        origin = named_origin(origin, name)
    return Taint(origin, frame.step(None, StepKind.SOURCE, node, note), turn_marks(row))


def turn_marks(row: Source) -> frozenset[str]:
    """Return the marks on what comes from a source: where it counts, and as what kind."""
    turned = [f":{kind}>{other}" for kind, other in row.turns]
    return frozenset((*row.harmless, *turned, *(ONLY + kind for kind in row.kinds)))


def value_source(frame: Frame, name: str, node: ir.Node) -> tuple[Taint, ...]:
    """Return the taint of reading a dotted name, if the catalogue has it as a source."""
    rows = frame.engine.catalogue.sources.get(name)
    if rows is None:
        return ()
    return tuple(source_taint(frame, r, node, name) for r in rows if r.form == "value")


def with_telling_key(frame: Frame, node: ir.Item, index: Value | None, found: Value) -> Value:
    """Return an item of a mapping with the source that its key alone tells it to be."""
    if index is None or not isinstance(index.const, str):
        return found
    name = index.const.lower()
    for row in frame.engine.catalogue.sources.get("*[]", ()):
        if name in row.keys:
            taint = source_taint(frame, row, node, "*[]", index.const)
            return with_taints(found, merge_taints([found.taints, (taint,)]))
    return found


def load_attribute(frame: Frame, base: Value, name: str, node: ir.Node) -> Value:
    """Return ``base.name``."""
    if base.others:
        return reduce(join, [load_attribute(frame, b, name, node) for b in alternatives(base)])
    key = "." + name
    if base.fields is not None:
        if key in base.fields:
            return base.fields[key]
        if name == "__dict__":
            return records.as_mapping(base)
    if isinstance(base.target, ModuleInfo):
        return _of_module(frame, base.target, name, node)
    return _of_thing(frame, base, name, node)


def _of_thing(frame: Frame, base: Value, name: str, node: ir.Node) -> Value:
    if base.ref is not None and base.type is None:
        return _library(frame, base, f"{base.ref}.{name}", node)
    if isinstance(base.target, ClassInfo):
        return _of_class(frame, base, base.target, name)
    return _of_instance(frame, base, name, node, extend(base.taints, "." + name))


def _of_module(frame: Frame, module: ModuleInfo, name: str, node: ir.Node) -> Value:
    found = frame.engine.global_value(module, name)
    if found is None:
        found = frame.engine.submodule(module, name)
    return UNKNOWN if found is None else _sourced(frame, found, node)


def _sourced(frame: Frame, value: Value, node: ir.Node) -> Value:
    if value.ref is None:
        return value
    taints = value_source(frame, value.ref, node)
    return with_taints(value, taints) if taints else value


def _library(frame: Frame, base: Value, ref: str, node: ir.Node) -> Value:
    taints = value_source(frame, ref, node)
    if not taints:
        taints = extend(base.taints, "." + ref.rpartition(".")[2])
    of = frame.engine.catalogue.value_types.get(ref)
    if base.ref in CONTEXTS and of is None:
        kept = frame.engine.request_context.value(frame.module, ref)
        if kept is not None:
            return kept
    return Value(
        taints, library_constant(ref), ref, type=of, receiver=base if base.taints else None
    )


def _of_class(frame: Frame, base: Value, owner: ClassInfo, name: str) -> Value:
    method = frame.engine.hierarchy.method(owner, name)
    if method is not None:
        bound = base if "classmethod" in decorator_names(method) else None
        return Value(target=method, receiver=bound)
    found = class_attribute(frame, owner, name)
    if found is not None:
        return records.member(owner, name, found) if records.is_enum(frame, owner) else found
    inner = frame.engine.declarations.inner_class(owner, name)
    if inner is not None:
        return Value(target=inner)
    names = frame.engine.hierarchy.names(owner)
    types = frame.engine.catalogue.value_types
    of = next((types[f"{n}.{name}"] for n in names if f"{n}.{name}" in types), None)
    if of is not None:
        return Value(type=of, ref=f"{names[0]}.{name}")
    library = [n for n in names[1:] if f"{n}.{name}" in frame.engine.catalogue.sinks]
    return Value(ref=f"{library[0]}.{name}") if library else UNKNOWN


def class_attribute(frame: Frame, owner: ClassInfo, name: str) -> Value | None:
    """Return a value assigned in the body of a class or of one of its bases."""
    for current in frame.engine.hierarchy.line(owner):
        if isinstance(current, ClassInfo) and name in current.values:
            return frame.engine.class_value(current, name)
    return None


def is_property(function: FunctionInfo) -> bool:
    """Tell whether reading the attribute calls the function."""
    return bool(function.decorators) and bool(decorator_names(function) & _PLAIN_DECORATORS)


def _of_instance(
    frame: Frame, base: Value, name: str, node: ir.Node, taints: tuple[Taint, ...]
) -> Value:
    of = base.type
    found = _of_own(frame, base, of, name, taints) if isinstance(of, ClassInfo) else None
    if found is not None:
        return found
    if of is None:
        return Value(taints, receiver=base)
    return _known_attribute(frame, base, of, name, node, taints)


def _known_attribute(
    frame: Frame,
    base: Value,
    of: "ClassInfo | str",
    name: str,
    node: ir.Node,
    taints: tuple[Taint, ...],
) -> Value:
    """Return an attribute of a class of which the catalogue may know something."""
    types = frame.engine.catalogue.value_types
    for each in frame.engine.hierarchy.names(of):
        ref = f"{each}.{name}"
        sources = value_source(frame, ref, node)
        kind = types.get(ref)
        if sources or kind is not None:
            fields = _harmless_fields(frame, of) if isinstance(of, ClassInfo) else None
            found = merge_taints([sources, taints])
            return Value(found, type=kind, receiver=base, ref=ref, fields=fields)
        for row in frame.engine.catalogue.sanitizers.get(ref, ()):
            taints = harmless(taints, frozenset(row.kinds))
    if isinstance(of, ClassInfo):
        return Value(taints, receiver=base)
    return Value(taints, ref=f"{of}.{name}", type=types.get(f"{of}.*"), receiver=base)


def _harmless_fields(frame: Frame, owner: ClassInfo) -> dict[str, Value] | None:
    """Return the items of a form's values that its class declares as numbers, dates or choices."""
    found: dict[str, Value] = {}
    for current in frame.engine.hierarchy.line(owner):
        for name in current.values if isinstance(current, ClassInfo) else ():
            value = class_attribute(frame, owner, name)
            if value is not None and value.type == HARMLESS:
                found[f"[{name}]"] = UNKNOWN
    return found or None


def _of_own(
    frame: Frame, base: Value, of: ClassInfo, name: str, taints: tuple[Taint, ...]
) -> Value | None:
    """Return an attribute of an instance of one of the target's own classes."""
    method = frame.engine.hierarchy.method(of, name)
    if method is not None:
        others = frame.engine.declarations.overrides(of, method)
        found = Value(taints, target=method, receiver=base)
        return reduce(join, [Value(target=o, receiver=base) for o in others], found)
    if records.is_converted(frame, of, name):
        return Value(receiver=base)
    if name == "value" and records.is_enum(frame, of):
        return records.any_member(frame, of) or UNKNOWN
    stored = frame.engine.instance_value(of, name)
    if stored is None:
        stored = class_attribute(frame, of, name)
    stored = _declared(frame, of, name, stored)
    if stored is None:
        return None
    if stored.const is None:
        stored = Value(stored.taints)
    elif stored.const is not MISSING and taints and _is_field(frame, of, name):
        stored = replace(stored, const=MISSING, prefix="")
    return with_taints(stored, merge_taints([taints, stored.taints]))


def _is_field(frame: Frame, owner: ClassInfo, name: str) -> bool:
    """Tell whether an attribute is a field of a record, whose value in the class is a default."""
    if name.isupper() or frame.engine.hierarchy.method(owner, "__init__") is not None:
        return False
    line = frame.engine.hierarchy.line(owner)
    return any(isinstance(one, ClassInfo) and name in one.declared for one in line)


def _declared(frame: Frame, owner: ClassInfo, name: str, stored: Value | None) -> Value | None:
    """Return an attribute with the class that its annotation names."""
    if stored is not None and (stored.type is not None or stored.target is not None):
        return stored
    of = frame.engine.declarations.declared_type(owner, name)
    if of is None or (stored is None and not isinstance(of, ClassInfo)):
        return stored
    if isinstance(of, str) and of in ("int", "float", "bool", "str", "bytes", "list", "dict"):
        return stored
    return Value(() if stored is None else stored.taints, type=of)


def item_key(index: Value) -> str | None:
    """Return how an item of a known key is called in trails and fields."""
    if isinstance(index.const, str):
        return f"[{index.const}]"
    if isinstance(index.const, int) and not isinstance(index.const, bool):
        return f"[{index.const}]"
    return None


def load_item(base: Value, index: Value | None) -> Value:
    """Return ``base[index]``; a slice where there is no index."""
    if index is None:
        return _slice(base)
    key = item_key(index)
    number = index.const if isinstance(index.const, int) else None
    if number is not None:
        found = _numbered(base, number)
        if found is not None:
            return found
    if key is not None and base.fields is not None and key in base.fields:
        return base.fields[key]
    taints = extend(base.taints, key or ANY_VALUE)
    if key is not None and base.fields is not None and base.element is None:
        return Value(taints) if taints else UNKNOWN
    inside = elements(base, plain=True)
    if inside is None:
        return Value(taints, text=base.text) if taints else UNKNOWN
    if number is not None and base.element is not None:
        # What is tested of one element says nothing of the others.
        inside = with_taints(inside, derived(inside.taints, f"[{number}]"))
    return with_taints(inside, merge_taints([inside.taints, taints])) if taints else inside


def _numbered(base: Value, number: int) -> Value | None:
    if isinstance(base.const, str):
        return constant(base.const[number : number + 1 or None])
    items = base.items or ()
    if -len(items) <= number < len(items) and (number >= 0 or base.element is None):
        return items[number]
    return None


def load_slice(base: Value, lower: Value, upper: Value, step: Value) -> Value:
    """Return ``base[lower:upper:step]``."""
    bounds = [b.const for b in (lower, upper, step) if b.const is None or isinstance(b.const, int)]
    if len(bounds) == 3 and bounds[2] != 0:  # noqa: PLR2004 - all of them
        part = slice(*bounds)
        if isinstance(base.const, str):
            return constant(base.const[part])
        if base.items is not None and base.shape in (known.LIST, known.TUPLE):
            return Value(base.taints, items=base.items[part], shape=base.shape)
    return _slice(base)


def _slice(base: Value) -> Value:
    if base.items is None:
        return Value(derived(base.taints, "[:]"), element=base.element, text=base.text)
    element: Value | None = base.element
    for item in base.items:
        element = item if element is None else join(element, item)
    return Value(base.taints, element=element)


def elements(base: Value, *, plain: bool = False) -> Value | None:
    """Return what iterating over a value may give; ``plain`` leaves the value's own taint out."""
    found: Value | None = base.element
    for item in base.items or ():
        found = item if found is None else join(found, item)
    if plain and base.fields is not None:
        for key, field in base.fields.items():
            if key[0] == "[":
                found = field if found is None else join(found, field)
    if plain:
        return found
    if base.fields is not None and KEYS in base.fields:
        return base.fields[KEYS]
    if base.fields is not None and found is None:
        keys = [k[1:-1] for k in base.fields if k[0] == "["]
        if keys:
            found = constant(keys[0]) if len(keys) == 1 else Value(text=True)
    taints = extend(base.taints, _ANY_ITEM)
    if found is None:
        return Value(taints) if taints else None
    return with_taints(found, merge_taints([found.taints, taints])) if taints else found


def iterated(frame: Frame, base: Value) -> Value | None:
    """Return what a loop over a value gives: its elements, or those of a library's class."""
    found = elements(base)
    if isinstance(base.type, str) and (found is None or found.type is None):
        of = element_type(frame, base)
        if of is not None:
            return Value(() if found is None else found.taints, type=of)
    return found


def element_type(frame: Frame, base: Value) -> str | None:
    """Return the class that the catalogue knows of the items of a value."""
    types = frame.engine.catalogue.value_types
    if isinstance(base.type, str):
        for name in frame.engine.hierarchy.names(base.type):
            if f"{name}[]" in types:
                return types[f"{name}[]"]
    return None if base.ref is None else types.get(f"{base.ref}[]")


def select(value: Value, trail: tuple[str, ...]) -> Value:
    """Return the part of a value that a trail leads to."""
    for place, part in enumerate(trail):
        if value.fields is not None and part in value.fields:
            value = value.fields[part]
        elif part[0] == "[":
            value = _selected_item(value, part)
        elif part[0] == LOOKED_UP:
            value = looked_up(value, part[1:])
        else:
            taints = value.taints
            for rest in trail[place:]:
                taints = extend(taints, rest)
            return Value(taints) if taints else UNKNOWN
    return value


def looked_up(value: Value, name: str) -> Value:
    """Return what a template writes as ``value.name``: an item or an attribute.

    What a request holds under a name is a text, which has nothing under other names.
    """
    fields = value.fields or {}
    for key in (f"[{name}]", f".{name}"):
        if key in fields:
            return fields[key]
    if value.items is not None and name.isdigit():
        return load_item(value, constant(int(name)))
    found: list[Taint] = []
    for taint in value.taints:
        origin = taint.origin
        if origin.owner is not None:
            found.append(_extended(taint, LOOKED_UP + name))
        elif not (taint.composed or (origin.name is not None and origin.channel in _TEXTS)):
            found.append(_extended(taint, f"[{name}]"))
    return Value(tuple(found)) if found else UNKNOWN


def _selected_item(value: Value, part: str) -> Value:
    text = part[1:-1]
    if part == ANY_VALUE:
        inside = elements(value, plain=True) or UNKNOWN
        return with_taints(inside, merge_taints([inside.taints, extend(value.taints, part)]))
    if not text:
        return elements(value) or UNKNOWN
    index = constant(int(text)) if text.lstrip("-").isdigit() else constant(text)
    return load_item(value, index)


def store_field(base: Value, key: str, value: Value) -> Value:
    """Return ``base`` with an attribute (``.name``) or item (``[key]``) replaced."""
    fields = dict(base.fields) if base.fields is not None else {}
    if len(fields) >= ITEMS_KEPT * 4 and key not in fields:
        return store_element(base, value)
    fields[key] = value
    items = base.items
    if items is not None and key[0] == "[":
        number = key[1:-1]
        if number.isdigit() and int(number) < len(items):
            place = int(number)
            items = (*items[:place], value, *items[place + 1 :])
    return Value(
        base.taints, MISSING, base.ref, base.target,
        base.type, base.receiver, items, base.element, fields,
        shape=_shape_after(base, key, items),
    )  # fmt: skip


def _shape_after(base: Value, key: str, items: tuple[Value, ...] | None) -> str:
    """Return the shape of a collection in which an item was replaced or a key added."""
    if base.shape == known.DICT and key[0] == "[":
        return base.shape
    return base.shape if items is not base.items else ""


KEYS = ".keys()"
"""Field of what the keys of a dictionary may be, beside those that are known."""


def with_keys(base: Value, key: Value) -> Value:
    """Return a dictionary with one more key that is not known."""
    if not key.taints:
        return base
    before = (base.fields or {}).get(KEYS)
    fields = {**(base.fields or {}), KEYS: key if before is None else join(before, key)}
    return replace(base, fields=fields)


def store_element(base: Value, value: Value) -> Value:
    """Return ``base`` with one more element of unknown place."""
    element = value if base.element is None else join(base.element, value)
    return Value(
        base.taints, ref=base.ref, type=base.type, receiver=base.receiver, items=base.items,
        element=element, fields=base.fields,
    )  # fmt: skip
