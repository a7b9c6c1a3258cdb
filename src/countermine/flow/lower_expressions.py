"""Python expressions, as tree-sitter gives them, to the intermediate form."""

from collections.abc import Callable

from tree_sitter import Node

from countermine.flow import ir, lower_collections
from countermine.flow.lowering import LOWERERS, Lowering, expression, opaque
from countermine.syntax.python import unescape


def _identifier(low: Lowering, node: Node) -> ir.Expr:
    return ir.Name(node.start_byte, node.end_byte, low.slice(node))


def _constant(*, value: ir.Scalar) -> Callable[[Lowering, Node], ir.Expr]:
    def lower(_low: Lowering, node: Node) -> ir.Expr:
        return ir.Const(node.start_byte, node.end_byte, value)

    return lower


def _integer(low: Lowering, node: Node) -> ir.Expr:
    text = low.slice(node).replace("_", "").rstrip("lLjJ")
    base = 8 if len(text) > 1 and text[0] == "0" and text.isdigit() else 0
    try:
        value: int | None = int(text, base)
    except ValueError:
        value = None
    if value is None:
        return ir.Opaque(node.start_byte, node.end_byte, [])
    return ir.Const(node.start_byte, node.end_byte, value)


def _float(low: Lowering, node: Node) -> ir.Expr:
    try:
        value = float(low.slice(node).replace("_", ""))
    except ValueError:
        return ir.Opaque(node.start_byte, node.end_byte, [])
    return ir.Const(node.start_byte, node.end_byte, value)


def _string(low: Lowering, node: Node) -> ir.Expr:
    parts = list(_string_parts(low, node))
    if len(parts) == 1 and isinstance(parts[0], ir.Const):
        return ir.Const(node.start_byte, node.end_byte, parts[0].value)
    if not parts:
        return ir.Const(node.start_byte, node.end_byte, "")
    return ir.Format(node.start_byte, node.end_byte, parts)


def _string_parts(low: Lowering, node: Node) -> list[ir.Expr]:
    children = node.children
    if not children:
        return []
    opening = low.slice(children[0]).lower()
    raw = "r" in opening
    formatted = "f" in opening or "t" in opening
    parts: list[ir.Expr] = []
    for child in children[1:]:
        if child.type == "interpolation":
            parts.extend(_interpolation(low, child))
        elif child.type == "string_content":
            text = low.slice(child)
            if formatted:
                text = text.replace("{{", "{").replace("}}", "}")
            value = text if raw else unescape(text)
            parts.append(ir.Const(child.start_byte, child.end_byte, value))
    return parts


def _interpolation(low: Lowering, node: Node) -> list[ir.Expr]:
    inner = node.child_by_field_name("expression")
    if inner is None:
        return []
    value = expression(low, inner)
    sign, spec = node.child_by_field_name("type_conversion"), None
    for child in node.named_children:
        if child.type == "format_specifier":
            spec = _specifier(low, child)
    if sign is None and spec is None:
        return [value]
    conversion = "" if sign is None else low.slice(sign).lstrip("!")
    return [ir.Field(node.start_byte, node.end_byte, value, conversion, spec)]


def _specifier(low: Lowering, node: Node) -> ir.Expr:
    """Lower what stands behind the colon of a field; fields within it make it computed."""
    inner = [p for c in node.named_children for p in _interpolation(low, c)]
    if not inner:
        return ir.Const(node.start_byte, node.end_byte, low.slice(node).lstrip(":"))
    return ir.Opaque(node.start_byte, node.end_byte, inner)


def _concatenated(low: Lowering, node: Node) -> ir.Expr:
    parts: list[ir.Expr] = []
    for child in node.named_children:
        if child.type == "string":
            parts.extend(_string_parts(low, child))
    texts = [p.value for p in parts if isinstance(p, ir.Const) and isinstance(p.value, str)]
    if len(texts) == len(parts):
        return ir.Const(node.start_byte, node.end_byte, "".join(texts))
    return ir.Format(node.start_byte, node.end_byte, parts)


def _attribute(low: Lowering, node: Node) -> ir.Expr:
    target = node.child_by_field_name("object")
    name = node.child_by_field_name("attribute")
    if target is None or name is None:
        return opaque(low, node)
    return ir.Attr(node.start_byte, node.end_byte, expression(low, target), low.slice(name))


def _subscript(low: Lowering, node: Node) -> ir.Expr:
    target = node.child_by_field_name("value")
    if target is None:
        return opaque(low, node)
    indexes = node.children_by_field_name("subscript")
    index: ir.Expr | None = None
    if len(indexes) == 1:
        index = expression(low, indexes[0])
    elif len(indexes) > 1:
        items = [expression(low, i) for i in indexes]
        index = ir.Sequence(node.start_byte, node.end_byte, "tuple", items)
    return ir.Item(node.start_byte, node.end_byte, expression(low, target), index)


def _generic(low: Lowering, node: Node) -> ir.Expr:
    """Return ``Optional[int]``, which the grammar tells from a subscript in annotations."""
    name, *rest = node.named_children
    if len(rest) != 1:
        return opaque(low, node)
    listed = rest[0].named_children
    items = [expression(low, child) for child in listed]
    index: ir.Expr | None = items[0] if len(items) == 1 else None
    if len(items) > 1:
        index = ir.Sequence(rest[0].start_byte, rest[0].end_byte, "tuple", items)
    return ir.Item(node.start_byte, node.end_byte, expression(low, name), index)


def _slice(low: Lowering, node: Node) -> ir.Expr:
    bounds: list[ir.Expr | None] = [None, None, None]
    place = 0
    for child in node.children:
        if child.type == ":":
            place += 1
        elif child.is_named and child.type != "comment":
            bounds[min(place, 2)] = expression(low, child)
    return ir.Slice(node.start_byte, node.end_byte, *bounds)


def _call(low: Lowering, node: Node) -> ir.Expr:
    function = node.child_by_field_name("function")
    listed = node.child_by_field_name("arguments")
    if function is None or listed is None:
        return opaque(low, node)
    if listed.type == "generator_expression":
        value = expression(low, listed)
        arguments = [ir.Argument(value.start, value.end, value)]
    else:
        arguments = [_argument(low, c) for c in listed.named_children if c.type != "comment"]
    return ir.Call(node.start_byte, node.end_byte, expression(low, function), arguments)


def _argument(low: Lowering, node: Node) -> ir.Argument:
    kind = node.type
    if kind == "keyword_argument":
        name = node.child_by_field_name("name")
        value = node.child_by_field_name("value")
        if name is not None and value is not None:
            lowered = expression(low, value)
            return ir.Argument(node.start_byte, node.end_byte, lowered, low.slice(name))
    if kind in ("list_splat", "dictionary_splat") and node.named_children:
        stars = 1 if kind == "list_splat" else 2
        inner = expression(low, node.named_children[0])
        return ir.Argument(node.start_byte, node.end_byte, inner, None, stars)
    return ir.Argument(node.start_byte, node.end_byte, expression(low, node))


def _chain(low: Lowering, node: Node) -> tuple[str, list[ir.Expr]]:
    """Return an operator and the operands of a chain of it, from left to right, without recursion.

    ``a + b + c`` nests to the left as deep as it is long.
    """
    operator = node.child_by_field_name("operator")
    name = operator.type if operator is not None else "?"
    operands: list[ir.Expr] = []
    current: Node | None = node
    while current is not None and current.type == node.type:
        sign = current.child_by_field_name("operator")
        if sign is None or sign.type != name:
            break
        right = current.child_by_field_name("right")
        if right is not None:
            operands.append(expression(low, right))
        current = current.child_by_field_name("left")
    if current is not None:
        operands.append(expression(low, current))
    operands.reverse()
    return name, operands


def _binary(low: Lowering, node: Node) -> ir.Expr:
    name, operands = _chain(low, node)
    return ir.Binary(node.start_byte, node.end_byte, name, operands)


def _unary(low: Lowering, node: Node) -> ir.Expr:
    operand = node.child_by_field_name("argument")
    if operand is None:
        return opaque(low, node)
    value = expression(low, operand)
    if (
        isinstance(value, ir.Const)
        and isinstance(value.value, (int, float))
        and node.children[0].type == "-"
    ):
        return ir.Const(node.start_byte, node.end_byte, -value.value)
    return ir.Sign(node.start_byte, node.end_byte, node.children[0].type, value)


def _not(low: Lowering, node: Node) -> ir.Expr:
    operand = node.child_by_field_name("argument")
    if operand is None:
        return opaque(low, node)
    return ir.Not(node.start_byte, node.end_byte, expression(low, operand))


def _boolean(low: Lowering, node: Node) -> ir.Expr:
    name, operands = _chain(low, node)
    return ir.Logic(node.start_byte, node.end_byte, name != "or", operands)


def _comparison(low: Lowering, node: Node) -> ir.Expr:
    operands = [c for c in node.named_children if c.type != "comment"]
    operators: list[str] = []
    for child in node.children:
        if not child.is_named:
            if operators and operators[-1] in ("not", "is") and child.type in ("in", "not"):
                operators[-1] += " " + child.type
            else:
                operators.append(child.type)
    values = [expression(low, o) for o in operands]
    if len(values) < 2 or len(operators) < len(values) - 1:  # noqa: PLR2004 - two sides
        return ir.Opaque(node.start_byte, node.end_byte, values)
    parts: list[ir.Expr] = [
        ir.Compare(values[i].start, values[i + 1].end, operators[i], values[i], values[i + 1])
        for i in range(len(values) - 1)
    ]
    if len(parts) == 1:
        return parts[0]
    return ir.Logic(node.start_byte, node.end_byte, conjunction=True, operands=parts)


def _conditional(low: Lowering, node: Node) -> ir.Expr:
    operands = [c for c in node.named_children if c.type != "comment"]
    if len(operands) != 3:  # noqa: PLR2004 - value if test else value
        return opaque(low, node)
    yes, test, no = (expression(low, o) for o in operands)
    return ir.Choice(node.start_byte, node.end_byte, test, yes, no)


def _lambda(low: Lowering, node: Node) -> ir.Expr:
    listed = node.child_by_field_name("parameters")
    body = node.child_by_field_name("body")
    value = expression(low, body) if body is not None else None
    function = ir.Function(
        node.start_byte,
        node.end_byte,
        "<lambda>",
        node.start_point.row + 1,
        parameters(low, listed) if listed is not None else [],
        [ir.Return(node.start_byte, node.end_byte, value)],
    )
    return ir.Lambda(node.start_byte, node.end_byte, function)


def parameters(low: Lowering, node: Node) -> list[ir.Parameter]:
    """Lower a list of parameters."""
    found = []
    for child in node.named_children:
        lowered = _parameter(low, child)
        if lowered is not None:
            found.append(lowered)
    return found


def _parameter(low: Lowering, node: Node) -> ir.Parameter | None:
    name = node.child_by_field_name("name")
    default = node.child_by_field_name("value")
    annotation = node.child_by_field_name("type")
    holder = node if name is None else name
    if node.type == "typed_parameter" and node.named_children:
        holder = node.named_children[0]
    stars = {"list_splat_pattern": 1, "dictionary_splat_pattern": 2}.get(holder.type, 0)
    if stars and holder.named_children:
        holder = holder.named_children[0]
    if holder.type != "identifier":
        return None
    return ir.Parameter(
        node.start_byte,
        node.end_byte,
        low.slice(holder),
        expression(low, default) if default is not None else None,
        expression(low, annotation) if annotation is not None else None,
        stars,
    )


def _named(low: Lowering, node: Node) -> ir.Expr:
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None or value is None:
        return opaque(low, node)
    return ir.Assigned(
        node.start_byte, node.end_byte, expression(low, name), expression(low, value)
    )


_TABLE: dict[str, Callable[[Lowering, Node], ir.Expr]] = {
    "identifier": _identifier,
    "keyword_identifier": _identifier,
    "true": _constant(value=True),
    "false": _constant(value=False),
    "none": _constant(value=None),
    "ellipsis": _constant(value=None),
    "integer": _integer,
    "float": _float,
    "string": _string,
    "concatenated_string": _concatenated,
    "attribute": _attribute,
    "subscript": _subscript,
    "generic_type": _generic,
    "slice": _slice,
    "call": _call,
    "binary_operator": _binary,
    "unary_operator": _unary,
    "not_operator": _not,
    "boolean_operator": _boolean,
    "comparison_operator": _comparison,
    "conditional_expression": _conditional,
    "lambda": _lambda,
    "list": lower_collections.sequence("list"),
    "list_pattern": lower_collections.sequence("list"),
    "tuple": lower_collections.sequence("tuple"),
    "tuple_pattern": lower_collections.sequence("tuple"),
    "expression_list": lower_collections.sequence("tuple"),
    "pattern_list": lower_collections.sequence("tuple"),
    "set": lower_collections.sequence("set"),
    "dictionary": lower_collections.dictionary,
    "list_comprehension": lower_collections.comprehension("list"),
    "generator_expression": lower_collections.comprehension("generator"),
    "set_comprehension": lower_collections.comprehension("set"),
    "dictionary_comprehension": lower_collections.comprehension("dict"),
    "parenthesized_expression": lower_collections.inner,
    "type": lower_collections.inner,
    "await": lower_collections.inner,
    "as_pattern_target": lower_collections.inner,
    "list_splat": lower_collections.spread,
    "list_splat_pattern": lower_collections.spread,
    "yield": lower_collections.yielded,
    "named_expression": _named,
}
LOWERERS.update(_TABLE)
