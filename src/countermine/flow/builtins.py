"""What the language's own functions do to abstract values."""

import posixpath
import re
from collections.abc import Callable
from itertools import count, takewhile

from countermine.flow import bind, guards, patterns, texts
from countermine.flow.derived import derived
from countermine.flow.frame import Arguments
from countermine.flow.joining import join
from countermine.flow.marks import CLEAN, FILE_KINDS
from countermine.flow.parts import PAIRED, elements, extend
from countermine.flow.values import (
    MISSING,
    UNKNOWN,
    Value,
    all_taints,
    constant,
    harmless,
    merge_taints,
    tainted,
    unsure,
)

_PAIR = 2
"""A key and its value."""
NOTHING_PASSES = frozenset(
    {
        "len", "isinstance", "issubclass", "hasattr", "id", "hash", "range", "bool", "ord", "int",
        "float", "complex", "callable", "type", "print", "abs", "round", "sum", "any", "all",
        "hex", "oct", "bin", "object", "staticmethod", "classmethod", "property",
        "count", "index", "find", "rfind", "rindex", "isfile", "isdir", "exists", "is_file",
        "is_dir", "getsize", "getmtime", "stat", "access", "time", "startswith", "endswith",
        "isdigit", "isalnum", "isalpha", "isspace", "islower", "isupper", "istitle", "isnumeric",
        "isdecimal", "isidentifier", "isascii", "issubset", "issuperset", "isdisjoint",
        "hexdigest", "digest", "cmp", "isatty", "fileno", "bit_length", "is_absolute", "islink",
        "isabs", "samefile", "lexists", "getpid", "sleep", "warn", "debug", "warning", "error",
    }
)  # fmt: skip
"""Functions and methods whose result says little of what they were given."""
_FILES = frozenset(FILE_KINDS)
_CLEAN = frozenset({CLEAN})
_NEVER_RETURN = frozenset(
    {
        "sys.exit", "exit", "quit", "os._exit", "os.abort", "flask.abort", "bottle.abort",
        "flask_restful.abort", "flask_restx.abort", "flask_smorest.abort", "quart.abort",
        "werkzeug.exceptions.abort", "sanic.exceptions.abort", "pyramid.httpexceptions.abort",
        "aiohttp.web.HTTPException", "django.core.exceptions.abort", "pytest.fail",
        "pytest.skip", "argparse.ArgumentParser.error", "argparse.ArgumentParser.exit",
    }
)  # fmt: skip


def never_returns(name: str) -> bool:
    """Tell whether a library call of that name does not come back."""
    return name in _NEVER_RETURN


def first(arguments: Arguments) -> Value:
    """Return the first argument."""
    if arguments.positional:
        return arguments.positional[0]
    return arguments.rest if arguments.rest is not None else UNKNOWN


def _text(arguments: Arguments) -> Value:
    value = first(arguments)
    if value.const is not MISSING:
        return constant(str(value.const))
    return texts.as_text(value)


def _collected(arguments: Arguments) -> Value:
    value = first(arguments)
    if value.items is not None and value.element is None and not value.taints:
        return Value(items=value.items)
    inner = elements(value)
    return Value(items=()) if not arguments.positional else Value(element=inner)


def _sorted(arguments: Arguments) -> Value:
    value = first(arguments)
    if value.items is not None and len(value.items) == 1 and value.element is None:
        return Value(items=value.items)
    return Value(element=elements(value))


def dictionary(arguments: Arguments) -> Value:
    """Return what ``dict`` makes of its arguments."""
    base = _of_pairs(first(arguments)) if arguments.positional else Value(fields={})
    fields = dict(base.fields or {})
    for name, value in arguments.keywords.items():
        fields[f"[{name}]"] = value
    element = base.element
    if arguments.mapping is not None:
        inner = elements(arguments.mapping, plain=True) or Value(arguments.mapping.taints)
        element = inner if element is None else join(element, inner)
    # Nothing is known of the keys of a parameter: it is for the caller to say what they are.
    return Value(base.taints, fields=fields or base.fields, element=element)


def _of_pairs(value: Value) -> Value:
    """Return the dictionary that a sequence of keys and values makes."""
    if value.fields is not None or (value.items is None and value.element is None):
        return value
    pair = value.element
    if not value.items and not value.taints and pair is not None and PAIRED in (pair.fields or {}):
        return (pair.fields or {})[PAIRED]
    fields: dict[str, Value] = {}
    element: Value | None = None
    for pair in (*(value.items or ()), *filter(None, [value.element])):
        if pair.items is None or len(pair.items) != _PAIR:
            # Under which key something is found is not known any more.
            return Value(tuple(map(unsure, all_taints(value))))
        key, item = pair.items
        if isinstance(key.const, str):
            fields[f"[{key.const}]"] = item
        else:
            element = item if element is None else join(element, item)
    return Value(tuple(map(unsure, value.taints)), fields=fields, element=element)


def _zip(arguments: Arguments) -> Value:
    inner = tuple(elements(v) or UNKNOWN for v in arguments.positional)
    return Value(element=Value(items=inner))


def _enumerate(arguments: Arguments) -> Value:
    return Value(element=Value(items=(UNKNOWN, elements(first(arguments)) or UNKNOWN)))


def _mapped(arguments: Arguments) -> Value:
    model = FUNCTIONS.get(first(arguments).ref or "")
    if model is not None and len(arguments.positional) == 2:  # noqa: PLR2004 - function and items
        over = arguments.positional[1]
        if over.items is not None and over.element is None and not over.taints:
            return Value(items=tuple(model(Arguments([item], {})) for item in over.items))
    return Value(element=tainted(*[elements(v) or UNKNOWN for v in arguments.positional[1:]]))


def _filtered(arguments: Arguments) -> Value:
    if len(arguments.positional) > 1:
        return Value(element=elements(arguments.positional[1]))
    return UNKNOWN


def _next(arguments: Arguments) -> Value:
    return elements(first(arguments)) or UNKNOWN


def _chosen(arguments: Arguments) -> Value:
    if len(arguments.positional) == 1:
        return elements(arguments.positional[0]) or UNKNOWN
    return tainted(*arguments.positional)


def _isinstance(arguments: Arguments) -> Value:
    if len(arguments.positional) < 2:  # noqa: PLR2004 - subject and classes
        return UNKNOWN
    return Value(truth=guards.instance_check(arguments.positional[0], arguments.positional[1]))


def _class_of(arguments: Arguments) -> Value:
    subject = first(arguments)
    alone = len(arguments.positional) == 1 and subject.taints
    return Value(type=guards.CLASS_OF, receiver=subject) if alone else UNKNOWN


def _all(arguments: Arguments) -> Value:
    return Value(truth=guards.each_element(first(arguments), every=True))


def _any(arguments: Arguments) -> Value:
    return Value(truth=guards.each_element(first(arguments), every=False))


def _getattr(arguments: Arguments) -> Value:
    base = first(arguments)
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
    pattern = first(arguments)
    fields = {guards.PATTERN: pattern}
    flags = arguments.at(1, "flags")
    if flags is not None:
        fields[guards.FLAGS] = flags
    return Value(pattern.taints, type="re.Pattern", fields=fields)


def _escaped(arguments: Arguments) -> Value:
    text = first(arguments)
    if isinstance(text.const, str):
        return constant(re.escape(text.const))
    return Value(all_taints(text), text=True)


def matched(pattern: Value, flags: Value | None, subject: Value, use: str) -> Value:
    """Return the match of an expression in a text, with what its groups are."""
    truth = guards.pattern_match(pattern, flags, subject, use)
    taints = all_taints(subject)
    if not taints:
        return Value(truth=truth, type="re.Match")
    known = guards.pattern_text(pattern, flags)
    groups = {} if known is None else patterns.kinds_of_groups(*known)
    fields = {
        f"[{number}]": bind.neutralised(Value(derived(taints, f"[{number}]"), text=True), kinds)
        for number, kinds in groups.items()
    }
    if fields and known is not None:
        names = patterns.names_of_groups(*known)
        fields |= {f"[{name}]": fields[f"[{number}]"] for name, number in names.items()}
    return Value(derived(taints, "match"), truth=truth, type="re.Match", fields=fields or None)


def groups_of(match: Value) -> tuple[Value, ...]:
    """Return the groups of a match, the whole left out; none where they are not known."""
    fields = match.fields or {}
    numbers = takewhile(lambda number: f"[{number}]" in fields, count(1))
    return tuple(fields[f"[{number}]"] for number in numbers)


def _match(use: str) -> Callable[[Arguments], Value]:
    def match(arguments: Arguments) -> Value:
        if len(arguments.positional) < 2:  # noqa: PLR2004 - pattern and subject
            return tainted(*arguments.positional)
        pattern, subject = arguments.positional[:2]
        return matched(pattern, arguments.at(2, "flags"), subject, use)

    return match


def found_all(arguments: Arguments) -> Value:
    """Return what ``re.findall`` gives: its group, or the whole match."""
    if len(arguments.positional) < 2:  # noqa: PLR2004 - pattern and subject
        return tainted(*arguments.positional)
    match = matched(
        arguments.positional[0], arguments.at(2, "flags"), arguments.positional[1], patterns.SEARCH
    )
    groups = groups_of(match)
    if len(groups) > 1:
        return Value(element=Value(items=groups))
    inside = groups[0] if groups else (match.fields or {}).get("[0]")
    return Value(element=inside if inside is not None else Value(match.taints, text=True))


def substituted(arguments: Arguments) -> Value:
    """Return what ``re.sub`` gives: nothing that was taken out is in it."""
    if len(arguments.positional) < 3:  # noqa: PLR2004 - pattern, replacement and subject
        return tainted(*arguments.everything())
    pattern, new, subject = arguments.positional[:3]
    value = Value(derived(all_taints(subject), "sub"), text=True)
    known = guards.pattern_text(pattern, arguments.at(4, "flags"))
    if known is not None and isinstance(new.const, str):
        kinds = patterns.kinds_when_missed(*known) & patterns.kinds_of_text(new.const)
        value = bind.neutralised(value, kinds)
    return Value(merge_taints([value.taints, all_taints(new)]), text=True)


def _split_path(arguments: Arguments) -> Value:
    taints = all_taints(first(arguments))
    last = bind.neutralised(Value(derived(taints, "basename"), text=True), _FILES)
    return Value(items=(Value(derived(taints, "dirname"), text=True), last))


def _normalised(arguments: Arguments) -> Value:
    path = first(arguments)
    taints = all_taints(path)
    if isinstance(path.const, str):
        return constant(posixpath.normpath(path.const))
    if path.prefix[:1] == "/":
        taints = harmless(taints, _CLEAN)
    return Value(taints, prefix="/" if path.prefix[:1] == "/" else "", text=True)


def _bool(arguments: Arguments) -> Value:
    value = first(arguments)
    return Value(truth=guards.of_value(value))


BOUND = ".<bound>"
"""Field of a function that was bound to some of its arguments."""


def _partial(arguments: Arguments) -> Value:
    function = first(arguments)
    if function.ref is None and function.target is None:
        return UNKNOWN
    rest = Arguments(arguments.positional[1:], arguments.keywords)
    every = with_bound(function, rest)
    given = {f"[{name}]": value for name, value in every.keywords.items()}
    bound = Value(items=tuple(every.positional), fields=given)
    return Value(
        function.taints, ref=function.ref, target=function.target, receiver=function.receiver,
        fields={BOUND: bound},
    )  # fmt: skip


def with_bound(function: Value, arguments: Arguments) -> Arguments:
    """Return the arguments of a call with those that its function was bound to."""
    bound = (function.fields or {}).get(BOUND)
    if bound is None:
        return arguments
    items = bound.items or ()
    given = {name[1:-1]: value for name, value in (bound.fields or {}).items()}
    return Arguments(
        [*items, *arguments.positional],
        {**given, **arguments.keywords},
        arguments.rest,
        arguments.mapping,
        [*[(0, 0) for _ in items], *arguments.places],
        arguments.named_places,
    )


def _gathered(arguments: Arguments) -> Value:
    return Value(items=tuple(arguments.positional), element=arguments.rest)


FUNCTIONS: dict[str, Callable[[Arguments], Value]] = {
    "str": _text,
    "bytes": _text,
    "bytearray": _text,
    "unicode": _text,
    "repr": _text,
    "list": _collected,
    "tuple": _collected,
    "collections.deque": _collected,
    "set": _collected,
    "frozenset": _collected,
    "sorted": _sorted,
    "reversed": _collected,
    "iter": _collected,
    "dict": dictionary,
    "functools.partial": _partial,
    "asyncio.gather": _gathered,
    "collections.OrderedDict": dictionary,
    "zip": _zip,
    "enumerate": _enumerate,
    "map": _mapped,
    "filter": _filtered,
    "next": _next,
    "max": _chosen,
    "min": _chosen,
    "isinstance": _isinstance,
    "type": _class_of,
    "all": _all,
    "any": _any,
    "getattr": _getattr,
    "ntpath.split": _split_path,
    "os.path.join": _join_path,
    "posixpath.join": _join_path,
    "ntpath.join": _join_path,
    "pathlib.Path": _path,
    "pathlib.PurePath": _path,
    "pathlib.PosixPath": _path,
    "pathlib.PurePosixPath": _path,
    "tempfile.gettempdir": lambda _arguments: constant("/tmp"),  # noqa: S108 - of the target
    "re.compile": _compile,
    "re.escape": _escaped,
    "re.match": _match(patterns.MATCH),
    "re.search": _match(patterns.SEARCH),
    "re.fullmatch": _match(patterns.FULL),
    "os.path.split": _split_path,
    "os.path.normpath": _normalised,
    "posixpath.normpath": _normalised,
    "posixpath.split": _split_path,
    "bool": _bool,
    "re.findall": found_all,
    "re.sub": substituted,
    "format": _text,
}
