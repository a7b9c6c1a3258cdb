"""Remedies: comparisons that take the same time for every guess of one length."""

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, misfit

_EQUAL = "_equal_in_constant_time"
_AMONG = "_among_in_constant_time"


def _constant_time(site: Site, draft: Draft) -> str | NoRemedy:
    node = site.node
    if not isinstance(node, cst.Comparison) or len(node.comparisons) != 1:
        misfit("what is compared with what cannot be told")
    right = node.comparisons[0]
    helper = _equal(draft)
    if isinstance(right.operator, cst.In | cst.NotIn):
        helper = _among(draft, helper)
    call = f"{helper}({site.code(node.left)}, {site.code(right.comparator)})"
    if isinstance(right.operator, cst.NotEqual | cst.NotIn):
        call = f"not {call}" if _stands_alone(site) else f"(not {call})"
    draft.replace(node, call)
    return "Compare the secret in constant time"


def _stands_alone(site: Site) -> bool:
    """Tell whether ``not`` may stand here without parentheses around it."""
    outer = site.chain[-2]
    return isinstance(
        outer,
        cst.If | cst.While | cst.Assign | cst.Return | cst.Arg | cst.BooleanOperation | cst.Assert,
    )


def _equal(draft: Draft) -> str:
    hmac = draft.module_in_helper("hmac")
    return draft.helper(
        _EQUAL,
        f'''
def {_EQUAL}(one, other):
    """Compare two texts without telling by the time how much of them is equal."""
    if isinstance(one, str) and isinstance(other, str):
        one, other = one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass")
    if isinstance(one, bytes) and isinstance(other, bytes):
        return {hmac}.compare_digest(one, other)
    return one == other
''',
    )


def _among(draft: Draft, equal: str) -> str:
    return draft.helper(
        _AMONG,
        f'''
def {_AMONG}(one, others):
    """Look for a text without telling by the time how much of it is right."""
    if isinstance(others, (dict, frozenset, list, set, tuple)):
        return any([{equal}(one, other) for other in others])
    return one in others
''',
    )


REMEDIES = (remedy("constant-time-comparison", _constant_time),)
