"""What the language's own functions and methods do to abstract values."""

from collections.abc import Callable

from countermine.flow import guards, texts
from countermine.flow.access import (
    elements,
    extend,
    item_key,
    load_item,
    store_element,
    store_field,
)
from countermine.flow.frame import Arguments
from countermine.flow.values import (
    ITEMS_KEPT,
    MISSING,
    UNKNOWN,
    Value,
    all_taints,
    constant,
    join,
    merge_taints,
    tainted,
    with_taints,
)

NOTHING_PASSES = frozenset(
    {
        "len", "isinstance", "issubclass", "hasattr", "id", "hash", "range", "bool", "ord", "int",
        "float", "complex", "callable", "type", "print", "abs", "round", "sum", "any", "all",
        "hex", "oct", "bin", "memoryview", "object", "staticmethod", "classmethod", "property",
        "count", "index", "find", "rfind", "rindex", "isfile", "isdir", "exists", "is_file",
        "is_dir", "getsize", "getmtime", "stat", "access", "time", "startswith", "endswith",
        "isdigit", "isalnum", "isalpha", "isspace", "islower", "isupper", "istitle", "isnumeric",
        "isdecimal", "isidentifier", "isascii", "issubset", "issuperset", "isdisjoint",
        "hexdigest", "digest", "cmp", "isatty", "fileno", "bit_length", "is_absolute", "islink",
        "isabs", "samefile", "lexists", "getpid", "sleep", "warn", "debug", "warning", "error",
    }
)  # fmt: skip
"""Functions and methods whose result says little of what they were given."""
_TEXT_METHODS = frozenset(
    {
        "strip", "lstrip", "rstrip", "lower", "upper", "title", "capitalize", "encode", "decode",
        "replace", "ljust", "rjust", "center", "zfill", "expandtabs", "swapcase", "casefold",
        "translate", "removeprefix", "removesuffix",
    }
)  # fmt: skip
_SPLITS = frozenset({"split", "rsplit", "splitlines", "partition", "rpartition"})
_NEVER_RETURN = frozenset(
    {
        "sys.exit", "exit", "quit", "os._exit", "os.abort", "flask.abort", "bottle.abort",
        "werkzeug.exceptions.abort", "aiohttp.web.HTTPException", "django.core.exceptions.abort",
        "pytest.fail", "pytest.skip", "argparse.ArgumentParser.error",
        "argparse.ArgumentParser.exit",
    }
)  # fmt: skip


def never_returns(name: str) -> bool:
    """Tell whether a library call of that name does not come back."""
    return name in _NEVER_RETURN


def _first(arguments: Arguments) -> Value:
    if arguments.positional:
        return arguments.positional[0]
    return arguments.rest if arguments.rest is not None else UNKNOWN


def _text(arguments: Arguments) -> Value:
    value = _first(arguments)
    if value.const is not MISSING:
        return constant(str(value.const))
    return Value(all_taints(value), prefix=value.prefix, text=True)


def _collected(arguments: Arguments) -> Value:
    value = _first(arguments)
    if value.items is not None and value.element is None and not value.taints:
        return Value(items=value.items)
    inner = elements(value)
    return Value(items=()) if not arguments.positional else Value(element=inner)


def _dictionary(arguments: Arguments) -> Value:
    base = _first(arguments) if arguments.positional else Value(fields={})
    fields = dict(base.fields or {})
    for name, value in arguments.keywords.items():
        fields[f"[{name}]"] = value
    element = base.element
    if arguments.mapping is not None:
        inner = elements(arguments.mapping, plain=True) or Value(arguments.mapping.taints)
        element = inner if element is None else join(element, inner)
    return Value(base.taints, fields=fields, element=element)


def _zip(arguments: Arguments) -> Value:
    inner = tuple(elements(v) or UNKNOWN for v in arguments.positional)
    return Value(element=Value(items=inner))


def _enumerate(arguments: Arguments) -> Value:
    return Value(element=Value(items=(UNKNOWN, elements(_first(arguments)) or UNKNOWN)))


def _mapped(arguments: Arguments) -> Value:
    return Value(element=tainted(*[elements(v) or UNKNOWN for v in arguments.positional[1:]]))


def _filtered(arguments: Arguments) -> Value:
    if len(arguments.positional) > 1:
        return Value(element=elements(arguments.positional[1]))
    return UNKNOWN


def _next(arguments: Arguments) -> Value:
    return elements(_first(arguments)) or UNKNOWN


def _chosen(arguments: Arguments) -> Value:
    if len(arguments.positional) == 1:
        return elements(arguments.positional[0]) or UNKNOWN
    return tainted(*arguments.positional)


def _isinstance(arguments: Arguments) -> Value:
    if len(arguments.positional) < 2:  # noqa: PLR2004 - subject and classes
        return UNKNOWN
    return Value(truth=guards.instance_check(arguments.positional[0], arguments.positional[1]))


def _all(arguments: Arguments) -> Value:
    return Value(truth=guards.each_element(_first(arguments).element, every=True))


def _any(arguments: Arguments) -> Value:
    return Value(truth=guards.each_element(_first(arguments).element, every=False))


def _getattr(arguments: Arguments) -> Value:
    base = _first(arguments)
    if len(arguments.positional) > 1 and isinstance(arguments.positional[1].const, str):
        name = "." + arguments.positional[1].const
        if base.fields is not None and name in base.fields:
            return base.fields[name]
        return Value(extend(base.taints, name))
    return tainted(base)


def _join_path(arguments: Arguments) -> Value:
    parts = list(arguments.positional)
    if arguments.rest is not None:
        parts.append(arguments.rest)
    return texts.join_path(parts)


def _path(arguments: Arguments) -> Value:
    return with_type(_join_path(arguments), "pathlib.Path")


def with_type(value: Value, of: str) -> Value:
    """Return the value as one of a library's class."""
    return Value(value.taints, prefix=value.prefix, type=of)


def _compile(arguments: Arguments) -> Value:
    pattern = _first(arguments)
    return Value(pattern.taints, type="re.Pattern", fields={guards.PATTERN: pattern})


def _match(*, whole: bool) -> Callable[[Arguments], Value]:
    def match(arguments: Arguments) -> Value:
        if len(arguments.positional) < 2:  # noqa: PLR2004 - pattern and subject
            return tainted(*arguments.positional)
        pattern, subject = arguments.positional[:2]
        truth = guards.pattern_match(pattern, subject, whole=whole)
        return Value(all_taints(subject), truth=truth, type="re.Match")

    return match


def _format_map(arguments: Arguments) -> Value:
    return tainted(*arguments.everything())


FUNCTIONS: dict[str, Callable[[Arguments], Value]] = {
    "str": _text,
    "bytes": _text,
    "bytearray": _text,
    "unicode": _text,
    "repr": _text,
    "list": _collected,
    "tuple": _collected,
    "set": _collected,
    "frozenset": _collected,
    "sorted": _collected,
    "reversed": _collected,
    "iter": _collected,
    "dict": _dictionary,
    "collections.OrderedDict": _dictionary,
    "zip": _zip,
    "enumerate": _enumerate,
    "map": _mapped,
    "filter": _filtered,
    "next": _next,
    "max": _chosen,
    "min": _chosen,
    "isinstance": _isinstance,
    "all": _all,
    "any": _any,
    "getattr": _getattr,
    "os.path.join": _join_path,
    "posixpath.join": _join_path,
    "ntpath.join": _join_path,
    "pathlib.Path": _path,
    "pathlib.PurePath": _path,
    "pathlib.PosixPath": _path,
    "pathlib.PurePosixPath": _path,
    "re.compile": _compile,
    "re.match": _match(whole=False),
    "re.search": _match(whole=False),
    "re.fullmatch": _match(whole=True),
    "format": _text,
}


def method(name: str, receiver: Value, arguments: Arguments) -> tuple[Value, Value | None] | None:
    """Return the result of a method and the changed receiver (``None`` if it does not change).

    Returns ``None`` where nothing is known of the method.
    """
    model = _METHODS.get(name)
    if model is not None:
        return model(receiver, arguments)
    if name in _TEXT_METHODS:
        return _same_text(name, receiver, arguments), None
    if name in _SPLITS:
        return Value(element=Value(all_taints(receiver), text=True)), None
    truth = guards.text_method(name, receiver, arguments)
    if truth is not None:
        return Value(truth=truth), None
    if receiver.type == "re.Pattern" and name in ("match", "fullmatch", "search"):
        subject = _first(arguments)
        found = guards.pattern_match(receiver, subject, whole=name == "fullmatch")
        return Value(all_taints(subject), truth=found, type="re.Match"), None
    return None


def _same_text(name: str, receiver: Value, arguments: Arguments) -> Value:
    if isinstance(receiver.const, str) and not arguments.positional:
        simple = _CONSTANT_METHODS.get(name)
        if simple is not None:
            return constant(simple(receiver.const))
        if name in ("encode", "decode"):
            return receiver
    taints = merge_taints([all_taints(v) for v in (receiver, *arguments.positional[1:2])])
    keep = name in ("encode", "decode", "rstrip", "ljust")
    return Value(taints, prefix=receiver.prefix if keep else "", text=True)


_CONSTANT_METHODS: dict[str, Callable[[str], str]] = {
    "strip": str.strip,
    "lstrip": str.lstrip,
    "rstrip": str.rstrip,
    "lower": str.lower,
    "upper": str.upper,
    "title": str.title,
    "capitalize": str.capitalize,
}


_Changed = tuple[Value, Value | None]


def _append(receiver: Value, arguments: Arguments) -> _Changed:
    added = _first(arguments)
    if receiver.items is not None and receiver.element is None and len(receiver.items) < ITEMS_KEPT:
        items = (*receiver.items, added)
        return UNKNOWN, Value(receiver.taints, type=receiver.type, items=items)
    return UNKNOWN, store_element(receiver, added)


def _extend(receiver: Value, arguments: Arguments) -> _Changed:
    added = _first(arguments)
    changed = texts.add(receiver, added)
    return UNKNOWN, changed if changed.items is not None or changed.element else receiver


def _insert(receiver: Value, arguments: Arguments) -> _Changed:
    added = arguments.positional[1] if len(arguments.positional) > 1 else UNKNOWN
    place = _first(arguments).const
    items = receiver.items
    if (
        items is not None
        and isinstance(place, int)
        and 0 <= place <= len(items) < ITEMS_KEPT
        and receiver.element is None
    ):
        changed = (*items[:place], added, *items[place:])
        return UNKNOWN, Value(receiver.taints, items=changed)
    return UNKNOWN, store_element(receiver, added)


def _add(receiver: Value, arguments: Arguments) -> _Changed:
    return UNKNOWN, store_element(receiver, _first(arguments))


def _update(receiver: Value, arguments: Arguments) -> _Changed:
    other = _dictionary(arguments)
    changed = join(receiver, other)
    fields = {**(receiver.fields or {}), **(other.fields or {})}
    element = changed.element
    taints = merge_taints([receiver.taints, other.taints])
    return UNKNOWN, Value(taints, type=receiver.type, fields=fields, element=element)


def _get(receiver: Value, arguments: Arguments) -> _Changed:
    key = _first(arguments)
    found = load_item(receiver, key)
    default = arguments.positional[1] if len(arguments.positional) > 1 else None
    if default is not None and default.const is None:
        default = None
    known = receiver.fields is not None and (item_key(key) or "") in receiver.fields
    if default is None or known:
        return found, None
    both = join(found, default)
    return Value(both.taints, type=both.type, ref=both.ref, items=both.items, element=both.element,
                 fields=both.fields, target=both.target), None  # fmt: skip


def _setdefault(receiver: Value, arguments: Arguments) -> _Changed:
    result, _ = _get(receiver, arguments)
    key = item_key(_first(arguments))
    if key is None or len(arguments.positional) < 2:  # noqa: PLR2004 - key and default
        return result, None
    return result, store_field(receiver, key, result)


def _items(receiver: Value, _arguments: Arguments) -> _Changed:
    inner = elements(receiver, plain=True)
    taints = extend(receiver.taints, "[]")
    value = (
        Value(taints) if inner is None else with_taints(inner, merge_taints([inner.taints, taints]))
    )
    key = Value(taints) if receiver.taints else UNKNOWN
    return Value(element=Value(items=(key, value))), None


def _values(receiver: Value, _arguments: Arguments) -> _Changed:
    inner = elements(receiver, plain=True)
    taints = extend(receiver.taints, "[]")
    if inner is None:
        return (Value(element=Value(taints)) if taints else UNKNOWN), None
    return Value(element=with_taints(inner, merge_taints([inner.taints, taints]))), None


def _keys(receiver: Value, _arguments: Arguments) -> _Changed:
    taints = extend(receiver.taints, "[]")
    return (Value(element=Value(taints)) if taints else UNKNOWN), None


def _copy(receiver: Value, _arguments: Arguments) -> _Changed:
    return receiver, None


def _join(receiver: Value, arguments: Arguments) -> _Changed:
    return texts.joined(receiver, _first(arguments)), None


def _format(receiver: Value, arguments: Arguments) -> _Changed:
    keywords = arguments.keywords
    if arguments.mapping is not None:
        taints = all_taints(arguments.mapping)
        if taints:
            return tainted(receiver, *arguments.everything()), None
    return texts.format_method(receiver, arguments.positional, keywords), None


def _group(receiver: Value, _arguments: Arguments) -> _Changed:
    return Value(all_taints(receiver), text=receiver.type == "re.Match"), None


def _joinpath(receiver: Value, arguments: Arguments) -> _Changed:
    rest = () if arguments.rest is None else (arguments.rest,)
    value = texts.join_path([receiver, *arguments.positional, *rest])
    return with_type(value, "pathlib.Path"), None


_METHODS: dict[str, Callable[[Value, Arguments], _Changed]] = {
    "append": _append,
    "appendleft": _append,
    "extend": _extend,
    "insert": _insert,
    "add": _add,
    "update": _update,
    "get": _get,
    "pop": _get,
    "setdefault": _setdefault,
    "items": _items,
    "iteritems": _items,
    "values": _values,
    "itervalues": _values,
    "keys": _keys,
    "copy": _copy,
    "join": _join,
    "joinpath": _joinpath,
    "format": _format,
    "group": _group,
    "groups": _group,
    "groupdict": _group,
}
