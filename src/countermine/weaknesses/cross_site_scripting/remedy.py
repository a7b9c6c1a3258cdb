"""Remedies: values are escaped where they are put into a page."""

from collections.abc import Iterator

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.bindings import assigned_values
from countermine.fix.passing import covers_sink, passing_call, passing_call_of_name
from countermine.fix.pieces import Hole, decompose
from countermine.fix.retext import is_text
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, misfit, sink_call, tainted_argument
from countermine.fix.tree import descend, dotted, source_range

_HARMLESS = frozenset(
    {"int", "float", "len", "html.escape", "markupsafe.escape", "flask.escape", "escape", "url_for",
     "flask.url_for", "django.utils.html.escape", "django.utils.html.conditional_escape",
     "markupsafe.Markup", "flask.Markup", "django.urls.reverse", "django.utils.html.format_html",
     "flask.render_template", "render_template", "django.template.loader.render_to_string",
     "bleach.clean", "nh3.clean", "cgi.escape", "urllib.parse.quote", "urllib.parse.urlencode"}
)  # fmt: skip
_MARKS_SAFE = frozenset({"markupsafe.Markup", "flask.Markup"})
_REQUEST_WORDS = frozenset({"request", "req"})


def _escape_html(site: Site, draft: Draft) -> str | NoRemedy:
    pages = list(_pages(site))
    _stay_pages(site, pages)
    holes: list[Hole] = []
    for page in pages:
        holes += [
            piece
            for piece in decompose(page) or ()
            if isinstance(piece, Hole) and _is_open(site, piece)
        ]
    if not holes:
        return _whole(site, draft, pages)
    for hole in holes:
        if hole.spec or hole.conversion:
            misfit("a value is formatted in a way that escaping would change")
        draft.wrap(hole.node, *_escaper(site, draft, hole))
    return _SUMMARY


_SUMMARY = "Escape values that are put into the page"


def _pages(site: Site) -> Iterator[cst.BaseExpression]:
    """Yield the expressions that put the page together."""
    start = _start(site)
    yield start
    if isinstance(start, cst.Name):
        yield from assigned_values(site, start.value)


def _stay_pages(site: Site, pages: list[cst.BaseExpression]) -> None:
    """Give up where what would be escaped is given to a call on its way to the page."""
    found = None if covers_sink(site) else passing_call(site, pages[0])
    if found is None and isinstance(pages[0], cst.Name):
        found = passing_call_of_name(site, pages[0].value)
    if found is not None:
        name = site.callee(found) or site.code(found.func)
        misfit(f"the value goes through {name}() before it is part of the page")


def _start(site: Site) -> cst.BaseExpression:
    call = sink_call(site)
    if call is not None and site.node is call and site.callee(call) in _HARMLESS - _MARKS_SAFE:
        misfit("the value is escaped already")
    if call is not None and site.node is call and decompose(call) is None:
        arg = tainted_argument(site, call)
        if arg is not None:
            return arg.value
    texts = [
        node
        for node in site.chain
        if isinstance(node, cst.BaseExpression) and decompose(node) is not None
    ]
    if texts:
        return texts[0]
    for node in reversed(site.chain):
        if isinstance(node, cst.Return) and node.value is not None:
            return _first_of_tuple(node.value)
    if not isinstance(site.node, cst.BaseExpression):
        misfit("what makes the page cannot be told")
    return _first_of_tuple(site.node)


def _first_of_tuple(node: cst.BaseExpression) -> cst.BaseExpression:
    """Return the page of a view's ``page, status``."""
    return node.elements[0].value if isinstance(node, cst.Tuple) and node.elements else node


def _is_open(site: Site, hole: Hole) -> bool:
    """Tell whether a value may hold markup that is not meant."""
    node = hole.node
    if hole.number or hole.spec[-1:] in {"d", "f"} or isinstance(node, cst.BaseNumber):
        return False
    written = dotted(node)
    if written is not None and written.rpartition(".")[2].isupper():
        return False
    if isinstance(node, cst.Call):
        if site.callee(node) in _HARMLESS:
            return False
        return _reads_request(site, node) or _on_trace(site, node) or _is_method_of_value(node)
    return True


def _is_method_of_value(node: cst.Call) -> bool:
    """Tell a call such as ``name.upper()``, which makes no markup, from one of a function."""
    return isinstance(node.func, cst.Attribute) and isinstance(node.func.value, cst.Name)


def _reads_request(site: Site, node: cst.CSTNode) -> bool:
    return any(
        isinstance(inner, cst.Name)
        and (inner.value in _REQUEST_WORDS or site.resolve(inner) == "flask.request")
        for inner in descend(node)
    )


def _on_trace(site: Site, node: cst.CSTNode) -> bool:
    start, end = site.tree.outer_range(node)
    for step in site.finding.trace:
        if step.span.path == site.tree.source.path:
            step_start, step_end = source_range(site.tree.source, step.span)
            if start <= step_start and step_end <= end:
                return True
    return False


def _whole(site: Site, draft: Draft, pages: list[cst.BaseExpression]) -> str | NoRemedy:
    """Escape a page that is nothing but the value."""
    page = pages[-1]
    if any(decompose(one) is not None for one in pages):
        misfit("every value in the page is escaped already")
    call = page if isinstance(page, cst.Call) else None
    if call is not None and site.callee(call) in _HARMLESS:
        misfit("the page is escaped already")
    if not _reads_request(site, page):
        misfit("what in the page is a value and what is markup cannot be told")
    draft.wrap(page, *_escaper(site, draft, Hole(node=page, token=None)))
    return _SUMMARY


def _escaper(site: Site, draft: Draft, hole: Hole) -> tuple[str, str]:
    """Return what to put around a value: the escaping that the code's own framework has."""
    imports = {bound.target.partition(".")[0] for bound in site.scopes[0].imports}
    name = next(
        (
            bound.expression
            for bound in site.scopes[0].imports
            if bound.top_level
            and bound.target in {"markupsafe.escape", "flask.escape", "html.escape",
                                 "django.utils.html.escape"}
            and not any(scope.binds(bound.local) for scope in site.scopes[1:])
        ),
        None,
    )  # fmt: skip
    is_sum = hole.token is None and not _is_page(site, hole.node)
    if "django" in imports:
        return f"{name or draft.name('django.utils.html', 'escape')}(", ")"
    if {"flask", "markupsafe"} & imports and not is_sum:
        return f"{name or draft.name('markupsafe', 'escape')}(", ")"
    escape = draft.member("html", "escape")
    if is_text(site, hole.node) or is_sum:
        return f"{escape}(", ")"
    return f"{escape}(str(", "))"


def _is_page(site: Site, node: cst.BaseExpression) -> bool:
    """Tell whether a node is the whole page, so that no text is added to it."""
    return not any(
        any(inner is node for inner in descend(outer))
        for page in _pages(site)
        for outer in descend(page)
        if isinstance(outer, cst.BinaryOperation)
    )


REMEDIES = (remedy("escape-html", _escape_html, along_trace=True),)
