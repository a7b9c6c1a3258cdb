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
    helper = _equal(draft)
    if isinstance(node.comparisons[0].operator, cst.In | cst.NotIn):
        helper = _among(draft, helper)
    draft.replace(node, _called(site, node, helper))
    for other in _beside(site):
        # A name that goes along with a secret is guessed in the same way.
        draft.replace(other, _called(site, other, helper))
    return "Compare the secret in constant time"


def _called(site: Site, node: cst.Comparison, helper: str) -> str:
    right = node.comparisons[0]
    call = f"{helper}({site.code(node.left)}, {site.code(right.comparator)})"
    if isinstance(right.operator, cst.NotEqual | cst.NotIn):
        return f"not {call}" if _stands_alone(site) else f"(not {call})"
    return call


_NAMED = (cst.Name, cst.Attribute, cst.Subscript)


def _beside(site: Site) -> list[cst.Comparison]:
    """Return comparisons of named values that one condition joins to that of the secret."""
    if not isinstance(site.node, cst.Comparison):
        return []
    operator = type(site.node.comparisons[0].operator)
    if operator not in {cst.Equal, cst.NotEqual}:
        return []
    whole: cst.CSTNode = site.node
    for outer in reversed(site.chain[:-1]):
        if not isinstance(outer, cst.BooleanOperation):
            break
        whole = outer
    return [
        one
        for one in _parts(whole)
        if one is not site.node
        and len(one.comparisons) == 1
        and type(one.comparisons[0].operator) is operator
        and isinstance(one.left, _NAMED)
        and isinstance(one.comparisons[0].comparator, _NAMED)
    ]


def _parts(node: cst.CSTNode) -> list[cst.Comparison]:
    if isinstance(node, cst.BooleanOperation):
        return [*_parts(node.left), *_parts(node.right)]
    return [node] if isinstance(node, cst.Comparison) else []


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
