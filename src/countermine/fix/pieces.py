"""Takes string-building expressions apart: f-strings, ``%``, ``format``, ``+`` and ``join``."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from string import Formatter
from typing import TypeAlias

import libcst as cst

StringToken: TypeAlias = cst.SimpleString | cst.FormattedString

_ESCAPED_QUOTE = re.compile(r"""(?<!\\)((?:\\\\)*)\\(['"])""")
_PERCENT = re.compile(r"%(?:\((?P<key>\w+)\))?(?P<flags>[-#0 +]*\d*(?:\.\d+)?)(?P<kind>[a-zA-Z%])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A constant part."""

    raw: str
    """As it would be written between quotes of a plain string of the token's prefix, except that
    quotes are not escaped."""
    token: StringToken
    """The literal it stands in."""

    @property
    def value(self) -> str:
        """What the part means."""
        if "r" in prefix_of(self.token):
            return self.raw
        quote = '"""' if '"""' not in self.raw else "'''"
        padded = self.raw + " " if self.raw.endswith(('"', "'")) else self.raw
        value = str(ast.literal_eval(f"{quote}{padded}{quote}"))
        return value[:-1] if padded != self.raw else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A part that is computed."""

    node: cst.BaseExpression
    token: StringToken | None
    """The literal in which its place is marked; ``None`` for an operand of ``+``."""
    conversion: str = ""
    """``r``, ``a`` or nothing."""
    spec: str = ""
    """Format specification as an f-string has it, empty for plain text."""
    number: bool = False
    """Whether its place takes numbers only, as that of ``%d`` does."""


Piece: TypeAlias = Text | Hole
Pieces: TypeAlias = tuple[Piece, ...]


def _unquoted(raw: str, token: StringToken) -> str:
    return raw if "r" in prefix_of(token) else _ESCAPED_QUOTE.sub(r"\1\2", raw)


def prefix_of(token: StringToken) -> str:
    """Return the prefix of a literal in lower case, without the ``f``."""
    written = token.start if isinstance(token, cst.FormattedString) else token.prefix
    return written.lower().rstrip("\"'").replace("f", "")


def quote_of(token: StringToken) -> str:
    """Return the quotes of a literal."""
    return token.end if isinstance(token, cst.FormattedString) else token.quote


def decompose(node: cst.BaseExpression) -> Pieces | None:
    """Return the parts of an expression that builds a string, ``None`` for any other."""
    match node:
        case cst.SimpleString() | cst.FormattedString() | cst.ConcatenatedString():
            return _literal(node)
        case cst.BinaryOperation(operator=cst.Add()):
            return _sum(node)
        case cst.BinaryOperation(operator=cst.Modulo(), left=left, right=right):
            return _percent(left, right)
        case cst.Call(func=cst.Attribute(value=value, attr=cst.Name(value="format"))):
            return _format(value, node.args)
        case cst.Call(func=cst.Attribute(value=value, attr=cst.Name(value="join"))):
            return _join(value, node.args)
        case _:
            return None


def _literal(node: cst.CSTNode) -> Pieces | None:
    match node:
        case cst.SimpleString():
            if "b" in prefix_of(node):
                return None
            return (Text(raw=_unquoted(node.raw_value, node), token=node),)
        case cst.FormattedString():
            return _formatted(node)
        case cst.ConcatenatedString(left=left, right=right):
            first, second = _literal(left), _literal(right)
            return None if first is None or second is None else first + second
        case _:
            return None


def _formatted(node: cst.FormattedString) -> Pieces | None:
    out: list[Piece] = []
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText):
            raw = part.value.replace("{{", "{").replace("}}", "}")
            out.append(Text(raw=_unquoted(raw, node), token=node))
            continue
        if not isinstance(part, cst.FormattedStringExpression) or part.equal is not None:
            return None
        spec = _plain_spec(part.format_spec)
        if spec is None:
            return None
        conversion = "" if part.conversion in {None, "s"} else str(part.conversion)
        out.append(Hole(node=part.expression, token=node, conversion=conversion, spec=spec))
    return tuple(out)


def _plain_spec(spec: Sequence[cst.BaseFormattedStringContent] | None) -> str | None:
    parts = [
        part.value if isinstance(part, cst.FormattedStringText) else None for part in spec or ()
    ]
    return None if None in parts else "".join(part for part in parts if part)


def _sum(node: cst.BinaryOperation) -> Pieces | None:
    operands = list(_operands(node))
    parts = [decompose(operand) for operand in operands]
    if all(part is None for part in parts):
        return None
    out: list[Piece] = []
    for operand, part in zip(operands, parts, strict=True):
        out += [Hole(node=operand, token=None)] if part is None else part
    return tuple(out)


def _operands(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        yield from _operands(node.left)
        yield from _operands(node.right)
    else:
        yield node


def _percent(left: cst.BaseExpression, right: cst.BaseExpression) -> Pieces | None:
    template = _literal(left)
    if template is None or any(isinstance(piece, Hole) for piece in template):
        return None
    by_key: dict[str, cst.BaseExpression] = {}
    in_order: list[cst.BaseExpression] = []
    match right:
        case cst.Tuple(elements=elements):
            if any(isinstance(element, cst.StarredElement) for element in elements):
                return None
            in_order = [element.value for element in elements]
        case cst.Dict(elements=elements):
            for element in elements:
                if not isinstance(element, cst.DictElement):
                    return None
                if not isinstance(element.key, cst.SimpleString):
                    return None
                by_key[str(element.key.evaluated_value)] = element.value
        case _:
            in_order = [right]
    out: list[Piece] = []
    for piece in template:
        assert isinstance(piece, Text)  # noqa: S101 - holes were refused above
        parts = _percent_parts(piece, in_order, by_key)
        if parts is None:
            return None
        out += parts
    return None if in_order else tuple(out)


def _percent_parts(
    text: Text, in_order: list[cst.BaseExpression], by_key: dict[str, cst.BaseExpression]
) -> list[Piece] | None:
    out: list[Piece] = []
    raw, position = "", 0
    for mark in _PERCENT.finditer(text.raw):
        raw += text.raw[position : mark.start()]
        position = mark.end()
        if mark["kind"] == "%":
            raw += "%"
            continue
        node = by_key.get(mark["key"]) if mark["key"] else in_order.pop(0) if in_order else None
        if node is None or mark["kind"] not in "srdif":
            return None
        if raw:
            out.append(Text(raw=raw, token=text.token))
        raw = ""
        spec = mark["flags"] + ("f" if mark["kind"] == "f" else "") if mark["flags"] else ""
        conversion = "r" if mark["kind"] == "r" else ""
        number = mark["kind"] in "dif"
        out.append(
            Hole(node=node, token=text.token, conversion=conversion, spec=spec, number=number)
        )
    raw += text.raw[position:]
    if "%" in _PERCENT.sub("", text.raw):
        return None
    return [*out, Text(raw=raw, token=text.token)] if raw else out


def _format(template_node: cst.BaseExpression, args: Sequence[cst.Arg]) -> Pieces | None:
    template = _literal(template_node)
    if template is None or any(arg.star for arg in args):
        return None
    in_order = [arg.value for arg in args if arg.keyword is None]
    by_key = {arg.keyword.value: arg.value for arg in args if arg.keyword is not None}
    automatic = iter(range(len(in_order)))
    out: list[Piece] = []
    for piece in template:
        if isinstance(piece, Hole):
            return None
        try:
            fields = list(Formatter().parse(piece.raw))
        except ValueError:
            return None
        for raw, name, spec, conversion in fields:
            if raw:
                out.append(Text(raw=raw, token=piece.token))
            if name is None:
                continue
            key = name or str(next(automatic, ""))
            index = int(key) if key.isdigit() else -1
            node = in_order[index] if 0 <= index < len(in_order) else by_key.get(name)
            if node is None or "{" in (spec or ""):
                return None
            kind = "" if conversion in {None, "s"} else str(conversion)
            out.append(Hole(node=node, token=piece.token, conversion=kind, spec=spec or ""))
    return tuple(out)


def _join(separator: cst.BaseExpression, args: Sequence[cst.Arg]) -> Pieces | None:
    between = _literal(separator)
    if between is None or len(args) != 1 or not isinstance(args[0].value, cst.List | cst.Tuple):
        return None
    out: list[Piece] = []
    for index, element in enumerate(args[0].value.elements):
        if isinstance(element, cst.StarredElement):
            return None
        if index:
            out += between
        parts = decompose(element.value)
        out += [Hole(node=element.value, token=None)] if parts is None else parts
    return tuple(out)


def merged(pieces: Sequence[Piece]) -> Pieces:
    """Join neighbouring texts of one literal and leave out empty ones."""
    out: list[Piece] = []
    for piece in pieces:
        last = out[-1] if out else None
        if isinstance(piece, Text):
            if not piece.raw:
                continue
            if isinstance(last, Text) and last.token is piece.token:
                out[-1] = replace(last, raw=last.raw + piece.raw)
                continue
        out.append(piece)
    return tuple(out)


def tokens_of(pieces: Sequence[Piece]) -> list[StringToken]:
    """Return the literals of an expression in their order, each once."""
    seen: list[StringToken] = []
    for piece in pieces:
        if piece.token is not None and piece.token not in seen:
            seen.append(piece.token)
    return seen
