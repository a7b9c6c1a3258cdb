"""Reading attributes and elements of abstract values, as classes and libraries say."""

from functools import reduce

from countermine.catalogue.schema import Source
from countermine.core.findings import StepKind
from countermine.flow import ir, records
from countermine.flow.frame import Frame
from countermine.flow.index import ClassInfo, FunctionInfo, ModuleInfo
from countermine.flow.joining import alternatives, join
from countermine.flow.library_constants import library_constant
from countermine.flow.origins import Origin
from countermine.flow.parts import elements, extend, named_origin
from countermine.flow.values import (
    MISSING,
    UNKNOWN,
    Taint,
    Value,
    altered,
    constant,
    harmless,
    merge_taints,
    with_taints,
)
from countermine.flow.variants import decorator_names

CONTEXTS = frozenset({"flask.g", "quart.g"})
"""Objects that live as long as a request: what one function puts there others take out."""
ONLY = ":only>"
"""Mark on what counts at sinks of the kind behind it, and of others that are marked so."""
HARMLESS = "harmless"
"""Class, in the catalogue, of fields of which the values can do no harm."""
BELOW = "__subclasses__"
"""Name of the method that gives the classes below one."""
ROW = ".row()"
"""Field of a query that holds what each of its rows is."""
_QUERIES = frozenset({"django.db.models.Manager", "sqlalchemy.orm.Query"})
_PLAIN_DECORATORS = frozenset({"property", "cached_property", "functools.cached_property"})


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
        return _of_module(frame, base, base.target, name, node)
    if name == "__name__" and isinstance(base.target, (FunctionInfo, ClassInfo)):
        return constant(base.target.name)
    return _of_thing(frame, base, name, node)


def _of_thing(frame: Frame, base: Value, name: str, node: ir.Node) -> Value:
    if base.ref is not None and base.type is None:
        return _library(frame, base, f"{base.ref}.{name}", node)
    if isinstance(base.target, ClassInfo):
        return _of_class(frame, base, base.target, name)
    return _of_instance(frame, base, name, node, extend(base.taints, "." + name))


def _of_module(frame: Frame, base: Value, module: ModuleInfo, name: str, node: ir.Node) -> Value:
    if base.shape:
        # A table of the names in it.
        return Value(ref=f"globals.{name}", receiver=base)
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
    if name == BELOW:
        return Value(ref=BELOW, receiver=base)
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
        fields = {ROW: Value(type=owner)} if of in _QUERIES else None
        return Value(type=of, ref=f"{names[0]}.{name}", fields=fields)
    library = [n for n in names[1:] if f"{n}.{name}" in frame.engine.catalogue.sinks]
    return Value(ref=f"{library[0]}.{name}") if library else UNKNOWN


def class_attribute(frame: Frame, owner: ClassInfo, name: str) -> Value | None:
    """Return a value assigned in the body of a class or of one of its bases."""
    for current in frame.engine.hierarchy.line(owner):
        if isinstance(current, ClassInfo) and name in current.values:
            return _with_heirs(frame, current, name, frame.engine.class_value(current, name))
    return None


def _with_heirs(frame: Frame, owner: ClassInfo, name: str, found: Value | None) -> Value | None:
    """Return a collection of a class with the classes below that put themselves into it."""
    if found is None or (found.fields is None and found.items is None):
        return found
    putting = owner.methods.get("__init_subclass__")
    if putting is None or name.encode() not in owner.module.text[putting.start : putting.end]:
        return found
    heirs = [Value(target=heir) for heir in frame.engine.declarations.below(owner)]
    return Value(element=reduce(join, heirs)) if heirs else found


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
    if stored.type == HARMLESS:
        return Value(receiver=base)
    if stored.const is None:
        stored = Value(stored.taints)
    elif stored.const is not MISSING and taints and _is_field(frame, of, name):
        stored = altered(stored, const=MISSING, prefix="")
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
