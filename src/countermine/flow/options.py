"""Options of parsers of command lines: which hold nothing but a number, a flag or a choice."""

from countermine.flow.closed_types import CLOSED
from countermine.flow.frame import Arguments
from countermine.flow.joining import join
from countermine.flow.parts import store_field
from countermine.flow.values import MISSING, UNKNOWN, Value, all_taints

_FLAGS = frozenset({"store_true", "store_false", "store_const", "append_const", "count", "version"})
_OPEN = "an open option"
_Changed = tuple[Value, Value | None]


def _same(receiver: Value, _arguments: Arguments) -> _Changed:
    """Return the parser itself: what groups and commands below it take is put in one place."""
    return receiver, None


def _added(receiver: Value, arguments: Arguments) -> _Changed:
    name = _dest(arguments)
    if name is None:
        return UNKNOWN, None
    before = (receiver.fields or {}).get("." + name)
    if before is not None and before.ref == _OPEN:
        return UNKNOWN, None
    now = UNKNOWN if _is_closed(arguments) else Value(ref=_OPEN)
    return UNKNOWN, store_field(receiver, "." + name, now)


def _set(receiver: Value, arguments: Arguments) -> _Changed:
    changed = receiver
    for name, value in arguments.keywords.items():
        before = (changed.fields or {}).get("." + name)
        if before is not None and before.ref == _OPEN:
            continue
        changed = store_field(changed, "." + name, value if before is None else join(before, value))
    return UNKNOWN, changed


def _parsed(receiver: Value, _arguments: Arguments) -> _Changed:
    """Return the options, without those that may hold any text: these are what is typed."""
    fields = {k: v for k, v in (receiver.fields or {}).items() if v.ref != _OPEN}
    return (Value(fields=fields) if fields else UNKNOWN), None


def _dest(arguments: Arguments) -> str | None:
    """Return the name under which an option is found."""
    given = arguments.keywords.get("dest")
    if given is not None:
        return given.const if isinstance(given.const, str) else None
    names = [value.const for value in arguments.positional]
    texts = [name for name in names if isinstance(name, str) and name]
    if not texts or len(texts) < len(names):
        return None
    long = [name for name in texts if name.startswith("--")]
    return (long or texts)[0].lstrip("-").replace("-", "_")


def _is_closed(arguments: Arguments) -> bool:
    keywords = arguments.keywords
    action = keywords.get("action", UNKNOWN)
    if action.const in _FLAGS or (action.ref or "").endswith("BooleanOptionalAction"):
        return True
    choices = keywords.get("choices")
    if choices is not None and choices.const is MISSING and not all_taints(choices):
        return True
    of = keywords.get("type", UNKNOWN)
    return of.ref in CLOSED or of.const in ("int", "float", "long")


_ARGPARSE = "argparse.ArgumentParser."
METHODS = {
    _ARGPARSE + "add_argument": _added,
    _ARGPARSE + "set_defaults": _set,
    _ARGPARSE + "parse_args": _parsed,
    _ARGPARSE + "parse_intermixed_args": _parsed,
    _ARGPARSE + "add_argument_group": _same,
    _ARGPARSE + "add_mutually_exclusive_group": _same,
    _ARGPARSE + "add_subparsers": _same,
    _ARGPARSE + "add_parser": _same,
}
"""Methods of parsers, groups and tables of commands, by their dotted names."""
