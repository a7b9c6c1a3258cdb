"""Decorators of the target's own: what stands in the place of the function under them."""

from countermine.flow import ir, known
from countermine.flow.calls import invoke
from countermine.flow.dispatch import evaluate
from countermine.flow.frame import Arguments, Engine, Frame
from countermine.flow.index import MODULE_BODY, ClassInfo, FunctionInfo
from countermine.flow.values import Closure, Value
from countermine.flow.variants import decorator_names

_DESCRIPTORS = frozenset({"staticmethod", "classmethod", "property", "setter", "overload"})


def decorated(frame: Frame, decorators: list[ir.Expr], value: Value) -> Value:
    """Return what decorators make of a function; those of libraries leave it as it is."""
    for node in reversed(decorators):
        found = evaluate(frame, node)
        if not isinstance(found.target, (FunctionInfo, Closure, ClassInfo)):
            continue
        call = ir.Call(node.start, node.end, node, [])
        result, _ = invoke(frame, call, found, Arguments([value], {}))
        frame.state.dead = False
        if _replaces(frame, result):
            value = result
    return value


def _replaces(frame: Frame, value: Value) -> bool:
    """Tell whether a call of a value does something else than a call of what it stands for."""
    if isinstance(value.target, Closure):
        return not passes_on(value.target.function)
    return isinstance(value.type, ClassInfo) and bool(
        frame.engine.hierarchy.method(value.type, "__call__")
    )


def passes_on(function: ir.Function) -> bool:
    """Tell whether a function hands all its arguments to another one, and gives its result.

    What it gives otherwise has nothing of either, as where it refuses.
    """
    stars = {p.name: p.stars for p in function.parameters if p.stars}
    if sorted(stars.values()) != [1, 2]:
        return False
    given: set[str] = set()
    kept: list[ir.Expr] = []
    waiting: list[ir.Stmt] = list(function.body)
    found = False
    while waiting:
        node = waiting.pop(0)
        if _checks(node, {p.name for p in function.parameters}):
            return False
        if isinstance(node, ir.Assign) and _is_whole_call(node.value, function):
            given |= {t.name for t in node.targets if isinstance(t, ir.Name)}
        elif isinstance(node, ir.Assign) and _mentions(node.targets, set(stars) | given):
            return False
        elif isinstance(node, ir.Return) and node.value is not None:
            kept.append(node.value)
        waiting.extend(_bodies(node))
    for value in kept:
        whole = _is_whole_call(value, function)
        whole = whole or (isinstance(value, ir.Name) and value.name in given)
        if not whole and _mentions([value], set(stars) | given):
            return False
        found = found or whole
    return found


def _checks(node: ir.Stmt, names: set[str]) -> bool:
    """Tell whether it depends on an argument where a statement leads."""
    if isinstance(node, ir.Branch):
        leaves = any(_leaves(body) for body in (*(b for _, b in node.arms), node.otherwise))
        return leaves and _looks_at([test for test, _ in node.arms], names)
    if isinstance(node, ir.Assert):
        return _looks_at([node.test], names)
    head = node.iterable if isinstance(node, ir.Loop) else None
    return head is not None and _looks_at([head], names)


def _leaves(body: list[ir.Stmt]) -> bool:
    """Tell whether a function may end in a part of it; a call may be one that raises."""
    return any(isinstance(node, (ir.Raise, ir.Return, ir.Evaluate)) for node in body)


def _is_whole_call(node: ir.Expr, function: ir.Function) -> bool:
    """Tell whether a call passes every parameter in its place."""
    if not isinstance(node, ir.Call) or len(node.arguments) != len(function.parameters):
        return False
    return all(
        isinstance(a.value, ir.Name) and a.value.name == p.name and a.stars == p.stars
        for a, p in zip(node.arguments, function.parameters, strict=True)
    )


def _looks_at(nodes: list[ir.Expr], names: set[str]) -> bool:
    """Tell whether some of these names are read, other than for an attribute of what they are."""
    return _mentions(nodes, names, attributes=False)


def _mentions(nodes: list[ir.Expr], names: set[str], *, attributes: bool = True) -> bool:
    waiting: list[object] = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (list, tuple)):
            waiting.extend(node)
        elif isinstance(node, ir.Call) and isinstance(node.function, ir.Attr):
            waiting += [node.function.target, node.arguments]
        elif not attributes and isinstance(node, ir.Attr) and isinstance(node.target, ir.Name):
            continue
        elif isinstance(node, ir.Name) and node.name in names:
            return True
        elif isinstance(node, ir.Node):
            waiting.extend(getattr(node, slot) for slot in ir.part_names(type(node)))
    return False


def _bodies(node: ir.Stmt) -> list[ir.Stmt]:
    if isinstance(node, ir.Branch):
        return [s for _, body in node.arms for s in body] + node.otherwise
    if isinstance(node, ir.Loop):
        return [*node.body, *node.otherwise]
    if isinstance(node, ir.With):
        return node.body
    if isinstance(node, ir.Try):
        handled = [s for h in node.handlers for s in h.body]
        return [*node.body, *handled, *node.otherwise, *node.finally_body]
    return []


def stand_in(engine: Engine, function: FunctionInfo) -> Value | None:
    """Return what decorators of the target's own put in the place of a function, if they do."""
    info = function.module.body
    if info is None or decorator_names(function) & _DESCRIPTORS:
        return None
    blank = ir.Function(0, 0, MODULE_BODY, 0, [], [])
    frame = Frame(engine, info, blank, f"{function.module.path}::static", MODULE_BODY)
    plain = Value(target=function, shape=known.BARE)
    found = decorated(frame, list(function.decorators), plain)
    return None if found is plain else found


def names_read(function: ir.Function) -> set[str]:
    """Return the parameters that a function looks at, other than to hand all of them on."""
    waiting: list[ir.Stmt] = list(function.body)
    found: set[str] = set()
    while waiting:
        node = waiting.pop()
        waiting.extend(_bodies(node))
        found |= {p.name for p in function.parameters if _checks(node, {p.name})}
    return found
