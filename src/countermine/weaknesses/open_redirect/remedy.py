"""Remedies: redirects that stay on the site."""

from countermine.core.knowledge import NoRemedy
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, has_starred, misfit, sink_call, tainted_argument

_HELPER = "_local_address"


def _local(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    arg = None if call is None or has_starred(call) else tainted_argument(site, call)
    if arg is None:
        misfit("which address it is cannot be told")
    draft.wrap(arg.value, f"{_helper(draft)}(", ")")
    return "Send visitors to addresses of the site only"


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
    if seen.startswith("//") or ":" in seen.partition("/")[0].partition("?")[0]:
        return "/"
    return "/" if {parse}.urlsplit(address).netloc else address
''',
    )


REMEDIES = (remedy("local-address", _local),)
