"""Remedies: what has a meaning in a filter or name is escaped by the library's own function."""

import re

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.bindings import where_built
from countermine.fix.pieces import Hole, Piece, Text, decompose
from countermine.fix.retext import text_code
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, fitting, has_starred, misfit, sink_call, tainted_argument
from countermine.fix.tree import dotted

_IN_FILTER = re.compile(r"\([^()=]*=[^()]*\Z")
_IN_NAME = re.compile(r"(?:\A|[,+;])\s*[\w.-]+\s*=[^,+;()]*\Z")
_FILTERS = {
    "ldap3": ("ldap3.utils.conv", "escape_filter_chars"),
    "ldap": ("ldap.filter", "escape_filter_chars"),
    "bonsai": ("bonsai", "escape_filter_exp"),
}
_NAMES = {
    "ldap3": ("ldap3.utils.dn", "escape_rdn"),
    "ldap": ("ldap.dn", "escape_dn_chars"),
    "bonsai": ("bonsai", "escape_attribute_value"),
}
_ESCAPING = frozenset(".".join(one) for one in (*_FILTERS.values(), *_NAMES.values()))


def _escaped(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    if call is None or has_starred(call):
        misfit("the filter is no argument of a call")
    arg = tainted_argument(site, call)
    if arg is None:
        misfit("which argument is the filter cannot be told")
    built = fitting(where_built(site, arg.value))
    pieces = decompose(built.expression)
    if pieces is None or not any(isinstance(piece, Text) for piece in pieces):
        misfit("the whole filter comes from elsewhere, so no part can be set apart")
    library = _library(site)
    wanted = [(one, place) for one, place in _places(pieces) if not _is_safe(site, one)]
    if not wanted:
        misfit("everything that is computed in the filter is escaped already")
    for hole, known in wanted:
        if known is None:
            misfit("a computed part of the filter is more than a value")
        if hole.conversion or hole.spec:
            misfit("a value of the filter is formatted")
        name = draft.name(*known[library])
        draft.replace(hole.node, f"{name}({text_code(site, hole)})")
    return "Escape values in what a directory is asked"


def _library(site: Site) -> str:
    sink = site.finding.sink.partition(".")[0]
    if sink in _FILTERS:
        return sink
    imported = {bound.target.partition(".")[0] for scope in site.scopes for bound in scope.imports}
    known = sorted(imported & set(_FILTERS))
    if len(known) != 1:
        misfit("which library asks the directory cannot be told")
    return known[0]


def _places(
    pieces: tuple[Piece, ...],
) -> list[tuple[Hole, dict[str, tuple[str, str]] | None]]:
    """Return each hole with the functions that escape what stands there, ``None`` for no value."""
    found: list[tuple[Hole, dict[str, tuple[str, str]] | None]] = []
    before = ""
    for piece in pieces:
        if isinstance(piece, Text):
            before += piece.value
            continue
        if _IN_FILTER.search(before):
            found.append((piece, _FILTERS))
        elif "(" not in before and _IN_NAME.search(before):
            found.append((piece, _NAMES))
        else:
            found.append((piece, None))
        before += "x"
    return found


def _is_safe(site: Site, hole: Hole) -> bool:
    """Tell whether a part needs no escapes: a number, a constant, or escaped already."""
    if isinstance(hole.node, cst.Call):
        called = site.callee(hole.node)
        return called in _ESCAPING | {"int", "len"}
    written = dotted(hole.node)
    constant = written is not None and written.rpartition(".")[2].isupper()
    return hole.number or constant


REMEDIES = (remedy("escaped-values", _escaped, along_trace=True),)
