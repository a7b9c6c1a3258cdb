"""Remedy for values that are put between quotes to be converted: ``eval(kind + '("' + x + '")')``.

What is quoted is a text, and what stands in front of it names a type; neither needs to run.
"""

import re
from collections.abc import Iterator
from typing import TypeAlias

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.bindings import home
from countermine.fix.pieces import Hole, Text, decompose
from countermine.fix.rewrite import Draft
from countermine.fix.site import Site, other_kind, sink_call
from countermine.fix.tree import descend

_OPENS = re.compile(r"^\((?P<quote>'|\")$")

_CONVERTED_HELPER = '''
def _converted(kind, literal):
    """Return a text, given as a literal, as a built-in type; refuse other types and code."""
    kinds = {{
        "bool": bool,
        "complex": complex,
        "float": float,
        "int": int,
        "list": list,
        "str": str,
        "tuple": tuple,
    }}
    text = {ast}.literal_eval(literal)
    if not isinstance(text, str) or kind.strip() not in kinds:
        raise ValueError("no text for a built-in type: " + repr((kind, text)))
    return kinds[kind.strip()](text)
'''

Conversion: TypeAlias = tuple[cst.Call, str | None, str]
"""The call of ``eval``, the code of the type, and the code of the quoted text."""


def by_type_name(site: Site, draft: Draft) -> str | NoRemedy:
    """Convert without evaluating, here and where the function evaluates quoted text besides."""
    call = sink_call(site)
    found = list(_conversions(site))
    if all(kind is None for _, kind, _ in found) or call not in [one for one, *_ in found]:
        other_kind()
    helper = draft.helper("_converted", _CONVERTED_HELPER.format(ast=draft.module_in_helper("ast")))
    for one, kind, literal in found:
        code = f"{helper}({kind}, {literal})"
        draft.replace(one, code if kind else f"{draft.member('ast', 'literal_eval')}({literal})")
    return "Convert the text to the named type instead of evaluating a call"


def _conversions(site: Site) -> Iterator[Conversion]:
    for node in descend(home(site)):
        if isinstance(node, cst.Call) and site.callee(node) in {"eval", "builtins.eval"}:
            taken = _taken_apart(site, node)
            if taken is not None:
                yield node, *taken


def _taken_apart(site: Site, call: cst.Call) -> tuple[str | None, str] | None:
    """Return the code of a type and of a text in quotes that is all an expression is made of."""
    pieces = decompose(call.args[0].value) if len(call.args) == 1 else None
    if pieces is None or any(
        isinstance(one, Hole) and (one.conversion or one.spec) for one in pieces
    ):
        return None
    match pieces:
        case (Hole(node=kind), Text() as opened, Hole(node=text), Text() as closed):
            around = _OPENS.match(opened.value)
            if around is None or closed.value != f"{around['quote']})":
                return None
            return site.code(kind), _quoted(site, around["quote"], text)
        case (Text() as opened, Hole(node=text), Text() as closed):
            if opened.value != closed.value or opened.value not in {"'", '"'}:
                return None
            return None, _quoted(site, opened.value, text)
        case _:
            return None


def _quoted(site: Site, quote: str, text: cst.BaseExpression) -> str:
    written = f"'{quote}'" if quote == '"' else f'"{quote}"'
    return f"{written} + {site.code(text)} + {written}"
