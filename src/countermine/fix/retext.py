"""Writes a string expression anew with other parts, in the layout that it had."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.pieces import Hole, StringToken, Text, prefix_of, quote_of, tokens_of, written
from countermine.fix.rewrite import Draft
from countermine.fix.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert:
    """Text that is put in the place of a hole."""

    text: str
    token: StringToken | None


NewPart: TypeAlias = Text | Hole | Insert


def rewrite_text(
    site: Site, draft: Draft, expression: cst.BaseExpression, parts: Sequence[NewPart]
) -> NoRemedy | None:
    """Put new parts in the place of a string expression.

    Args:
        site: Where the expression stands.
        draft: Takes the changes.
        expression: What ``decompose`` took apart.
        parts: What the string is made of now. Texts keep their literals.
    """
    template = _template(expression)
    if template is not None and all(part.token is not None for part in parts):
        for token in tokens_of_node(template):
            mine = [part for part in parts if part.token is token]
            draft.replace(token, _literal(site, token, mine))
        end, all_end = site.tree.outer_range(template)[1], site.tree.range(expression)[1]
        if template is not expression:
            draft.delete(end, all_end)
        return None
    return _rebuilt(site, draft, expression, parts)


def _template(expression: cst.BaseExpression) -> cst.BaseExpression | None:
    match expression:
        case cst.SimpleString() | cst.FormattedString() | cst.ConcatenatedString():
            return expression
        case cst.BinaryOperation(operator=cst.Modulo(), left=left):
            return left
        case cst.Call(func=cst.Attribute(value=value, attr=cst.Name(value="format"))):
            return value
        case _:
            return None


def tokens_of_node(node: cst.CSTNode) -> list[StringToken]:
    """Return the literals of a string written as one or several literals."""
    match node:
        case cst.SimpleString() | cst.FormattedString():
            return [node]
        case cst.ConcatenatedString(left=left, right=right):
            return tokens_of_node(left) + tokens_of_node(right)
        case _:
            return []


def _literal(site: Site, token: StringToken, parts: Sequence[NewPart]) -> str:
    is_format = any(isinstance(part, Hole) for part in parts)
    prefix = ("f" if is_format else "") + prefix_of(token)
    quote = quote_of(token)
    inside = "".join(_inside(site, token, part, is_format=is_format) for part in parts)
    return f"{prefix}{quote}{inside}{quote}"


def _inside(site: Site, token: StringToken, part: NewPart, *, is_format: bool) -> str:
    if isinstance(part, Hole):
        conversion = f"!{part.conversion}" if part.conversion else ""
        spec = f":{part.spec}" if part.spec else ""
        return "{" + site.code(part.node) + conversion + spec + "}"
    raw = part.raw if isinstance(part, Text) else part.text
    if is_format:
        raw = raw.replace("{", "{{").replace("}", "}}")
    return written(raw, token)


def _rebuilt(
    site: Site, draft: Draft, expression: cst.BaseExpression, parts: Sequence[NewPart]
) -> NoRemedy | None:
    tokens = tokens_of([part for part in parts if isinstance(part, Text)])
    if not tokens or len({prefix_of(token) for token in tokens}) > 1:
        return NoRemedy(reason="the parts of the string are written in different ways")
    style = max(tokens, key=lambda token: len(quote_of(token)))
    lines: list[list[NewPart]] = []
    line_start = None
    for part in parts:
        if part.token is not None and len(quote_of(style)) == 1:
            start = site.tree.line_start(site.tree.range(part.token)[0])
            if start != line_start:
                lines.append([])
            line_start = start
        if not lines:
            lines.append([])
        lines[-1].append(part)
    start = site.tree.outer_range(expression)[0]
    column = site.tree.slice(site.tree.line_start(start), start)
    indent = "".join(c if c in " \t" else " " for c in column)
    first = [_first_token(line, style) for line in lines]
    texts = [_literal(site, token, line) for token, line in zip(first, lines, strict=True)]
    parens = expression.lpar and len(texts) > 1
    if parens:
        indent += " "
    text = f"\n{indent}".join(texts)
    draft.replace(expression, f"({text})" if parens else text)
    return None


def _first_token(line: Sequence[NewPart], style: StringToken) -> StringToken:
    return next((part.token for part in line if isinstance(part, Text)), style)
