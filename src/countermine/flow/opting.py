"""Options that whoever runs the code gave: under ``if not verify`` no check is expected.

So it is with ``if debug``: who asks for the debugger gets it.
"""

import re
from functools import lru_cache

from countermine.flow import ir
from countermine.flow.frame import Frame
from countermine.flow.origins import OriginKey
from countermine.flow.values import (
    NO_FACTS,
    Facts,
)

SWITCHED: OriginKey = ("s", "", "0", "switched off")
"""Stands in facts for that an option was given."""
_OFF: Facts = frozenset({(SWITCHED, "certificate")})
_CHECKS = re.compile(
    r"verif|validat|check_?(?:cert|host|ssl|tls)|(?:cert|ssl|tls)_?check|strict_?(?:ssl|tls)"
    r"|^secure$|_secure$",
    re.IGNORECASE,
)
_SKIPS = re.compile(
    r"insecure|un_?verified|no_?(?:check|verif|validat|ssl_?verif)|skip|ignore|disable"
    r"|self_?signed|trust_?(?:all|any)|without",
    re.IGNORECASE,
)
_NOTHING = (NO_FACTS, NO_FACTS)
NAMES_KEPT = 4096
_DEBUG: Facts = frozenset({(SWITCHED, "debug")})
_DEBUGS = re.compile(
    r"(?:^|_)debug(?:ging|ger|_mode|_toolbar|_enabled)?$|(?:^|_)dev(?:el|elop|elopment)?(?:_mode)?$",
    re.IGNORECASE,
)
_FALSE = frozenset({False, None, "no", "false", "none", "off"})


def switched(frame: Frame, test: ir.Expr, decided: object) -> tuple[Facts, Facts]:
    """Return what holds where a test is true, and where it is false.

    A parameter that is off unless somebody switches it on was switched off by nobody; nor was
    what the code says itself, so that the test is ``decided``.
    """
    if decided is not None:
        return _NOTHING
    return _switched(test, frame.function.parameters)


def _is_lax(parameter: ir.Parameter) -> bool:
    default = parameter.default
    if not isinstance(default, ir.Const) or not isinstance(default.value, bool):
        return False
    given = _SKIPS.search(parameter.name) or _DEBUGS.search(parameter.name)
    return default.value is (given is not None)


def _switched(test: ir.Expr, given: list[ir.Parameter]) -> tuple[Facts, Facts]:
    match test:
        case ir.Not(operand=operand):
            yes, no = _switched(operand, given)
            return no, yes
        case ir.Logic(conjunction=both, operands=operands):
            parts = [_switched(one, given) for one in operands]
            one, every = (0, 1) if both else (1, 0)
            both_ways = [NO_FACTS, NO_FACTS]
            both_ways[one] = frozenset().union(*(part[one] for part in parts))
            both_ways[every] = frozenset.intersection(*(part[every] for part in parts))
            return both_ways[0], both_ways[1]
        case ir.Compare(operator="==" | "is", left=left, right=ir.Const(value=value)):
            found = _switched(left, given)
            return (found[1], NO_FACTS) if _is_false(value) else found
        case ir.Compare(operator="!=" | "is not", left=left, right=ir.Const(value=value)):
            return (NO_FACTS, _switched(left, given)[1]) if _is_false(value) else _NOTHING
        case _:
            return _named(test, given)


def _is_false(value: ir.Scalar) -> bool:
    return (value.lower() if isinstance(value, str) else value) in _FALSE


def _named(test: ir.Expr, given: list[ir.Parameter]) -> tuple[Facts, Facts]:
    name = _name_of(test)
    found = _said_by(name) if name else _NOTHING
    if found is _NOTHING or any(p.name == name and _is_lax(p) for p in given):
        return _NOTHING
    return found


@lru_cache(maxsize=NAMES_KEPT)
def _said_by(name: str) -> tuple[Facts, Facts]:
    """Return what it says that something of that name is true, or false."""
    if _DEBUGS.search(name):
        return _DEBUG, NO_FACTS
    if _SKIPS.search(name):
        return _OFF, NO_FACTS
    return (NO_FACTS, _OFF) if _CHECKS.search(name) else _NOTHING


def _name_of(test: ir.Expr) -> str:
    """Return how the code calls what it tests: its variable, attribute or key."""
    match test:
        case ir.Name(name=name) | ir.Attr(name=name):
            return name
        case ir.Item(index=ir.Const(value=str(key))):
            return key
        case ir.Call(function=ir.Attr(name="get"), arguments=[ir.Argument(value=key), *_]):
            return str(key.value) if isinstance(key, ir.Const) else ""
        case _:
            return ""
