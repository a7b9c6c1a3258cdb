"""Writes a string expression anew with other parts, in the layout that it had."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.pieces import Hole, StringToken, Text, prefix_of, quote_of, tokens_of
from countermine.fix.rewrite import Draft
from countermine.fix.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert:
    """Text that is put in the place of a hole."""

    text: str
    token: StringToken | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """An expression that is put in the place of a hole."""

    code: str
    token: StringToken | None


NewPart: TypeAlias = Text | Hole | Insert | Code


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
    codes = [_field(site, part) for part in parts if isinstance(part, Hole | Code)]
    prefix = ("f" if codes else "") + prefix_of(token)
    quote = _fitting_quote(quote_of(token), codes, parts)
    inside = "".join(_inside(site, quote, part, is_format=bool(codes)) for part in parts)
    return f"{prefix}{quote}{inside}{quote}"


def _fitting_quote(quote: str, codes: Sequence[str], parts: Sequence[NewPart]) -> str:
    """Take the other quotes where an expression inside has the literal's own."""
    other = {'"': "'", "'": '"'}.get(quote, quote)
    texts = [part.raw for part in parts if isinstance(part, Text)]
    if any(quote in code for code in codes) and not any(other in text for text in [*codes, *texts]):
        return other
    return quote


def _field(site: Site, part: Hole | Code) -> str:
    return part.code if isinstance(part, Code) else site.code(part.node) + _suffix(part)


def _inside(site: Site, quote: str, part: NewPart, *, is_format: bool) -> str:
    if isinstance(part, Hole | Code):
        return "{" + _field(site, part) + "}"
    raw = part.raw if isinstance(part, Text) else part.text
    if is_format:
        raw = raw.replace("{", "{{").replace("}", "}}")
    raw_prefix = part.token is not None and "r" in prefix_of(part.token)
    return raw if raw_prefix or len(quote) > 1 else raw.replace(quote, "\\" + quote)


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


def joined_code(
    site: Site, parts: Sequence[Text | Hole], *, doubled_quotes: bool = False
) -> str | NoRemedy:
    """Return an expression whose value is the text of some parts.

    Args:
        site: Where the parts come from.
        parts: Texts and holes; a single plain hole gives its own expression.
        doubled_quotes: Whether ``''`` in the texts means one quote, as in SQL.
    """
    if len(parts) == 1 and isinstance(parts[0], Hole) and _is_plain(parts[0]):
        return site.code(parts[0].node)
    inside, pieces, simple = "", [], True
    for part in parts:
        if isinstance(part, Text):
            raw = part.raw.replace("''", "'") if doubled_quotes else part.raw
            inside += raw.replace("{", "{{").replace("}", "}}")
            pieces.append(f'"{raw}"')
            simple = simple and not prefix_of(part.token) and '"' not in raw and "\n" not in raw
            continue
        code = site.code(part.node)
        inside += "{" + code + _suffix(part) + "}"
        pieces.append(code if part.token is None else f"str({code})")
        simple = simple and not set(code) & set('"\\\n{}') and not code.startswith("lambda")
        if not _is_plain(part):
            pieces.append("")
    if simple:
        holes = any(isinstance(part, Hole) for part in parts)
        return f'f"{inside}"' if holes else pieces[0]
    texts = [part.raw for part in parts if isinstance(part, Text)]
    if "" in pieces or any('"' in text or "\n" in text for text in texts):
        return NoRemedy(reason="a part of the string is put together in a way not known")
    return " + ".join(pieces)


def _is_plain(hole: Hole) -> bool:
    return not hole.conversion and not hole.spec


def _suffix(hole: Hole) -> str:
    conversion = f"!{hole.conversion}" if hole.conversion else ""
    return conversion + (f":{hole.spec}" if hole.spec else "")


_TEXT_METHODS = frozenset(
    [
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "replace",
        "format",
        "join",
        "decode",
        "title",
        "capitalize",
        "removeprefix",
        "removesuffix",
        "zfill",
        "hexdigest",
    ]
)
_TEXT_CALLS = frozenset(
    {"str", "input", "repr", "os.path.join", "os.path.basename", "os.path.abspath", "os.getenv",
     "os.path.realpath", "os.fspath", "shlex.quote", "os.getcwd"}
)  # fmt: skip


def is_text_method(name: str) -> bool:
    """Tell whether a method of that name gives a text."""
    return name in _TEXT_METHODS


def is_text(site: Site, node: cst.BaseExpression) -> bool:
    """Tell whether an expression is surely a string."""
    match node:
        case cst.SimpleString() | cst.FormattedString() | cst.ConcatenatedString():
            return True
        case cst.Call(func=cst.Attribute(attr=cst.Name(value=method))) if method in _TEXT_METHODS:
            return True
        case cst.Call():
            return site.callee(node) in _TEXT_CALLS
        case cst.Subscript(value=value):
            return site.resolve(value) == "sys.argv"
        case cst.Name(value=name):
            return _annotated_text(site, name)
        case _:
            return False


def _annotated_text(site: Site, name: str) -> bool:
    function = site.function
    if function is None:
        return False
    return any(
        node.name.value == name
        and node.annotation is not None
        and site.code(node.annotation.annotation) == "str"
        for node in (*function.params.params, *function.params.kwonly_params)
    )


def text_code(site: Site, part: Hole) -> str:
    """Return an expression for a hole that is surely a string."""
    code = site.code(part.node)
    if not _is_plain(part):
        return f'f"{{{code}{_suffix(part)}}}"'
    return code if part.token is None or is_text(site, part.node) else f"str({code})"
