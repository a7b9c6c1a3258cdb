"""Python statements and functions, as tree-sitter gives them, to the intermediate form."""

from collections.abc import Callable, Iterable

from tree_sitter import Node

from countermine.flow import ir
from countermine.flow.lower_expressions import parameters
from countermine.flow.lower_patterns import case
from countermine.flow.lowering import Lowering, expression


def statements(low: Lowering, nodes: Iterable[Node]) -> list[ir.Stmt]:
    """Lower a body; what is not understood is evaluated for its calls, or left out."""
    found: list[ir.Stmt] = []
    if low.depth >= low.limit:
        low.deep = True
        return found
    low.depth += 1
    for node in nodes:
        lower = _LOWER.get(node.type)
        if lower is not None:
            lower(low, node, found)
        elif node.type in ("ERROR", "block"):
            found.extend(statements(low, node.named_children))
        elif node.type in _EXPRESSIONS:
            found.append(ir.Evaluate(node.start_byte, node.end_byte, expression(low, node)))
    low.depth -= 1
    return found


def block(low: Lowering, node: Node | None) -> list[ir.Stmt]:
    """Lower the statements of a block."""
    return [] if node is None else statements(low, node.named_children)


def function(low: Lowering, node: Node, decorators: Iterable[Node] = ()) -> ir.Function:
    """Lower a function definition."""
    name = node.child_by_field_name("name")
    listed = node.child_by_field_name("parameters")
    returns = node.child_by_field_name("return_type")
    outer, low.generator = low.generator, False
    body = block(low, node.child_by_field_name("body"))
    generator, low.generator = low.generator, outer
    return ir.Function(
        node.start_byte,
        node.end_byte,
        low.slice(name) if name is not None else "?",
        node.start_point.row + 1,
        parameters(low, listed) if listed is not None else [],
        body,
        [expression(low, d.named_children[0]) for d in decorators if d.named_children],
        generator,
        expression(low, returns) if returns is not None else None,
    )


_Body = list[ir.Stmt]


def _expression_statement(low: Lowering, node: Node, out: _Body) -> None:
    for child in node.named_children:
        if child.type == "assignment":
            _assignment(low, child, out)
        elif child.type == "augmented_assignment":
            _augmented(low, child, out)
        elif child.type not in ("comment", "string"):
            out.append(ir.Evaluate(child.start_byte, child.end_byte, expression(low, child)))


def _assignment(low: Lowering, node: Node, out: _Body) -> None:
    targets: list[ir.Expr] = []
    annotation: ir.Expr | None = None
    current: Node | None = node
    while current is not None and current.type == "assignment":
        left = current.child_by_field_name("left")
        if left is not None:
            targets.append(expression(low, left))
        noted = current.child_by_field_name("type")
        if noted is not None:
            annotation = expression(low, noted)
        current = current.child_by_field_name("right")
    if current is None:
        return
    if current.type == "augmented_assignment":
        _augmented(low, current, out)
        return
    value = expression(low, current)
    out.append(ir.Assign(node.start_byte, node.end_byte, targets, value, annotation))


def _augmented(low: Lowering, node: Node, out: _Body) -> None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if left is None or right is None:
        return
    target = expression(low, left)
    name = operator.type.rstrip("=") if operator is not None else "+"
    value = ir.Binary(node.start_byte, node.end_byte, name, [target, expression(low, right)])
    out.append(ir.Assign(node.start_byte, node.end_byte, [target], value))


def _return(low: Lowering, node: Node, out: _Body) -> None:
    values = [c for c in node.named_children if c.type != "comment"]
    value = expression(low, values[0]) if values else None
    out.append(ir.Return(node.start_byte, node.end_byte, value))


def _if(low: Lowering, node: Node, out: _Body) -> None:
    arms: list[tuple[ir.Expr, _Body]] = []
    otherwise: _Body = []
    _arm(low, node, arms)
    for child in node.children_by_field_name("alternative"):
        if child.type == "elif_clause":
            _arm(low, child, arms)
        else:
            otherwise = block(low, child.child_by_field_name("body"))
    out.append(ir.Branch(node.start_byte, node.end_byte, arms, otherwise))


def _arm(low: Lowering, node: Node, arms: list[tuple[ir.Expr, _Body]]) -> None:
    condition = node.child_by_field_name("condition")
    if condition is not None:
        body = block(low, node.child_by_field_name("consequence"))
        arms.append((expression(low, condition), body))


def _else(low: Lowering, node: Node) -> _Body:
    clause = node.child_by_field_name("alternative")
    return [] if clause is None else block(low, clause.child_by_field_name("body"))


def _for(low: Lowering, node: Node, out: _Body) -> None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    target = expression(low, left) if left is not None else None
    iterable = expression(low, right) if right is not None else None
    body = block(low, node.child_by_field_name("body"))
    out.append(
        ir.Loop(node.start_byte, node.end_byte, target, iterable, None, body, _else(low, node))
    )


def _while(low: Lowering, node: Node, out: _Body) -> None:
    condition = node.child_by_field_name("condition")
    test = expression(low, condition) if condition is not None else None
    body = block(low, node.child_by_field_name("body"))
    out.append(ir.Loop(node.start_byte, node.end_byte, None, None, test, body, _else(low, node)))


def _raise(low: Lowering, node: Node, out: _Body) -> None:
    operands = [expression(low, c) for c in node.named_children if c.type != "comment"]
    out.append(ir.Raise(node.start_byte, node.end_byte, operands))


def _jump(_low: Lowering, node: Node, out: _Body) -> None:
    out.append(ir.Jump(node.start_byte, node.end_byte, node.type == "break_statement"))


def _with(low: Lowering, node: Node, out: _Body) -> None:
    items: list[tuple[ir.Expr, ir.Expr | None]] = []
    for clause in node.named_children:
        if clause.type == "with_clause":
            for item in clause.named_children:
                if item.type == "with_item":
                    _with_item(low, item, items)
    body = block(low, node.child_by_field_name("body"))
    out.append(ir.With(node.start_byte, node.end_byte, items, body))


def _with_item(low: Lowering, node: Node, items: list[tuple[ir.Expr, ir.Expr | None]]) -> None:
    value = node.child_by_field_name("value")
    if value is None:
        return
    if value.type == "tuple":
        items.extend(_managed(low, child) for child in value.named_children)
    else:
        items.append(_managed(low, value))


def _managed(low: Lowering, node: Node) -> tuple[ir.Expr, ir.Expr | None]:
    if node.type == "as_pattern" and len(node.named_children) > 1:
        return expression(low, node.named_children[0]), expression(low, node.named_children[1])
    return expression(low, node), None


def _try(low: Lowering, node: Node, out: _Body) -> None:
    handlers: list[ir.Handler] = []
    otherwise: _Body = []
    last: _Body = []
    for child in node.named_children:
        if child.type in ("except_clause", "except_group_clause"):
            handlers.append(_handler(low, child))
        elif child.type == "else_clause":
            otherwise = block(low, child.child_by_field_name("body"))
        elif child.type == "finally_clause":
            last = [s for c in child.named_children if c.type == "block" for s in block(low, c)]
    body = block(low, node.child_by_field_name("body"))
    out.append(ir.Try(node.start_byte, node.end_byte, body, handlers, otherwise, last))


def _handler(low: Lowering, node: Node) -> ir.Handler:
    name: str | None = None
    classes: list[ir.Expr] = []
    body: _Body = []
    for child in node.named_children:
        if child.type == "block":
            body = block(low, child)
        elif child.type == "as_pattern" and len(child.named_children) > 1:
            classes.append(expression(low, child.named_children[0]))
            name = low.slice(child.named_children[1])
        elif child.type != "comment":
            classes.append(expression(low, child))
    every: ir.Expr | None = classes[0] if classes else None
    if len(classes) > 1:
        every = ir.Sequence(node.start_byte, node.end_byte, "tuple", classes)
    return ir.Handler(node.start_byte, node.end_byte, every, name, body)


def _define(low: Lowering, node: Node, out: _Body) -> None:
    out.append(ir.Define(node.start_byte, node.end_byte, function(low, node)))


def _decorated(low: Lowering, node: Node, out: _Body) -> None:
    definition = node.child_by_field_name("definition")
    decorators = [c for c in node.named_children if c.type == "decorator"]
    if definition is None:
        return
    if definition.type == "function_definition":
        lowered = function(low, definition, decorators)
        out.append(ir.Define(node.start_byte, node.end_byte, lowered))
    else:
        _class(low, definition, out)


def _class(low: Lowering, node: Node, out: _Body) -> None:
    name = node.child_by_field_name("name")
    listed = node.child_by_field_name("superclasses")
    bases = []
    if listed is not None:
        bases = [
            expression(low, c)
            for c in listed.named_children
            if c.type not in ("keyword_argument", "comment")
        ]
    body = block(low, node.child_by_field_name("body"))
    text = low.slice(name) if name is not None else "?"
    out.append(ir.DefineClass(node.start_byte, node.end_byte, text, bases, body))


def _import(low: Lowering, node: Node, out: _Body) -> None:
    out.append(ir.Import(node.start_byte, node.end_byte, imported(low, node)))


def imported(low: Lowering, node: Node) -> list[ir.Imported]:
    """Return the names that an import statement binds."""
    if node.type == "import_statement":
        return _plain_imports(low, node)
    module = node.child_by_field_name("module_name")
    if module is None:
        return []
    text = low.slice(module).replace(" ", "")
    level = len(text) - len(text.lstrip("."))
    name = text[level:]
    if any(c.type == "wildcard_import" for c in node.named_children):
        return [ir.Imported("*", name, "*", level)]
    found = []
    for child in node.children_by_field_name("name"):
        original, alias = _aliased(low, child)
        found.append(ir.Imported(alias or original, name, original, level))
    return found


def _plain_imports(low: Lowering, node: Node) -> list[ir.Imported]:
    found = []
    for child in node.children_by_field_name("name"):
        original, alias = _aliased(low, child)
        if alias is not None:
            found.append(ir.Imported(alias, original, None, 0))
        else:
            top = original.split(".", 1)[0]
            found.append(ir.Imported(top, top, None, 0))
    return found


def _aliased(low: Lowering, node: Node) -> tuple[str, str | None]:
    if node.type == "aliased_import":
        name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
        if name is not None and alias is not None:
            return low.slice(name), low.slice(alias)
    return low.slice(node), None


def _delete(low: Lowering, node: Node, out: _Body) -> None:
    targets = [expression(low, c) for c in node.named_children if c.type != "comment"]
    out.append(ir.Delete(node.start_byte, node.end_byte, targets))


def _assert(low: Lowering, node: Node, out: _Body) -> None:
    if node.named_children:
        test = expression(low, node.named_children[0])
        out.append(ir.Assert(node.start_byte, node.end_byte, test))


def _global(low: Lowering, node: Node, out: _Body) -> None:
    names = [low.slice(c) for c in node.named_children if c.type == "identifier"]
    nearest = node.type == "nonlocal_statement"
    out.append(ir.Global(node.start_byte, node.end_byte, names, nearest))


def _print(low: Lowering, node: Node, out: _Body) -> None:
    for child in node.named_children:
        if child.type != "comment":
            value = expression(low, child)
            out.append(ir.Evaluate(child.start_byte, child.end_byte, value))


def _exec(low: Lowering, node: Node, out: _Body) -> None:
    code = node.child_by_field_name("code")
    if code is None:
        return
    name = ir.Name(node.start_byte, node.start_byte + 4, "exec")
    argument = ir.Argument(code.start_byte, code.end_byte, expression(low, code))
    call = ir.Call(node.start_byte, node.end_byte, name, [argument])
    out.append(ir.Evaluate(node.start_byte, node.end_byte, call))


def _match(low: Lowering, node: Node, out: _Body) -> None:
    subjects = [expression(low, c) for c in node.children_by_field_name("subject")]
    body = node.child_by_field_name("body")
    if not subjects or body is None:
        return
    start, end = subjects[0].start, subjects[-1].end
    subject = subjects[0] if len(subjects) == 1 else ir.Sequence(start, end, "tuple", subjects)
    arms = [
        (case(low, c), block(low, c.child_by_field_name("consequence")))
        for c in body.named_children
        if c.type == "case_clause"
    ]
    out.append(ir.Match(node.start_byte, node.end_byte, subject, arms))


_EXPRESSIONS = frozenset({"call", "identifier", "attribute", "await", "yield", "binary_operator"})
_LOWER: dict[str, Callable[[Lowering, Node, _Body], None]] = {
    "expression_statement": _expression_statement,
    "assignment": _assignment,
    "augmented_assignment": _augmented,
    "return_statement": _return,
    "if_statement": _if,
    "for_statement": _for,
    "while_statement": _while,
    "raise_statement": _raise,
    "break_statement": _jump,
    "continue_statement": _jump,
    "with_statement": _with,
    "try_statement": _try,
    "function_definition": _define,
    "decorated_definition": _decorated,
    "class_definition": _class,
    "import_statement": _import,
    "import_from_statement": _import,
    "delete_statement": _delete,
    "assert_statement": _assert,
    "global_statement": _global,
    "nonlocal_statement": _global,
    "print_statement": _print,
    "exec_statement": _exec,
    "match_statement": _match,
}
