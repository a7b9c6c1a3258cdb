"""Remedies: a value that becomes part of a header brings no line break along."""

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import (
    Site,
    has_starred,
    misfit,
    other_kind,
    sink_call,
    tainted_argument,
)

_HELPER = "_on_one_line"
_PAIR = 2
_TAKERS = frozenset(
    {
        "add_header", "append_header", "send_header", "send_response", "send_response_only",
        "set_header", "start_response",
    }
)  # fmt: skip
"""Calls that take a header apart from its line; what writes lines wants their breaks."""


def _one_line(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    if call is None or has_starred(call) or _name(call) not in _TAKERS:
        other_kind()
    arg = tainted_argument(site, call)
    if arg is None:
        misfit("which value it is cannot be told")
    values = list(_values(arg.value))
    if not values:
        misfit("no value is written out in the list of headers")
    helper = _helper(draft)
    for value in values:
        draft.wrap(value, f"{helper}(", ")")
    return "Keep line breaks out of headers"


def _name(call: cst.Call) -> str:
    found = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
    return found.value if isinstance(found, cst.Name) else ""


def _values(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    """Return what may bring a line break along: the value, or those in a list of headers."""
    if not isinstance(node, cst.List | cst.Tuple):
        return [] if isinstance(node, cst.Dict | cst.ListComp) else [node]
    found: list[cst.BaseExpression] = []
    for element in node.elements:
        pair = element.value
        if isinstance(pair, cst.Tuple) and len(pair.elements) == _PAIR:
            parts = (part.value for part in pair.elements)
            found += [part for part in parts if not isinstance(part, cst.SimpleString)]
    return found


def _helper(draft: Draft) -> str:
    return draft.helper(
        _HELPER,
        rf'''
def {_HELPER}(value):
    """Return a value as text with a blank for each line break: a header ends there."""
    return str(value).replace("\r", " ").replace("\n", " ")
''',
    )


REMEDIES = (remedy("one-line-headers", _one_line),)
