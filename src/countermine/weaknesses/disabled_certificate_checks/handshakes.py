"""What a check of names needs: a handshake that is not told the server's name fails with one."""

from collections.abc import Iterator

import libcst as cst

from countermine.fix.rewrite import Draft
from countermine.fix.site import Site, argument, has_starred, misfit
from countermine.fix.tree import descend

_HANDSHAKES = frozenset({"start_tls", "wrap_socket", "wrap_bio"})
_NAME = "server_hostname"


def name_servers(site: Site, draft: Draft) -> None:
    """Tell every handshake of the file the server's name, or give up where it is not known.

    Raises:
        MisfitError: If a handshake names no server, and no other one of its function does.
    """
    for function in [*_functions(site.tree.module), site.tree.module]:
        calls = list(_calls(function))
        known = {site.code(name.value) for call in calls if (name := argument(call, None, _NAME))}
        for call in calls:
            if not _is_unnamed(site, call):
                continue
            if len(known) != 1:
                misfit("a handshake of the file names no server, so that names cannot be checked")
            draft.add_argument(call, f"{_NAME}={next(iter(known))}")


def _functions(module: cst.Module) -> Iterator[cst.FunctionDef]:
    return (node for node in descend(module) if isinstance(node, cst.FunctionDef))


def _calls(node: cst.CSTNode) -> Iterator[cst.Call]:
    body = node.body if isinstance(node, cst.FunctionDef) else node
    for inner in descend(body, into_functions=False):
        if isinstance(inner, cst.Call):
            yield inner


def _is_unnamed(site: Site, call: cst.Call) -> bool:
    """Tell whether a call begins to talk TLS and is not told with whom."""
    if not isinstance(call.func, cst.Attribute) or call.func.attr.value not in _HANDSHAKES:
        return False
    if site.callee(call) == "ssl.wrap_socket" or not call.args or has_starred(call):
        return False
    as_server = argument(call, None, "server_side")
    if as_server is not None and site.code(as_server.value) != "False":
        return False
    return argument(call, None, _NAME) is None
