"""Remedies: the operating system's randomness through the same methods."""

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, misfit, sink_call

_IN_SECRETS = frozenset({"choice"})
_IN_SYSTEM_RANDOM = frozenset(
    {"random", "choices", "sample", "randint", "randrange", "getrandbits", "uniform", "shuffle",
     "randbytes", "triangular"}
)  # fmt: skip


def _secrets(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    name = site.callee(call) if call else None
    if call is None or name is None or not name.startswith("random."):
        misfit("only functions of the module random have a twin in secrets")
    method = name.removeprefix("random.")
    if any(_seeds(node) for node in site.chain):
        misfit("the numbers are seeded, so that they are meant to repeat")
    if method in _IN_SECRETS:
        draft.replace(call.func, draft.member("secrets", method))
    elif method in _IN_SYSTEM_RANDOM:
        draft.replace(call.func, f"{draft.member('secrets', 'SystemRandom')}().{method}")
    else:
        misfit(f"{name} has no twin in secrets")
    return "Take unpredictable numbers from the operating system"


def _seeds(node: cst.CSTNode) -> bool:
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Attribute)
        and (node.func.attr.value == "seed")
    )


REMEDIES = (remedy("secrets-module", _secrets),)
