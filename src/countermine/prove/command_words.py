"""What quoting alone does not settle in a command: which program runs, and programs in scripts.

Quotes keep a value one word. Where that word is the first, it still says what is run; where it is
the script of an editor of streams, it is code. No witness tries either.
See docs/decisions/0047-every-way-in.md.
"""

import ast
import posixpath
import re
from collections.abc import Iterator

_QUOTING = frozenset({"quote", "quotes", "shellquote", "cmd_quote", "list2cmdline"})
_SCRIPTED = frozenset({"sed", "gsed", "awk", "gawk", "mawk", "nawk"})
_SEPARATORS = re.compile(r"[|;&\n`()\s]+")
_STARTS = re.compile(r"(?:[|;&\n`(]|\$\(|&&|\|\|)\s*$")
"""After which the next word is a program."""


def unsettled(text: bytes, function: str) -> str | None:
    """Return what quoting does not settle in a function, ``None`` where nothing is seen.

    Args:
        text: The patched file.
        function: Qualified name of the function with the sink; the whole file if it is not there.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    nodes = list(ast.walk(_named(tree, function)))
    if any(_is_program(node) for node in nodes):
        return "a quoted value says which program is run"
    texts = (one.value for one in nodes if isinstance(one, ast.Constant))
    for one in texts:
        words = _SEPARATORS.split(one) if isinstance(one, str) and len(one) < _LONGEST else []
        named = [word for word in words if posixpath.basename(word) in _SCRIPTED]
        if named:
            return f"what {named[0]} reads is a program of its own"
    return None


_LONGEST = 2000
"""Signs of a text that is looked at: longer ones are documents."""


def _named(tree: ast.Module, function: str) -> ast.AST:
    name = function.rpartition(".")[2]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            return node
    return tree


def _is_program(node: ast.AST) -> bool:
    """Tell whether a quoted value is the first word of a text that has more, or of a part of it."""
    pieces = list(_pieces(node))
    return any(
        _is_quoted(piece)
        and at + 1 < len(pieces)
        and (not at or _ends_command(pieces[at - 1]))
        and _goes_on(pieces[at + 1])
        for at, piece in enumerate(pieces)
    )


def _pieces(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what a text is put together of, in its order."""
    if isinstance(node, ast.JoinedStr):
        for value in node.values:
            yield value.value if isinstance(value, ast.FormattedValue) else value
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _added(node)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        given = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        yield from _filled(node.left, re.compile(r"%[sr]"), given)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "format":
            yield from _filled(node.func.value, re.compile(r"\{[^{}]*\}"), node.args)
        elif node.func.attr == "join" and node.args:
            yield from _joined(node.args[0])


def _added(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _added(node.left)
        yield from _added(node.right)
    else:
        yield node


def _filled(template: ast.AST, hole: re.Pattern[str], given: list[ast.expr]) -> Iterator[ast.AST]:
    if not isinstance(template, ast.Constant) or not isinstance(template.value, str):
        return
    literals = hole.split(template.value)
    for at, literal in enumerate(literals):
        if literal:
            yield ast.Constant(value=literal)
        if at < len(given) and at + 1 < len(literals):
            yield given[at]


def _joined(given: ast.AST) -> Iterator[ast.AST]:
    if isinstance(given, ast.List | ast.Tuple):
        for at, one in enumerate(given.elts):
            if at:
                yield ast.Constant(value=" ")
            yield one


def _is_quoted(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name.lower().strip("_") in _QUOTING


def _ends_command(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and (not node.value.strip() or _STARTS.search(node.value) is not None)
    )


def _goes_on(node: ast.AST) -> bool:
    """Tell whether another word follows: a text such as a name with its suffix has none."""
    return not isinstance(node, ast.Constant) or str(node.value)[:1].isspace()
