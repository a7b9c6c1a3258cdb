"""What functions of the standard library give that look into things, or change them."""

from collections.abc import Callable
from functools import reduce

from countermine.flow import chosen_by_name, ir, protocols, records
from countermine.flow.access import is_property, load_attribute
from countermine.flow.assign import change
from countermine.flow.builtins import first
from countermine.flow.dispatch import evaluate, invoke
from countermine.flow.frame import Arguments, Frame
from countermine.flow.index import ClassInfo, FunctionInfo
from countermine.flow.joining import alternatives, join
from countermine.flow.parts import item_key, load_item, store_field
from countermine.flow.values import ITEMS_KEPT, UNKNOWN, Value, altered, tainted, with_taints

_Model = Callable[[Frame, ir.Call, Arguments], Value | None]
_METHODS_JOINED = 8
"""Methods that share the known beginning of a name; more are a table of another kind."""


def _getattr(frame: Frame, node: ir.Call, arguments: Arguments) -> Value | None:
    base = first(arguments)
    if len(arguments.positional) < 2:  # noqa: PLR2004 - thing and name
        return None
    name = arguments.positional[1]
    default = arguments.positional[2] if len(arguments.positional) > 2 else None  # noqa: PLR2004
    if not isinstance(name.const, str):
        found = _begins(frame, base, name.prefix)
        return chosen_by_name.chosen(tainted(base), "getattr", name) if found is None else found
    found = attribute(frame, base, name.const, node)
    if default is None or found.target is not None or _is_set(base, name.const):
        return found
    return join(found, default)


def _is_set(base: Value, name: str) -> bool:
    return base.fields is not None and "." + name in base.fields


def attribute(frame: Frame, base: Value, name: str, node: ir.Call) -> Value:
    """Return an attribute by its name; what a property gives, if it is one."""
    text = ir.Attr(node.start, node.end, node.function, name)
    found = load_attribute(frame, base, name, text)
    results = []
    for one in alternatives(found):
        target = one.target
        if isinstance(target, FunctionInfo) and is_property(target) and one.receiver is not None:
            results.append(invoke(frame, node, one, Arguments([], {})))
        else:
            results.append(one)
    return reduce(join, results)


def _begins(frame: Frame, base: Value, prefix: str) -> Value | None:
    """Return the methods whose names begin with a known text: ``getattr(self, "do_" + name)``."""
    if not prefix or not isinstance(base.type, ClassInfo):
        return None
    names: dict[str, None] = {}
    for current in frame.engine.hierarchy.line(base.type):
        if isinstance(current, ClassInfo):
            names.update(dict.fromkeys(n for n in current.methods if n.startswith(prefix)))
    if not 0 < len(names) <= _METHODS_JOINED:
        return None
    found = [frame.engine.hierarchy.method(base.type, name) for name in names]
    return reduce(join, [Value(target=method, receiver=base) for method in found])


def _setattr(frame: Frame, node: ir.Call, arguments: Arguments) -> Value | None:
    if len(arguments.positional) == 3:  # noqa: PLR2004 - thing, name and value
        base, name, value = arguments.positional
        if isinstance(name.const, str):
            target = node.arguments[0].value
            change(frame, target, base, store_field(base, "." + name.const, value))
    return UNKNOWN


def _vars(_frame: Frame, _node: ir.Call, arguments: Arguments) -> Value | None:
    return records.as_mapping(first(arguments)) if arguments.positional else None


def _getenv(frame: Frame, node: ir.Call, arguments: Arguments) -> Value | None:
    """Return a variable of the environment that was set in this function."""
    if "os" not in frame.state.variables:
        return None
    key = item_key(first(arguments))
    base = evaluate(frame, ir.Name(node.start, node.end, "os"))
    inside = (base.fields or {}).get(".environ")
    if inside is None or inside.fields is None or key is None:
        return None
    return inside.fields.get(key)


def _import_module(frame: Frame, _node: ir.Call, arguments: Arguments) -> Value | None:
    name = first(arguments).const
    if not isinstance(name, str) or not name:
        return None
    plain = name.lstrip(".")
    level = len(name) - len(plain)
    package = arguments.at(1, "package")
    if level and package is not None and isinstance(package.const, str):
        base = package.const.split(".")
        plain = ".".join([*base[: len(base) - level + 1], plain])
        level = 0
    return frame.engine.imported(frame.module, ir.Imported(plain, plain, None, level))


def _import(frame: Frame, node: ir.Call, arguments: Arguments) -> Value | None:
    name = first(arguments).const
    if isinstance(name, str) and name and "fromlist" not in arguments.keywords:
        top = name.partition(".")[0]
        return frame.engine.imported(frame.module, ir.Imported(top, top, None, 0))
    return _import_module(frame, node, Arguments(arguments.positional[:1], {}))


def _replaced(_frame: Frame, _node: ir.Call, arguments: Arguments) -> Value | None:
    return records.replaced(first(arguments), arguments.keywords)


def _copied(_frame: Frame, _node: ir.Call, arguments: Arguments) -> Value | None:
    return altered(first(arguments)) if arguments.positional else None


def _namespace(_frame: Frame, _node: ir.Call, arguments: Arguments) -> Value | None:
    if arguments.mapping is not None:
        return None
    return Value(fields={"." + name: value for name, value in arguments.keywords.items()})


def _item_getter(frame: Frame, node: ir.Call, arguments: Arguments) -> Value | None:
    del frame, node
    return Value(ref=ITEM_GETTER, items=tuple(arguments.positional))


def _attribute_getter(frame: Frame, node: ir.Call, arguments: Arguments) -> Value | None:
    del frame, node
    return Value(ref=ATTRIBUTE_GETTER, items=tuple(arguments.positional))


ITEM_GETTER = "an item getter"
ATTRIBUTE_GETTER = "an attribute getter"


def _got_item(_frame: Frame, _node: ir.Call, keys: Value, arguments: Arguments) -> Value:
    found = [load_item(first(arguments), key) for key in keys.items or ()]
    return found[0] if len(found) == 1 else Value(items=tuple(found))


def _got_attribute(frame: Frame, node: ir.Call, keys: Value, arguments: Arguments) -> Value:
    base = first(arguments)
    found = [
        attribute(frame, base, key.const, node) if isinstance(key.const, str) else tainted(base)
        for key in keys.items or ()
    ]
    return found[0] if len(found) == 1 else Value(items=tuple(found))


MADE: dict[str, Callable[[Frame, ir.Call, Value, Arguments], Value]] = {
    records.NAMED_TUPLE: lambda _frame, _node, callee, arguments: records.tuple_of(
        callee, arguments
    ),
    ITEM_GETTER: _got_item,
    ATTRIBUTE_GETTER: _got_attribute,
}
"""What calling something gives that a library made."""


def _tuple_class(_frame: Frame, _node: ir.Call, arguments: Arguments) -> Value | None:
    return records.tuple_class(arguments)


def _chained(_frame: Frame, _node: ir.Call, arguments: Arguments) -> Value | None:
    fields: dict[str, Value] = {}
    for value in reversed(arguments.positional):
        if value.fields is None:
            return None
        fields.update(value.fields)
    rest = [v.element for v in arguments.positional if v.element is not None]
    taints = tainted(*[Value(v.taints) for v in arguments.positional]).taints
    return Value(taints, fields=fields, element=reduce(join, rest) if rest else None)


def _from_pairs(_frame: Frame, _node: ir.Call, arguments: Arguments) -> Value | None:
    """Return the dictionary of pairs that are known one by one; others are left to ``dict``."""
    pairs = first(arguments)
    if not arguments.positional or pairs.items is None or pairs.element is not None:
        return None
    fields: dict[str, Value] = {}
    for pair in pairs.items:
        key = item_key(pair.items[0]) if pair.items is not None and len(pair.items) > 1 else None
        if key is None or pair.items is None:
            return None
        fields[key] = pair.items[1]
    fields.update({f"[{name}]": value for name, value in arguments.keywords.items()})
    return Value(pairs.taints, fields=fields) if len(fields) <= ITEMS_KEPT * 4 else None


def _from_keys(_frame: Frame, _node: ir.Call, arguments: Arguments) -> Value | None:
    keys = first(arguments)
    value = arguments.positional[1] if len(arguments.positional) > 1 else UNKNOWN
    names = [item_key(item) for item in keys.items or ()]
    if keys.items is None or not all(names):
        return Value(keys.taints, element=value)
    return Value(keys.taints, fields={name: value for name in names if name is not None})


def _same(_frame: Frame, _node: ir.Call, arguments: Arguments) -> Value | None:
    return first(arguments) if arguments.positional else None


def _gathered(_frame: Frame, _node: ir.Call, arguments: Arguments) -> Value | None:
    return Value(items=tuple(arguments.positional), element=arguments.rest)


def _chain(_frame: Frame, _node: ir.Call, arguments: Arguments) -> Value | None:
    items: list[Value] = []
    for value in arguments.positional:
        if value.items is None or value.element is not None or value.taints:
            return None
        items.extend(value.items)
    return Value(items=tuple(items)) if len(items) <= ITEMS_KEPT else None


def _pushed(frame: Frame, node: ir.Call, arguments: Arguments) -> Value | None:
    if len(arguments.positional) > 1:
        heap, value = arguments.positional[:2]
        element = value if heap.element is None else join(heap.element, value)
        after = with_taints(altered(heap, element=element, shape=""), heap.taints)
        change(frame, node.arguments[0].value, heap, after)
    return UNKNOWN


def _popped(_frame: Frame, _node: ir.Call, arguments: Arguments) -> Value | None:
    heap = first(arguments)
    parts = [*(heap.items or ()), *([heap.element] if heap.element is not None else [])]
    return reduce(join, parts) if parts else tainted(heap)


def _text(name: str) -> _Model:
    """Return what makes a text of one of the target's own objects."""

    def text(frame: Frame, node: ir.Call, arguments: Arguments) -> Value | None:
        value = first(arguments)
        shown = protocols.shown(frame, node, value, name)
        return None if shown is value else shown

    return text


TABLE: dict[str, _Model] = {
    "str": _text("__str__"),
    "format": _text("__str__"),
    "repr": _text("__repr__"),
    "getattr": _getattr,
    "setattr": _setattr,
    "vars": _vars,
    "os.getenv": _getenv,
    "importlib.import_module": _import_module,
    "__import__": _import,
    "dataclasses.replace": _replaced,
    "attr.evolve": _replaced,
    "attrs.evolve": _replaced,
    "copy.replace": _replaced,
    "dataclasses.asdict": _vars,
    "attr.asdict": _vars,
    "attrs.asdict": _vars,
    "copy.copy": _copied,
    "copy.deepcopy": _copied,
    "types.SimpleNamespace": _namespace,
    "argparse.Namespace": _namespace,
    "operator.itemgetter": _item_getter,
    "operator.attrgetter": _attribute_getter,
    "collections.namedtuple": _tuple_class,
    "typing.NamedTuple": _tuple_class,
    "collections.ChainMap": _chained,
    "dict": _from_pairs,
    "collections.OrderedDict": _from_pairs,
    "dict.fromkeys": _from_keys,
    "itertools.chain": _chain,
    "heapq.heappush": _pushed,
    "heapq.heappop": _popped,
    "asyncio.run": _same,
    "asyncio.create_task": _same,
    "asyncio.ensure_future": _same,
    "asyncio.shield": _same,
    "asyncio.wait_for": _same,
    "asgiref.sync.sync_to_async": _same,
    "asgiref.sync.async_to_sync": _same,
    "asyncio.gather": _gathered,
}
