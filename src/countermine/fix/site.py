"""The place of a finding in its file's tree: what a remedy looks at."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn, TypeVar

import libcst as cst

from countermine.core.findings import Finding
from countermine.core.knowledge import NoRemedy
from countermine.core.spans import Span, TreePath
from countermine.fix.pieces import decompose
from countermine.fix.scopes import Scope, resolve, scopes_around
from countermine.fix.tree import Range, Tree, descend, innermost, parse, source_range

Fitting = TypeVar("Fitting")


class MisfitError(Exception):
    """A plan does not fit a site; never leaves the remedy, which answers ``NoRemedy``."""


def misfit(reason: str) -> NoReturn:
    """Give up a plan, for a reason in one clause."""
    raise MisfitError(reason)


def other_kind() -> NoReturn:
    """Give up a plan that is for other calls than this, so that there is nothing to explain."""
    raise MisfitError


def fitting(value: Fitting | NoRemedy) -> Fitting:
    """Return a value that is there, else give up the plan for its reason."""
    if isinstance(value, NoRemedy):
        misfit(value.reason)
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where a finding is."""

    finding: Finding
    texts: Mapping[TreePath, bytes]
    tree: Tree
    chain: tuple[cst.CSTNode, ...]
    """From the module to the sink: the innermost node that covers the finding's location."""
    scopes: tuple[Scope, ...]
    """The scopes that the sink sees, the module's first."""

    @property
    def node(self) -> cst.CSTNode:
        """The sink."""
        return self.chain[-1]

    @property
    def function(self) -> cst.FunctionDef | None:
        """The innermost function around the sink."""
        return innermost(self.chain, cst.FunctionDef)

    def resolve(self, node: cst.CSTNode) -> str | None:
        """Return the full name of what an expression names here."""
        return resolve(self.scopes, node)

    def callee(self, node: cst.CSTNode) -> str | None:
        """Return the full name of what a call calls, ``None`` for anything else."""
        return self.resolve(node.func) if isinstance(node, cst.Call) else None

    def code(self, node: cst.CSTNode) -> str:
        """Return the source text of a node, with the parentheses around it."""
        return self.tree.code(node)


def locate(
    finding: Finding, texts: Mapping[TreePath, bytes], place: Span | None = None
) -> Site | NoRemedy:
    """Parse a file and go to a place of the finding in it, or say why that cannot be done.

    Args:
        finding: The finding.
        texts: Texts of the target's files.
        place: Where to go; the sink when not given.
    """
    place = place or finding.location
    path = place.path
    if path not in texts:
        return NoRemedy(reason=f"the text of {path} is not at hand")
    tree = parse(path, texts[path])
    if isinstance(tree, NoRemedy):
        return tree
    wanted = source_range(tree.source, place)
    if wanted[0] == wanted[1] or wanted[1] > len(tree.source.utf8):
        return NoRemedy(reason=f"the finding's place is not in {path}: was the file changed since?")
    chain = _to_expression(tree, tree.chain(wanted), wanted)
    return Site(finding=finding, texts=texts, tree=tree, chain=chain, scopes=scopes_around(chain))


def _to_expression(
    tree: Tree, chain: tuple[cst.CSTNode, ...], wanted: Range
) -> tuple[cst.CSTNode, ...]:
    """Cut a chain behind the outermost expression that is exactly the range, if one is."""
    for index, node in enumerate(chain):
        if isinstance(node, cst.BaseExpression) and wanted in {
            tree.range(node),
            tree.outer_range(node),
        }:
            return chain[: index + 1]
    return chain


def sink_call(site: Site) -> cst.Call | None:
    """Return the call that the finding is about: the sink, or the innermost call around it."""
    return innermost(site.chain, cst.Call)


_FORMAT_STRING = re.compile(rb"""\b[fF][rR]?['"]""")


def formatted(site: Site, template: str, *names: str) -> str:
    """Return code for a text with names in it: an f-string where the file has such already.

    Files without one may have to run on a Python that does not know them.
    """
    if _FORMAT_STRING.search(site.tree.source.utf8):
        return 'f"' + template.format(*(f"{{{name}}}" for name in names)) + '"'
    fields = template.format(*("{}" for _ in names))
    return f'"{fields}".format({", ".join(names)})'


def at_sink(site: Site) -> bool:
    """Tell whether the site is the finding's own, not an earlier step of its trace."""
    place = site.finding.location
    if place.path != site.tree.source.path:
        return False
    start, end = source_range(site.tree.source, place)
    site_start, site_end = site.tree.outer_range(site.node)
    return start < site_end and site_start < end


def tainted_argument(site: Site, call: cst.Call) -> cst.Arg | None:
    """Return the argument of the call that the finding names, the first where it names none.

    At an earlier step of the trace it is the argument that is put together of parts, if one is.
    """
    named = site.finding.sink_argument
    if not at_sink(site):
        built = [arg for arg in call.args if not arg.star and decompose(arg.value)]
        return next(iter(built or call.args), None)
    if named is None:
        return call.args[0] if call.args else None
    start, end = source_range(site.tree.source, named)
    for arg in call.args:
        arg_start, arg_end = site.tree.outer_range(arg)
        if start < arg_end and arg_start < end:
            return arg
    return None


def twins(site: Site, node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """Yield the expressions of the function that say the same as one of them, but for the layout.

    Where a value is put to the same use twice, a patch of one place leaves the flaw in the other.
    """
    meant = _meaning(site, node)
    for other in descend(site.function.body, into_functions=False) if site.function else ():
        if not isinstance(other, cst.BaseExpression) or other is node:
            continue
        if type(other) is type(node) and _meaning(site, other) == meant:
            yield other


def _meaning(site: Site, node: cst.CSTNode) -> str | None:
    try:
        return ast.dump(ast.parse(f"({site.code(node)})", mode="eval"))
    except (SyntaxError, ValueError):
        return None


def span_of(tree: Tree, node: cst.CSTNode) -> Span:
    """Return the span of a node in the bytes of its file."""
    start, end = tree.range(node)
    return Span(
        path=tree.source.path,
        start_byte=tree.source.to_raw(start),
        end_byte=tree.source.to_raw(end),
    )


def argument(call: cst.Call, position: int | None, keyword: str) -> cst.Arg | None:
    """Return the argument given by position or keyword, ``None`` when not given that way.

    Behind a starred argument positions mean nothing, so nothing is found by position there.
    """
    for index, arg in enumerate(call.args):
        if arg.star:
            position = None
        if arg.keyword is not None and arg.keyword.value == keyword:
            return arg
        if position == index and arg.keyword is None and not arg.star:
            return arg
    return None


def has_starred(call: cst.Call) -> bool:
    """Tell whether a call unpacks arguments, so that what is given cannot be told."""
    return any(arg.star for arg in call.args)
