"""Remedies: what is logged stays on its line."""

import re

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
from countermine.fix.tree import descend

_HELPER = "_on_one_line"
_PLACES = re.compile(r"%(?!%)[#0\- +]*\d*(?:\.\d+)?(\(\w+\))?([a-zA-Z])")
_LEVELS = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log"}
)


def _one_line(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    if call is None or has_starred(call) or not _is_logger(call):
        other_kind()
    arg = tainted_argument(site, call)
    if arg is None or arg.keyword is not None:
        misfit("which value it is cannot be told")
    first = 1 if _name(call) == "log" else 0
    at = list(call.args).index(arg)
    if at == first:
        _check_message(site, arg.value)
    elif not _takes_text(call.args[first].value, at - first - 1):
        misfit("the value is not written as a text")
    draft.wrap(arg.value, f"{_helper(draft)}(", ")")
    return "Keep line breaks out of the log"


def _name(call: cst.Call) -> str:
    return call.func.attr.value if isinstance(call.func, cst.Attribute) else ""


def _is_logger(call: cst.Call) -> bool:
    return _name(call) in _LEVELS


def _check_message(site: Site, message: cst.BaseExpression) -> None:
    """Give up where the code itself wants line breaks, or the message has values of its own."""
    texts = [
        site.code(node)
        for node in descend(message)
        if isinstance(node, cst.SimpleString | cst.FormattedStringText)
    ]
    if any("\\n" in text or "\n" in text for text in texts):
        misfit("the message is meant to have several lines")


def _takes_text(message: cst.BaseExpression, at: int) -> bool:
    """Tell whether the value at a place of a message is put in by ``%s``."""
    if not isinstance(message, cst.SimpleString | cst.ConcatenatedString):
        return False
    text = message.evaluated_value
    places = _PLACES.findall(text) if isinstance(text, str) else []
    named = any(name for name, _ in places)
    return not named and at < len(places) and places[at][1] == "s"


def _helper(draft: Draft) -> str:
    return draft.helper(
        _HELPER,
        rf'''
def {_HELPER}(value):
    """Return a value as text with its line breaks spelled out."""
    return str(value).replace("\r", "\\r").replace("\n", "\\n")
''',
    )


REMEDIES = (remedy("one-line-records", _one_line),)
