"""Remedies: redirects that stay on the site."""

from collections.abc import Iterator

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, has_starred, misfit, sink_call, tainted_argument, twins
from countermine.fix.tree import descend, dotted

_HELPER = "_local_address"


def _local(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    arg = None if call is None or has_starred(call) else tainted_argument(site, call)
    if arg is None:
        misfit("which address it is cannot be told")
    if (dotted(getattr(arg.value, "func", arg.value)) or "").startswith(_HELPER):
        misfit("the address is held to the site already")
    helper = _helper(draft)
    for one in (arg.value, *_given_alike(site, call, arg.value)):
        draft.wrap(one, f"{helper}(", ")")
    return "Send visitors to addresses of the site only"


def _given_alike(
    site: Site, call: cst.Call | None, address: cst.BaseExpression
) -> Iterator[cst.BaseExpression]:
    """Yield the same address where the function redirects to it in another branch."""
    alike = set(twins(site, address))
    for node in descend(site.function.body, into_functions=False) if site.function else ():
        if (
            isinstance(node, cst.Call)
            and call is not None
            and site.callee(node) == site.callee(call)
        ):
            yield from (arg.value for arg in node.args if arg.value in alike)


def _helper(draft: Draft) -> str:
    parse = draft.module_in_helper("urllib.parse")
    return draft.helper(
        _HELPER,
        rf'''
def {_HELPER}(address):
    """Return an address of this site, that of the front page in the place of any other."""
    if not address:
        return address
    # Browsers take back slashes for slashes, and leave out blanks and control characters.
    seen = "".join(sign for sign in address if sign > " ").replace("\\", "/")
    if ":" in seen.partition("/")[0].partition("?")[0]:
        return "/"
    return "/" if seen.startswith("//") or {parse}.urlsplit(address).netloc else address
''',
    )


REMEDIES = (remedy("local-address", _local),)
