"""Whether a text stays a text on its way: what a page is made of goes through no other call.

A value that is escaped for a page must not be the command, the query or the file name of a call
before it becomes part of the page: there the escaping is wrong, and changes what the call does.
"""

import re
from collections.abc import Iterator

import libcst as cst

from countermine.fix.bindings import home
from countermine.fix.retext import is_text_method
from countermine.fix.site import Site
from countermine.fix.tree import descend, source_range

_TEXT_CALLS = frozenset(
    {"str", "repr", "bytes", "bytearray", "format", "len", "bool", "list", "tuple", "sorted",
     "reversed", "isinstance", "type", "iter", "enumerate", "zip", "textwrap.dedent",
     "textwrap.indent", "textwrap.fill", "io.StringIO", "io.BytesIO"}
)  # fmt: skip
_COLLECTS = frozenset(
    {"encode", "append", "extend", "insert", "write", "writelines", "send", "end"}
)
_TELLS = frozenset({"print", "debug", "info", "warning", "error", "log", "exception", "critical"})
_MAKES_PAGES = re.compile(r"(?i)response|markup|html|template|render|escape")
"""The last part of a function's name: what answers a request, or puts a page together."""
_MOST_CALLS = 4
"""Functions of the module that are looked into, one called by the other."""


def covers_sink(site: Site) -> bool:
    """Tell whether a site is the finding's own, not a step of its trace on the way there."""
    return _covers_sink(site, site.node)


def passing_call(site: Site, text: cst.BaseExpression) -> cst.Call | None:
    """Return a call other than the sink that a text is given to and that builds no text.

    Looks at the calls around the text, at those that are given the name it is assigned to, and,
    where the function returns it, at those that are given the function's result.
    """
    for call in _given_to(site, text):
        if not _covers_sink(site, call) and not _builds_text(site, call, _MOST_CALLS):
            return call
    return None


def passing_call_of_name(site: Site, name: str) -> cst.Call | None:
    """Return a call other than the sink that is given a name and that builds no text."""
    for call in _taking(home(site), name):
        if not _covers_sink(site, call) and not _builds_text(site, call, _MOST_CALLS):
            return call
    return None


def _given_to(site: Site, text: cst.BaseExpression) -> Iterator[cst.Call]:
    statement: cst.CSTNode | None = None
    for node in site.tree.chain(site.tree.range(text)):
        if isinstance(node, cst.Call) and _among_arguments(node, text):
            yield node
        if isinstance(
            node, cst.Assign | cst.AnnAssign | cst.AugAssign | cst.NamedExpr | cst.Return
        ):
            statement = node
    match statement:
        case cst.Assign(targets=targets):
            for target in targets:
                yield from _taking_target(site, target.target)
        case cst.AnnAssign(target=target) | cst.AugAssign(target=target):
            yield from _taking_target(site, target)
        case cst.NamedExpr(target=target):
            yield from _taking_target(site, target)
        case cst.Return():
            if site.function is not None:
                yield from _taking(site.tree.module, site.function.name.value, called=True)
        case _:
            pass


def _taking_target(site: Site, target: cst.CSTNode) -> Iterator[cst.Call]:
    for node in descend(target):
        if isinstance(node, cst.Name):
            yield from _taking(home(site), node.value)


def _taking(body: cst.CSTNode, name: str, *, called: bool = False) -> Iterator[cst.Call]:
    """Yield the calls with a name, or with a call of that name, among their arguments."""
    for node in descend(body):
        if isinstance(node, cst.Call) and any(
            _is_name(inner, name, called=called)
            for arg in node.args
            for inner in descend(arg.value)
        ):
            yield node


def _is_name(node: cst.CSTNode, name: str, *, called: bool) -> bool:
    if not called:
        return isinstance(node, cst.Name) and node.value == name
    return isinstance(node, cst.Call) and _last_name(node) == name


def _among_arguments(call: cst.Call, text: cst.BaseExpression) -> bool:
    return any(node is text for arg in call.args for node in descend(arg.value))


def _covers_sink(site: Site, node: cst.CSTNode) -> bool:
    """Tell whether a node is the finding's sink, or is around it: a call that is given the page."""
    place = site.finding.location
    if place.path != site.tree.source.path:
        return False
    start, end = site.tree.outer_range(node)
    sink_start, sink_end = source_range(site.tree.source, place)
    return start <= sink_start and sink_end <= end


def _last_name(call: cst.Call) -> str:
    name = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
    return name.value if isinstance(name, cst.Name) else ""


def _builds_text(site: Site, call: cst.Call, most: int) -> bool:
    """Tell whether a call makes a text or a page of its arguments, keeps them, or tells them."""
    last = _last_name(call)
    if site.callee(call) in _TEXT_CALLS or last in _TELLS or _MAKES_PAGES.search(last):
        return True
    if isinstance(call.func, cst.Attribute) and (is_text_method(last) or last in _COLLECTS):
        return True
    bodies = _bodies(site, call)
    return most > 0 and bool(bodies) and all(_only_text(site, one, most - 1) for one in bodies)


def _bodies(site: Site, call: cst.Call) -> list[cst.FunctionDef]:
    """Return the functions of the module that a call may be of."""
    own = isinstance(call.func, cst.Name) or (
        isinstance(call.func, cst.Attribute)
        and isinstance(call.func.value, cst.Name)
        and call.func.value.value in {"self", "cls"}
    )
    if not own:
        return []
    return [
        node
        for node in descend(site.tree.module)
        if isinstance(node, cst.FunctionDef) and node.name.value == _last_name(call)
    ]


def _only_text(site: Site, function: cst.FunctionDef, most: int) -> bool:
    return all(
        _builds_text(site, node, most)
        for node in descend(function.body)
        if isinstance(node, cst.Call)
    )
