"""Remedy of costly regular expressions: the same expression, written without its many ways."""

import re
from dataclasses import dataclass, replace

import libcst as cst

from countermine.core.knowledge import NamedRemedy, NoRemedy
from countermine.fix.bindings import module_value
from countermine.fix.expression_pieces import is_bytes, pieces_of, write
from countermine.fix.expression_uses import METHODS, MatchUse, use_at, uses_of
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, argument, misfit, sink_call
from countermine.fix.tree import innermost
from countermine.regexes.cost import Use
from countermine.regexes.linear import is_same_under, linear
from countermine.regexes.sameness import EVERY, Asked

_FLAGS_AT = {"compile": 1, "split": 3, "sub": 4, "subn": 4}
_OTHER_FLAGS = (
    re.IGNORECASE,
    re.MULTILINE,
    re.DOTALL,
    re.IGNORECASE | re.MULTILINE | re.DOTALL | re.UNICODE,
)
"""Flags that a table's expressions may be compiled with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """How the target uses an expression."""

    places: frozenset[Use] = frozenset(Use)
    asked: Asked = EVERY


def _unambiguous(site: Site, draft: Draft) -> str | NoRemedy:
    text = innermost(site.chain, cst.SimpleString)
    if text is site.node or isinstance(site.node, cst.ConcatenatedString):
        return _entry(site, draft)
    call = sink_call(site)
    if call is None:
        misfit("the expression is not written out where it is found")
    call = _compiling(site, call)
    name = (site.callee(call) or "").removeprefix("re.")
    pattern = argument(call, 0, "pattern")
    if pattern is None:
        misfit("the expression is not written out where it is found")
    pieces = pieces_of(site, pattern.value)
    flags = _flags(site, call, name) | (int(re.ASCII) if is_bytes(pieces) else 0)
    use = _use(site, call, name)
    new = linear("".join(one.text for one in pieces), flags, use.places, use.asked)
    if new is None:
        return NoRemedy(reason="no other way to write the expression matches the same at less cost")
    write(draft, pieces, new)
    return "Match the same with an expression that reads each text in one way"


def _entry(site: Site, draft: Draft) -> str | NoRemedy:
    """Rewrite one expression of a table, whatever flags it is compiled with."""
    if not isinstance(site.node, cst.SimpleString | cst.ConcatenatedString):
        misfit("the expression is not written out where it is found")
    pieces = pieces_of(site, site.node)
    text = "".join(one.text for one in pieces)
    new = linear(text, 0, {Use.MATCH})
    if new is None or not is_same_under(text, new, _OTHER_FLAGS):
        return NoRemedy(reason="no other way to write the expression matches the same at less cost")
    write(draft, pieces, new)
    return "Match the same with an expression that reads each text in one way"


def _compiling(site: Site, call: cst.Call) -> cst.Call:
    """Return the call of ``re`` that the expression is an argument of."""
    for _ in range(3):
        full = site.callee(call) or ""
        if full.removeprefix("re.") in {*METHODS, "compile"} and full.startswith("re."):
            return call
        owner = call.func.value if isinstance(call.func, cst.Attribute) else None
        if isinstance(owner, cst.Name):
            owner = module_value(site, owner.value)
        if not isinstance(owner, cst.Call):
            break
        call = owner
    return misfit("the expression is not written out where it is found")


def _flags(site: Site, call: cst.Call, name: str) -> int:
    given = argument(call, _FLAGS_AT.get(name, 2), "flags")
    return 0 if given is None else _flag_number(site, given.value)


def _flag_number(site: Site, node: cst.BaseExpression) -> int:
    match node:
        case cst.Integer():
            return int(node.evaluated_value)
        case cst.BinaryOperation(operator=cst.BitOr(), left=left, right=right):
            return _flag_number(site, left) | _flag_number(site, right)
        case cst.Attribute() | cst.Name():
            full = site.resolve(node) or ""
            known = getattr(re, full.removeprefix("re."), None) if full.startswith("re.") else None
            if isinstance(known, re.RegexFlag):
                return int(known)
            value = module_value(site, node.value) if isinstance(node, cst.Name) else None
            if value is not None and not isinstance(value, cst.Name):
                return _flag_number(site, value)
        case _:
            pass
    return misfit("the flags of the expression cannot be told")


def _use(site: Site, call: cst.Call, name: str) -> _Use:
    """Return how an expression is used: by its own call, or by what is done with its name."""
    if name != "compile":
        used = use_at(site.tree.source.utf8, site.tree.range(call)[0])
        return _joined([used]) if used is not None else _Use(places=frozenset({METHODS[name]}))
    statement = innermost(site.chain, cst.Assign)
    if statement is None or statement.value is not call or len(statement.targets) != 1:
        return _Use()
    target = statement.targets[0].target
    label = target.attr if isinstance(target, cst.Attribute) else target
    if not isinstance(label, cst.Name):
        return _Use()
    found = [uses_of(text, label.value) for _, text in sorted(site.texts.items())]
    known = [one for uses in found if uses is not None for one in uses]
    if None in found or not known:
        return _Use()
    use = _joined(known)
    # What has a public name may be used by modules that are not looked at.
    return use if label.value.startswith("_") else replace(use, asked=EVERY)


def _joined(uses: list[MatchUse]) -> _Use:
    return _Use(
        places=frozenset(METHODS[one.method] for one in uses),
        asked=Asked(
            anywhere=any(one.placed for one in uses), groups=any(one.groups for one in uses)
        ),
    )


UNAMBIGUOUS: NamedRemedy = remedy("unambiguous-expression", _unambiguous)
"""Writes an expression so that each text is read in one way; the matches stay as they are."""
