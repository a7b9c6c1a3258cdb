"""Gives cookies an attribute: where one is set, and in the settings of frameworks."""

import re

import libcst as cst

from countermine.fix.rewrite import Draft
from countermine.fix.site import Site, argument, has_starred, other_kind, sink_call
from countermine.fix.tree import innermost

_VISITOR = re.compile(
    r"sess|(?<!csrf)(?<!csrf[_-])(?<!xsrf-)token|jwt|auth|sid$|remember", re.IGNORECASE
)


def set_attribute(site: Site, draft: Draft, keyword: str, settings: tuple[str, ...]) -> str:
    """Turn the attribute on.

    Args:
        site: Where the cookie is set, or the setting for all.
        draft: Collects the changes.
        keyword: Of ``set_cookie``.
        settings: Names of settings and options that mean the same.
    """
    call = sink_call(site)
    if call is not None and not has_starred(call):
        name = call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
        if name in {"set_cookie", "set_signed_cookie", "set_secure_cookie"}:
            draft.set_keyword(call, keyword, "True")
            if keyword == "secure" and argument(call, None, "httponly") is None and _knows(call):
                draft.add_argument(call, "httponly=True")
            return _summary(keyword)
        given = next((one for key in settings if (one := argument(call, None, key))), None)
        if given is not None:
            draft.replace(given.value, "True")
            return _summary(keyword)
    assigned = innermost(site.chain, cst.Assign)
    if assigned is None or site.code(assigned.value) != "False":
        other_kind()
    draft.replace(assigned.value, "True")
    return _summary(keyword)


def _knows(call: cst.Call) -> bool:
    """Tell whether the cookie is one that a visitor is known by: no script of a page needs it."""
    named = argument(call, 0, "key") or argument(call, 0, "name")
    value = named.value if named is not None else None
    text = value.evaluated_value if isinstance(value, cst.SimpleString) else None
    return isinstance(text, str) and _VISITOR.search(text) is not None


def _summary(keyword: str) -> str:
    return f"Give the cookie the attribute {keyword}"
