"""What the methods of texts and collections do to abstract values."""

from collections.abc import Callable

from countermine.flow import bind, guards, known, patterns, records, texts
from countermine.flow.builtins import (
    dictionary,
    first,
    found_all,
    groups_of,
    matched,
    substituted,
    with_type,
)
from countermine.flow.contexts import DOUBLED, ESCAPED
from countermine.flow.derived import derived, host_of
from countermine.flow.frame import Arguments
from countermine.flow.joining import join
from countermine.flow.marks import CLEAN, FILE_KINDS, NO_HOST, NO_PARENTS, ROOTED
from countermine.flow.parts import (
    ANY_VALUE,
    KEYS,
    PAIRED,
    elements,
    extend,
    item_key,
    load_item,
    store_element,
    store_field,
)
from countermine.flow.sequences import TAKING
from countermine.flow.values import (
    ITEMS_KEPT,
    MISSING,
    NO_FACTS,
    UNKNOWN,
    UNSEEN,
    Constant,
    Value,
    all_taints,
    altered,
    constant,
    merge_taints,
    tainted,
    with_taints,
    with_truth,
)

_TEXT_METHODS = frozenset(
    {
        "strip", "lstrip", "rstrip", "lower", "upper", "title", "capitalize", "encode", "decode",
        "replace", "ljust", "rjust", "center", "zfill", "expandtabs", "swapcase", "casefold",
        "translate", "removeprefix", "removesuffix",
    }
)  # fmt: skip
_READERS = frozenset({"get", "items", "values", "keys", "copy", "join", "format"})
_SPLITS = frozenset({"split", "rsplit", "splitlines", "partition", "rpartition"})
_FILES = frozenset(FILE_KINDS)
_ONE_LINE = frozenset({"log", "header"})


def method(name: str, receiver: Value, arguments: Arguments) -> tuple[Value, Value | None] | None:
    """Return the result of a method and the changed receiver (``None`` if it does not change).

    Returns ``None`` where nothing is known of the method.
    """
    if (receiver.const is not MISSING or receiver.shape) and not arguments.keywords:
        found = known.method(name, receiver, arguments.positional)
        if found is not None:
            return found, None
    found_and_changed = _modelled(name, receiver, arguments)
    if found_and_changed is None or found_and_changed[1] is not None or name in _READERS:
        return found_and_changed
    changed = known.forgotten(receiver) if known.is_mutable(receiver) else None
    return found_and_changed[0], changed


def _modelled(
    name: str, receiver: Value, arguments: Arguments
) -> tuple[Value, Value | None] | None:
    found = _of_collection(name, receiver, arguments)
    if found is not None:
        return found
    if name in _TEXT_METHODS:
        return _same_text(name, receiver, arguments), None
    if name in _SPLITS:
        return _parts(name, receiver, arguments), None
    truth = guards.text_method(name, receiver, arguments)
    if truth is not None:
        return Value(truth=truth), None
    if receiver.type == "re.Pattern":
        return _of_pattern(name, receiver, arguments)
    return (UNKNOWN, None) if known.is_mutable(receiver) else None


def _of_collection(
    name: str, receiver: Value, arguments: Arguments
) -> tuple[Value, Value | None] | None:
    taking = TAKING.get(name)
    found = None if taking is None else taking(receiver, arguments)
    model = _METHODS.get(name)
    return model(receiver, arguments) if found is None and model is not None else found


def _of_pattern(name: str, receiver: Value, arguments: Arguments) -> "_Changed | None":
    if name in ("match", "fullmatch", "search"):
        use = patterns.FULL if name == "fullmatch" else name
        return matched(receiver, None, first(arguments), use), None
    if name in ("findall", "sub"):
        passed = Arguments([receiver, *arguments.positional], arguments.keywords)
        return (found_all(passed) if name == "findall" else substituted(passed)), None
    return None


def _parts(name: str, receiver: Value, arguments: Arguments) -> Value:
    """Return what a text is taken apart into; what is behind the last slash is a plain name."""
    separator = first(arguments).const
    taints = all_taints(receiver)
    if not taints:
        return Value(element=Value(text=True))
    before = _known_before(name, receiver, separator)
    of_host = any(host_of(t.origin.key) is not None for t in taints) and separator in (":", "@")
    part = Value(taints if of_host else derived(taints, f"split({separator})"), text=True)
    last = bind.neutralised(part, _FILES) if separator == "/" else part
    if name == "splitlines" and not arguments.everything():
        return Value(element=bind.neutralised(part, _ONE_LINE))
    if name == "rpartition":
        return Value(items=(part, constant(str(separator)), last))
    if name == "partition":
        head = part if before is None else before
        return Value(items=(head, constant(str(separator)), part))
    whole = name == "split" and len(arguments.everything()) == 1
    once = name == "rsplit" and len(arguments.positional) > 1 and arguments.positional[1].const == 1
    fields = {"[-1]": last} if whole or name == "rsplit" else {}
    if of_host:
        fields = dict.fromkeys(("[0]", "[-1]"), part)
    if once:
        fields["[1]"] = last
    if before is not None:
        fields["[0]"] = before
    return Value(element=part, fields=fields or None)


def _known_before(name: str, receiver: Value, separator: Constant) -> Value | None:
    """Return what stands before the first separator, where the text is known to begin with it."""
    if name not in ("split", "partition") or not isinstance(separator, str) or not separator:
        return None
    head, found, _ = receiver.prefix.partition(separator)
    return constant(head) if found and UNSEEN not in head else None


def _same_text(name: str, receiver: Value, arguments: Arguments) -> Value:
    if isinstance(receiver.const, str) and name in ("encode", "decode"):
        return receiver
    taints = merge_taints([all_taints(v) for v in (receiver, *arguments.positional[1:2])])
    keep = name in ("encode", "decode", "rstrip", "ljust")
    value = Value(taints, prefix=receiver.prefix if keep else "", text=True)
    return _replaced(name, value, arguments) if arguments.positional else value


def _replaced(name: str, value: Value, arguments: Arguments) -> Value:
    """Return a text of which a part was taken out or replaced, with what it lost."""
    old = first(arguments).const
    if name in ("lstrip", "strip") and isinstance(old, str) and "/" in old:
        clean = any(CLEAN in t.neutral for t in value.taints)
        return bind.neutralised(value, frozenset({ROOTED, *(FILE_KINDS if clean else ())}))
    if name not in _CHANGES or (name == "replace" and old in _PUNCTUATION):
        return value
    if any(host_of(t.origin.key) is not None for t in value.taints):
        return value
    changed = with_taints(value, derived(value.taints, name))
    new = arguments.positional[1].const if len(arguments.positional) > 1 else MISSING
    if name != "replace" or not isinstance(old, str) or not isinstance(new, str):
        return changed
    kinds = _TAKEN_OUT.get(old, ()) if old not in new else ()
    if old in DOUBLED and new == 2 * old:
        kinds = ("sql", DOUBLED[old])
    return bind.neutralised(changed, frozenset(kinds))


_CHANGES = frozenset({"replace", "translate", "removeprefix", "removesuffix"})
_PUNCTUATION = frozenset({"-", "_", ".", " "})
"""Characters that do no harm: what is left without them tells of the whole."""
_TAKEN_OUT = {
    "..": (NO_PARENTS,),
    "/": FILE_KINDS,
    "//": (NO_HOST,),
    "<": ("html", "xml", "xml-growth", ESCAPED),
}
"""Texts that are surely gone, with what a text without them is harmless for."""


_Changed = tuple[Value, Value | None]


def _append(receiver: Value, arguments: Arguments) -> _Changed:
    added = first(arguments)
    if receiver.items is not None and receiver.element is None and len(receiver.items) < ITEMS_KEPT:
        items = (*receiver.items, added)
        return UNKNOWN, Value(
            receiver.taints, type=receiver.type, items=items, shape=receiver.shape
        )
    return UNKNOWN, store_element(receiver, added)


def _extend(receiver: Value, arguments: Arguments) -> _Changed:
    added = first(arguments)
    changed = texts.add(receiver, added)
    return UNKNOWN, changed if changed.items is not None or changed.element else receiver


def _insert(receiver: Value, arguments: Arguments) -> _Changed:
    added = arguments.positional[1] if len(arguments.positional) > 1 else UNKNOWN
    place = first(arguments).const
    items = receiver.items
    if (
        items is not None
        and isinstance(place, int)
        and 0 <= place <= len(items) < ITEMS_KEPT
        and receiver.element is None
    ):
        changed = (*items[:place], added, *items[place:])
        return UNKNOWN, Value(receiver.taints, items=changed, shape=receiver.shape)
    return UNKNOWN, store_element(receiver, added)


def _add(receiver: Value, arguments: Arguments) -> _Changed:
    return UNKNOWN, store_element(receiver, first(arguments))


def _update(receiver: Value, arguments: Arguments) -> _Changed:
    other = dictionary(arguments)
    changed = join(receiver, other)
    fields = {**(receiver.fields or {}), **(other.fields or {})}
    element = changed.element
    taints = merge_taints([receiver.taints, other.taints])
    return UNKNOWN, Value(taints, type=receiver.type, fields=fields, element=element)


def _get(receiver: Value, arguments: Arguments) -> _Changed:
    if receiver.fields is not None and RESULT in receiver.fields:
        return receiver.fields[RESULT], None
    key = first(arguments)
    found = load_item(receiver, key)
    default = arguments.positional[1] if len(arguments.positional) > 1 else None
    if default is not None and default.const is None:
        default = None
    known = receiver.fields is not None and (item_key(key) or "") in receiver.fields
    if default is None or known:
        if not known and key.const is MISSING:
            found = _perhaps(found)
        kept = guards.among(key, receiver)
        return (with_truth(found, (kept, NO_FACTS)) if kept else found), None
    both = join(found, default)
    return Value(both.taints, type=both.type, ref=both.ref, items=both.items, element=both.element,
                 fields=both.fields, target=both.target), None  # fmt: skip


def _perhaps(found: Value) -> Value:
    """Return a value that may as well not be there: it is not known to be true."""
    if found.const is MISSING and not (found.text and found.prefix):
        return found
    return Value(found.taints, ref=found.ref, type=found.type, prefix=found.prefix)


def _setdefault(receiver: Value, arguments: Arguments) -> _Changed:
    result, _ = _get(receiver, arguments)
    key = item_key(first(arguments))
    if key is None or len(arguments.positional) < 2:  # noqa: PLR2004 - key and default
        return result, None
    return result, store_field(receiver, key, result)


def _items(receiver: Value, _arguments: Arguments) -> _Changed:
    keys = known.in_order(receiver) if receiver.shape == known.DICT else None
    if keys is not None:
        fields = receiver.fields or {}
        pairs = [known.collection(known.TUPLE, (k, fields[f"[{k.const}]"])) for k in keys]
        return known.collection(known.LIST, pairs), None
    inner = elements(receiver, plain=True)
    taints = extend(receiver.taints, ANY_VALUE)
    value = (
        Value(taints) if inner is None else with_taints(inner, merge_taints([inner.taints, taints]))
    )
    key = Value(taints) if receiver.taints else (receiver.fields or {}).get(KEYS, UNKNOWN)
    return Value(element=Value(items=(key, value), fields={PAIRED: receiver})), None


def _values(receiver: Value, _arguments: Arguments) -> _Changed:
    if receiver.shape == known.DICT and not receiver.taints:
        return known.collection(known.LIST, [*(receiver.fields or {}).values()]), None
    inner = elements(receiver, plain=True)
    taints = extend(receiver.taints, ANY_VALUE)
    if inner is None:
        return (Value(element=Value(taints)) if taints else UNKNOWN), None
    return Value(element=with_taints(inner, merge_taints([inner.taints, taints]))), None


def _keys(receiver: Value, _arguments: Arguments) -> _Changed:
    keys = known.in_order(receiver) if receiver.shape == known.DICT else None
    if keys is not None:
        return known.collection(known.LIST, keys), None
    if receiver.fields is not None and KEYS in receiver.fields:
        return Value(element=receiver.fields[KEYS]), None
    taints = extend(receiver.taints, "[]")
    return (Value(element=Value(taints)) if taints else UNKNOWN), None


def _copy(receiver: Value, _arguments: Arguments) -> _Changed:
    return altered(receiver), None


def _join(receiver: Value, arguments: Arguments) -> _Changed:
    return texts.joined(receiver, first(arguments)), None


def _format(receiver: Value, arguments: Arguments) -> _Changed:
    keywords = arguments.keywords
    if arguments.mapping is not None:
        taints = all_taints(arguments.mapping)
        if taints:
            return tainted(receiver, *arguments.everything()), None
    return texts.format_method(receiver, arguments.positional, keywords), None


def _format_map(receiver: Value, arguments: Arguments) -> _Changed:
    mapping = first(arguments)
    if all_taints(Value(mapping.taints, element=mapping.element)):
        return tainted(receiver, mapping), None
    fields = {k[1:-1]: v for k, v in (mapping.fields or {}).items() if k[0] == "["}
    return texts.format_method(receiver, [], fields), None


def _group(receiver: Value, arguments: Arguments) -> _Changed:
    if len(arguments.positional) <= 1:
        number = arguments.positional[0] if arguments.positional else constant(0)
        known = (receiver.fields or {}).get(item_key(number) or "")
        if known is not None:
            return known, None
        key = item_key(number)
        if receiver.type == "re.Match" and key is not None:
            # What one group is tested for says nothing of the others.
            return Value(derived(receiver.taints, key), text=True), None
    return Value(receiver.taints, text=receiver.type == "re.Match"), None


def _groups(receiver: Value, _arguments: Arguments) -> _Changed:
    items = groups_of(receiver)
    if items:
        return Value(items=items), None
    return Value(receiver.taints, text=receiver.type == "re.Match"), None


def _joinpath(receiver: Value, arguments: Arguments) -> _Changed:
    rest = () if arguments.rest is None else (arguments.rest,)
    value = texts.join_path([receiver, *arguments.positional, *rest])
    return with_type(value, "pathlib.Path"), None


def _as_mapping(receiver: Value, _arguments: Arguments) -> _Changed:
    return records.as_mapping(receiver), None


def _with_changes(receiver: Value, arguments: Arguments) -> _Changed:
    changes = arguments.keywords
    update = changes.get("update")
    if update is not None and update.fields is not None:
        changes = {k[1:-1]: v for k, v in update.fields.items() if k[0] == "["}
    return records.replaced(receiver, changes), None


def _result(receiver: Value, _arguments: Arguments) -> _Changed:
    fields = receiver.fields or {}
    return (fields[RESULT] if RESULT in fields else Value(receiver.taints)), None


RESULT = ".result()"
"""Field of what stands for a call whose result comes later."""
_METHODS: dict[str, Callable[[Value, Arguments], _Changed]] = {
    "_asdict": _as_mapping,
    "model_dump": _as_mapping,
    "dict": _as_mapping,
    "_replace": _with_changes,
    "model_copy": _with_changes,
    "result": _result,
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
    "format_map": _format_map,
    "group": _group,
    "groups": _groups,
    "groupdict": _group,
}
