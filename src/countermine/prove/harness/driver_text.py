"""Reads a driver that nobody vouches for: a few straight lines that lead to an entry point.

Whoever wrote it may want to forge what the observer sees, so that it is read and never run: a line
imports a module of the target, names an object that set-up makes, gives such an object an
attribute, or, the last one, calls the entry point with the value, which may stand inside a text.
There are no branches, so that it does the same on every tree. What a call may reach is decided when
it is made (``drivers_text``).
"""

from __future__ import annotations

import ast
from typing import NamedTuple

FUNCTION = "drive"
MAX_BYTES = 16 * 1024
MAX_NODES = 2000
"""Of the syntax tree; a set-up of some tens of lines has a few hundred."""
MAX_DEPTH = 50
"""Of expressions inside each other: what walks them calls itself."""

TEXT, DATA = "value", "data"
"""What the parameter is called: it gets the value as text, or as bytes."""
CONTENT = "text"
"""What it is called where the text of a file is wanted, and neither its bytes nor its path."""
NOTHING = ""
"""Stands for the parameter of a driver that takes none: nothing is fed in."""

_EXPRESSIONS = (
    ast.Constant, ast.Name, ast.Attribute, ast.Call, ast.List, ast.Tuple, ast.Dict, ast.Set,
    ast.UnaryOp, ast.USub, ast.keyword, ast.Load,
)  # fmt: skip
_CONSTANTS = (str, bytes, int, float, bool, type(None))


class DriverTextError(ValueError):
    """A text is no driver; the message says which line is not."""


class Import(NamedTuple):
    """A module, or a name in one, under the name that the driver has for it."""

    module: str
    name: str | None
    known_as: str


class SetUp(NamedTuple):
    """A line that makes an object; ``name`` is ``None`` for a call that is made for its effect."""

    name: str | None
    made: ast.expr
    attribute: str | None = None
    """Of the object that has the name already: what is made becomes this attribute of it."""


class DriverText(NamedTuple):
    """What a driver says."""

    imports: tuple[Import, ...]
    set_up: tuple[SetUp, ...]
    entry: ast.Call
    parameter: str
    last: ast.Call
    """The entry point's whole line: its call, or that of a method on the object it makes."""
    later: ast.Call | None = None
    """The line behind it: a method of the same object, which uses what the entry point kept."""


def read(source: str) -> DriverText:
    """Return what a driver says.

    Raises:
        DriverTextError: If it is no driver.
    """
    if len(source.encode("utf-8", "replace")) > MAX_BYTES:
        message = f"a driver has at most {MAX_BYTES} bytes"
        raise DriverTextError(message)
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        message = f"the driver is no Python: {problem}"
        raise DriverTextError(message) from None
    _bounded(tree)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if len(functions) != 1 or functions[0].name != FUNCTION:
        message = f"a driver has one function, `def {FUNCTION}({TEXT}):`, and imports"
        raise DriverTextError(message)
    imports: list[Import] = []
    outside = [node for node in tree.body if node is not functions[0]]
    for node in outside:
        if not _is_docstring(node):
            imports += _imported(node)
    return _read_function(functions[0], imports)


def mentions(node: ast.AST, name: str) -> bool:
    """Tell whether an expression uses a name."""
    return any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(node))


def called_name(said: DriverText) -> str:
    """Return what the entry point is called where it is defined, without what it belongs to."""
    callee = said.entry.func
    if isinstance(callee, ast.Attribute):
        return callee.attr
    known = callee.id if isinstance(callee, ast.Name) else ""
    return next((one.name or "" for one in said.imports if one.known_as == known), known)


def _read_function(function: ast.FunctionDef, imports: list[Import]) -> DriverText:
    parameter = _parameter(function)
    body = [node for node in function.body if not _is_docstring(node)]
    body, later = _gone_on(body, parameter)
    set_up: list[SetUp] = []
    for node in body[:-1]:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imports += _imported(node)
        else:
            set_up.append(_set_up(node, parameter))
    last = body[-1] if body else function
    value = last.value if isinstance(last, (ast.Return, ast.Expr)) else None
    entry = _entered(value, parameter)
    if not isinstance(value, ast.Call) or entry is None:
        message = f"line {last.lineno}: the last line calls the entry point with `{parameter}`"
        raise DriverTextError(message)
    uses = [one for one in ast.walk(value) if isinstance(one, ast.Name) and one.id == parameter]
    if len(uses) != (parameter != NOTHING):
        message = f"line {last.lineno}: the entry point is called with `{parameter}` once"
        raise DriverTextError(message)
    around = [one for one in ast.walk(value) if isinstance(one, ast.JoinedStr)]
    for one in around:
        _check_around(one, parameter)
    allowed = (ast.JoinedStr, ast.FormattedValue) if around else ()
    # The entry point may be private: that it is the finding's own is seen when it is called.
    _check(value, allowed=allowed, entered=entry.func)
    return DriverText(tuple(imports), tuple(set_up), entry, parameter, value, later)


def _gone_on(body: list[ast.stmt], parameter: str) -> tuple[list[ast.stmt], ast.Call | None]:
    """Return the lines up to the entry point's, and the call of its object's method behind it."""
    entered, last = (_called_method(node) for node in ([None, None, *body])[-2:])
    if entered is None or last is None or not mentions(entered[1], parameter):
        return body, None
    if entered[0] != last[0] or mentions(last[1], parameter):
        return body, None
    _check(last[1])
    return body[:-1], last[1]


def _called_method(node: ast.stmt | None) -> tuple[str, ast.Call] | None:
    """Return the name of the object whose method a line calls, and the call."""
    call = node.value if isinstance(node, (ast.Return, ast.Expr)) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    owner = call.func.value
    return (owner.id, call) if isinstance(owner, ast.Name) else None


def _entered(value: ast.expr | None, parameter: str) -> ast.Call | None:
    """Return the call that the value goes into: what a method is asked of may be made by it."""
    if not isinstance(value, ast.Call):
        return None
    if not mentions(value.func, parameter):
        return value
    made = value.func.value if isinstance(value.func, ast.Attribute) else None
    return made if isinstance(made, ast.Call) and not mentions(made.func, parameter) else None


def _check_around(text: ast.JoinedStr, parameter: str) -> None:
    """Refuse a text that holds anything but constants and the value as it is."""
    for part in text.values:
        constant = isinstance(part, ast.Constant)
        plain = (
            isinstance(part, ast.FormattedValue)
            and isinstance(part.value, ast.Name)
            and part.value.id == parameter
            and part.conversion == -1
            and part.format_spec is None
        )
        if parameter not in (TEXT, CONTENT) or not (constant or plain):
            message = f"line {text.lineno}: a text holds constants and `{{{parameter}}}`, no more"
            raise DriverTextError(message)


def _parameter(function: ast.FunctionDef) -> str:
    given = function.args
    names = [one.arg for one in given.args]
    plain = not (given.vararg or given.kwarg or given.kwonlyargs or given.defaults)
    if not plain or names not in ([TEXT], [DATA], [CONTENT], []) or function.decorator_list:
        message = (
            f"line {function.lineno}: `{FUNCTION}` takes `{TEXT}` (text), `{DATA}` (bytes) or "
            f"`{CONTENT}` (the text of a file), or nothing, and no more"
        )
        raise DriverTextError(message)
    return names[0] if names else NOTHING


def _imported(node: ast.stmt) -> list[Import]:
    if isinstance(node, ast.Import):
        if any(one.asname is None and "." in one.name for one in node.names):
            message = f"line {node.lineno}: name a module of a package with `as`"
            raise DriverTextError(message)
        return [Import(one.name, None, one.asname or one.name) for one in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        if any(one.name.startswith(("_", "*")) for one in node.names):
            message = f"line {node.lineno}: only public names are imported, each by its name"
            raise DriverTextError(message)
        return [Import(node.module, one.name, one.asname or one.name) for one in node.names]
    message = f"line {node.lineno}: a driver has imports and one function, nothing else"
    raise DriverTextError(message)


def _set_up(node: ast.stmt, parameter: str) -> SetUp:
    attribute = None
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, made = node.targets[0], node.value
        owner = target
        if isinstance(target, ast.Attribute):
            _check(target, allowed=(ast.Store,))
            owner, attribute = target.value, target.attr
        name = owner.id if isinstance(owner, ast.Name) else ""
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        name, made = None, node.value
    else:
        name, made = "", None
    if made is None or name in ("", parameter):
        message = (
            f"line {node.lineno}: set-up gives an object a name or an attribute, or makes a call: "
            "no branches, loops or functions"
        )
        raise DriverTextError(message)
    if mentions(made, parameter):
        message = f"line {node.lineno}: `{parameter}` goes into the entry point and nowhere else"
        raise DriverTextError(message)
    _check(made)
    return SetUp(name, made, attribute)


def _check(
    expression: ast.expr,
    allowed: tuple[type[ast.AST], ...] = (),
    entered: ast.expr | None = None,
) -> None:
    for node in ast.walk(expression):
        line = getattr(node, "lineno", expression.lineno)
        if not isinstance(node, (*_EXPRESSIONS, *allowed)):
            message = f"line {line}: {type(node).__name__} has no place in a driver"
            raise DriverTextError(message)
        if isinstance(node, ast.Constant) and not isinstance(node.value, _CONSTANTS):
            message = f"line {line}: {node.value!r:.40} has no place in a driver"
            raise DriverTextError(message)
        hidden = "__" if node is entered else "_"
        if isinstance(node, ast.Attribute) and node.attr.startswith(hidden):
            message = f"line {line}: {node.attr} is not public"
            raise DriverTextError(message)
        if isinstance(node, (ast.keyword, ast.Dict)) and _unpacks(node):
            message = f"line {line}: arguments are written out, not unpacked"
            raise DriverTextError(message)


def _unpacks(node: ast.keyword | ast.Dict) -> bool:
    return None in node.keys if isinstance(node, ast.Dict) else node.arg is None


def _bounded(tree: ast.AST) -> None:
    left: list[tuple[ast.AST, int]] = [(tree, 0)]
    count = 0
    while left:
        node, depth = left.pop()
        count += 1
        if count > MAX_NODES or depth > MAX_DEPTH:
            message = "the driver is larger, or deeper, than a set-up can be"
            raise DriverTextError(message)
        left += [(child, depth + 1) for child in ast.iter_child_nodes(node)]


def _is_docstring(node: ast.stmt) -> bool:
    text = node.value if isinstance(node, ast.Expr) else None
    return isinstance(text, ast.Constant) and isinstance(text.value, str)
