"""Records: classes whose instances hold what they are made of, field by field."""

import re

from countermine.flow import guards, ir
from countermine.flow.dispatch import evaluate
from countermine.flow.frame import Arguments, Frame
from countermine.flow.index import ClassInfo, FunctionInfo, ValueRange
from countermine.flow.joining import join
from countermine.flow.values import (
    NO_FACTS,
    UNKNOWN,
    Facts,
    Value,
    all_taints,
    constant,
    merge_taints,
    with_taints,
)

NAMED_TUPLE = "a named tuple"
"""Name of what ``namedtuple`` makes, and of the last base of classes that are made of it."""
_TUPLES = frozenset({"typing.NamedTuple", NAMED_TUPLE})
_ENUMS = frozenset(
    {
        "enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag",
        "django.db.models.TextChoices", "django.db.models.IntegerChoices",
    }
)  # fmt: skip
_VALIDATED = frozenset(
    {
        "pydantic.BaseModel", "pydantic.main.BaseModel", "pydantic.v1.BaseModel",
        "pydantic_settings.BaseSettings", "pydantic.BaseSettings", "sqlmodel.SQLModel",
        "ninja.Schema", "msgspec.Struct",
    }
)  # fmt: skip
_HARMLESS = frozenset(
    {
        "int", "float", "bool", "complex", "uuid.UUID", "decimal.Decimal", "datetime.datetime",
        "datetime.date", "datetime.time", "datetime.timedelta", "ipaddress.IPv4Address",
    }
)  # fmt: skip
_FIELD = re.compile(rb"(?:attrs?\.)?(?:ib|attrib|field)\(")
_MODELS = frozenset({"django.db.models.Model", "django.db.models.base.Model"})
_MANAGERS = frozenset({"objects", "_default_manager"})
_ROW_MAKERS = frozenset(
    {
        "create", "acreate", "get_or_create", "aget_or_create", "update_or_create",
        "aupdate_or_create",
    }
)  # fmt: skip
_MAPPINGS = frozenset({"typing.TypedDict", "typing_extensions.TypedDict"})
_MAKERS = frozenset(
    {
        "model_validate", "model_validate_json", "parse_obj", "parse_raw", "from_orm", "construct",
        "model_construct", "from_dict", "from_json", "_make",
    }
)  # fmt: skip
"""Methods of record classes that make an instance of one argument."""


def _has_base(frame: Frame, owner: ClassInfo, bases: frozenset[str]) -> bool:
    return any(name in bases for name in frame.engine.hierarchy.names(owner)[1:])


def is_enum(frame: Frame, owner: ClassInfo) -> bool:
    """Tell whether the instances of a class are the values in its body."""
    return bool(owner.bases) and _has_base(frame, owner, _ENUMS)


def looked_up(frame: Frame, owner: ClassInfo, value: Value) -> Facts:
    """Return what holds of a value once a member was found by it: it is one of the constants."""
    if frame.engine.hierarchy.method(owner, "_missing_") is not None:
        return NO_FACTS
    return guards.among(value, UNKNOWN)


def member(owner: ClassInfo, name: str, value: Value) -> Value:
    """Return a member of an enumeration."""
    fields = {".value": value, ".name": constant(name)}
    return Value(const=value.const, type=owner, fields=fields, prefix=value.prefix, text=value.text)


def field_names(frame: Frame, owner: ClassInfo) -> list[str]:
    """Return the fields of a class, in the order of their declaration."""
    found: list[str] = []
    for current in reversed(frame.engine.hierarchy.line(owner)):
        if isinstance(current, ClassInfo):
            found += [name for name in current.declared if name not in found]
            found += [n for n, v in current.values.items() if n not in found and _makes(current, v)]
    return found


def _makes(owner: ClassInfo, places: list[ValueRange]) -> bool:
    """Tell whether a value in the body of a class declares a field, as ``attr.ib()`` does."""
    text = owner.module.text
    return any(_FIELD.match(text, place.start, place.end) for place in places)


def is_converted(frame: Frame, owner: ClassInfo, name: str) -> bool:
    """Tell whether a field holds nothing but a number or the like, whatever is put into it."""
    if not owner.bases or not _has_base(frame, owner, _VALIDATED):
        return False
    of = frame.engine.declarations.declared_type(owner, name)
    return of in _HARMLESS or (isinstance(of, ClassInfo) and is_enum(frame, of))


def made(frame: Frame, owner: ClassInfo, arguments: Arguments) -> Value:
    """Return an instance of a class that has no ``__init__`` of its own."""
    if is_enum(frame, owner):
        return Value(type=owner)
    names = field_names(frame, owner)
    fields = _filled(frame, owner, names, arguments)
    taken = set(names)
    for name, value in arguments.keywords.items():
        if name not in taken and (names or _is_value(frame, owner, name)):
            fields["." + name] = value
            taken.add(name)
    if owner.bases and _has_base(frame, owner, _MAPPINGS):
        return Value(fields={f"[{key[1:]}]": value for key, value in fields.items()})
    items = None
    if owner.bases and _has_base(frame, owner, _TUPLES):
        items = tuple(fields.get("." + name, UNKNOWN) for name in names)
    rest = [v for n, v in arguments.keywords.items() if n not in taken]
    if not names:
        rest += arguments.positional
        rest += [v for v in (arguments.rest, arguments.mapping) if v is not None]
    taints = merge_taints([all_taints(v) for v in rest])
    return Value(taints, type=owner, fields=fields, items=items)


def _filled(
    frame: Frame, owner: ClassInfo, names: list[str], arguments: Arguments
) -> dict[str, Value]:
    """Return what a call, or else the body of the class, gives the fields."""
    fields: dict[str, Value] = {}
    for place, name in enumerate(names):
        value = arguments.at(place, name)
        if value is None:
            value = _default(frame, owner, name)
        elif is_converted(frame, owner, name):
            continue
        if value is not None:
            fields["." + name] = value
    return fields


def finisher(frame: Frame, owner: ClassInfo) -> FunctionInfo | None:
    """Return the method that is called once a record holds its fields."""
    names = ("__post_init__", "__attrs_post_init__", "model_post_init")
    found = [frame.engine.hierarchy.method(owner, name) for name in names]
    return next((method for method in found if method is not None), None)


def _is_value(frame: Frame, owner: ClassInfo, name: str) -> bool:
    """Tell whether the class declares a value of that name in its body, such as a column."""
    line = frame.engine.hierarchy.line(owner)
    return any(isinstance(c, ClassInfo) and name in c.values for c in line)


def _default(frame: Frame, owner: ClassInfo, name: str) -> Value | None:
    for current in frame.engine.hierarchy.line(owner):
        if isinstance(current, ClassInfo) and name in current.values:
            found = frame.engine.class_value(current, name)
            # A default that a library computes, such as ``field(default_factory=list)``.
            return Value() if found is None or found.type is not None else found
    return None


def made_of(frame: Frame, owner: ClassInfo, name: str, arguments: Arguments) -> Value | None:
    """Return what a method of a record class makes; ``None`` where it is no such method."""
    if name not in _MAKERS or not field_names(frame, owner) or not arguments.positional:
        return None
    given = arguments.positional[0]
    fields: dict[str, Value] = {}
    for each in field_names(frame, owner):
        key = f"[{each}]"
        if given.fields is not None and key in given.fields:
            value = given.fields[key]
        else:
            value = Value(all_taints(given))
        if not is_converted(frame, owner, each):
            fields["." + each] = value
    return Value(type=owner, fields=fields)


def row_made(frame: Frame, node: ir.Call, arguments: Arguments) -> Value | None:
    """Return the row that a manager of a model makes; ``None`` where it makes none."""
    function = node.function
    if not isinstance(function, ir.Attr) or function.name not in _ROW_MAKERS:
        return None
    manager = function.target
    if not isinstance(manager, ir.Attr) or manager.name not in _MANAGERS:
        return None
    owner = evaluate(frame, manager.target).target
    if not isinstance(owner, ClassInfo) or not _has_base(frame, owner, _MODELS):
        return None
    if function.name in ("create", "acreate"):
        return made(frame, owner, arguments)
    named = dict(arguments.keywords)
    defaults = named.pop("defaults", UNKNOWN)
    named |= {key[1:-1]: value for key, value in (defaults.fields or {}).items() if key[0] == "["}
    row = made(frame, owner, Arguments([], named, None, arguments.mapping))
    rest = () if defaults.fields is not None else all_taints(defaults)
    return Value(items=(with_taints(row, merge_taints([row.taints, rest])), UNKNOWN))


def tuple_class(arguments: Arguments) -> Value:
    """Return the class that ``namedtuple`` makes; its items are the names of its fields."""
    given = arguments.at(1, "field_names") or arguments.at(1, "fields") or UNKNOWN
    names: list[Value] = []
    if isinstance(given.const, str):
        names = [constant(n) for n in given.const.replace(",", " ").split()]
    for item in given.items or ():
        names.append(item.items[0] if item.items else item)
    if not all(isinstance(n.const, str) for n in names):
        names = []
    return Value(ref=NAMED_TUPLE, items=tuple(names))


def tuple_of(callee: Value, arguments: Arguments) -> Value:
    """Return an instance of a class that ``namedtuple`` made."""
    names = [str(item.const) for item in callee.items or ()]
    values = [arguments.at(place, name) or UNKNOWN for place, name in enumerate(names)]
    fields = {"." + name: value for name, value in zip(names, values, strict=True)}
    taints = () if names else merge_taints([all_taints(v) for v in arguments.everything()])
    return Value(taints, items=tuple(values) if names else None, fields=fields)


def replaced(base: Value, changes: dict[str, Value]) -> Value:
    """Return a record with some of its fields replaced."""
    fields = {**(base.fields or {}), **{"." + name: value for name, value in changes.items()}}
    items = base.items
    if items is not None and base.fields is not None:
        places = [key for key in base.fields if key[0] == "."]
        if len(places) == len(items):
            items = tuple(fields[key] for key in places)
    return Value(base.taints, type=base.type, fields=fields, items=items, element=base.element)


def as_mapping(base: Value) -> Value:
    """Return the fields of a record under their names as keys."""
    fields = {f"[{k[1:]}]": v for k, v in (base.fields or {}).items() if k[0] == "."}
    return Value(base.taints, fields=fields, element=base.element)


def mapped(receiver: Value, name: str, arguments: Arguments) -> Value | None:
    """Return what a method of a record gives that makes a mapping of it, if it is one."""
    if receiver.fields is None or name not in ("model_dump", "dict", "_asdict"):
        return None
    found = as_mapping(receiver)
    left_out = _keys(arguments.keywords.get("exclude")) or frozenset()
    only = _keys(arguments.keywords.get("include"))
    fields = {
        key: value
        for key, value in (found.fields or {}).items()
        if key not in left_out and (only is None or key in only)
    }
    return Value(found.taints, fields=fields, element=found.element)


def _keys(names: Value | None) -> frozenset[str] | None:
    """Return the keys of the fields that an option names; ``None`` if they are not known."""
    if names is None or names.items is None or names.element is not None or names.taints:
        return None
    return frozenset(f"[{item.const}]" for item in names.items if isinstance(item.const, str))


def any_member(frame: Frame, owner: ClassInfo) -> Value | None:
    """Return what any member of an enumeration holds."""
    found: Value | None = None
    for name in owner.values:
        value = frame.engine.class_value(owner, name)
        if value is not None:
            found = value if found is None else join(found, value)
    return found
