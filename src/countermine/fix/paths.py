"""Keeps a path below the folder that the code joins it to."""

import re
from collections.abc import Iterator

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.bindings import assigned_values, module_value
from countermine.fix.pieces import Hole, Piece, Text, decompose
from countermine.fix.rewrite import Draft
from countermine.fix.site import (
    Site,
    at_sink,
    formatted,
    misfit,
    sink_call,
    tainted_argument,
    twins,
)
from countermine.fix.tree import descend, dotted

_HELPER = "_contained_path"
_PASSING = frozenset(
    {"os.path.normpath", "os.path.abspath", "os.path.realpath", "os.path.expanduser", "str",
     "os.fspath", "pathlib.Path", "os.fsencode"}
)  # fmt: skip
_PASSING_METHODS = frozenset({"resolve", "absolute", "expanduser", "as_posix"})
_FOLDER_NAME = re.compile(r"(?:dir|directory|folder)$")
_UP_TO_SLASH = "up to the last slash of "
"""Before the expression of a text that may or may not end in a slash: what is put behind it stays
in the folder that the text is in, or names."""
_FOLDERS = frozenset({"os.getcwd", "os.path.dirname", "pathlib.Path.cwd", "tempfile.gettempdir"})
_LINKS_FOLLOWED = re.compile(
    rb"(?m)^\s*(?:el)?if\b.*follow_?(?:sym)?_?links?|\b(?:self|cls)\.\w*follow_?(?:sym)?_?links?"
)
"""An option says whether links are followed; a check of where a path leads would end that."""
MAX_STEPS = 40
"""Expressions looked at on the way back from a sink to where its path is joined."""


def contain_path(site: Site, draft: Draft) -> str | NoRemedy:
    """Refuse a path that leads out of the folder it is joined to."""
    if _LINKS_FOLLOWED.search(site.tree.source.utf8):
        return NoRemedy(reason="an option follows links here, which a check of paths would end")
    call = sink_call(site)
    if call is not None and site.callee(call) == "flask.send_file":
        return _send_from_directory(site, draft, call)
    for expression in _candidates(site):
        if _is_contained(expression):
            misfit("the path is held to its folder already")
        base = _base_of(site, expression)
        if base is not None:
            if base.startswith(_UP_TO_SLASH):
                base, helper = base.removeprefix(_UP_TO_SLASH), _helper_behind(site, draft)
            else:
                helper = _helper(site, draft, is_pathlib=_is_pathlib(site, expression))
            for one in (expression, *twins(site, expression)):
                draft.wrap(one, f"{helper}({base}, ", ")")
            return "Refuse paths that lead out of their folder"
    return NoRemedy(reason="no folder can be told to which the path should be held")


def _candidates(site: Site) -> Iterator[cst.BaseExpression]:
    """Yield the expressions that the path may be joined in, the nearest to the sink first."""
    waiting = list(_starts(site))
    seen: set[cst.CSTNode] = set()
    while waiting and len(seen) < MAX_STEPS:
        node = waiting.pop(0)
        if node in seen:
            continue
        seen.add(node)
        yield node
        waiting = [*_behind(site, node), *waiting]


def _starts(site: Site) -> Iterator[cst.BaseExpression]:
    call = sink_call(site)
    if call is not None and site.node is call and not at_sink(site):
        yield from (arg.value for arg in call.args)
    elif call is not None and site.node is call:
        arg = tainted_argument(site, call)
        named = site.finding.sink_argument
        if arg is not None and (named is not None or not isinstance(call.func, cst.Attribute)):
            yield arg.value
        elif isinstance(call.func, cst.Attribute) and site.resolve(call.func) is None:
            yield call.func.value
        elif arg is not None:
            yield arg.value
    for node in reversed(site.chain):
        if isinstance(node, cst.BaseExpression) and _is_join(site, node):
            yield node


def _behind(site: Site, node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    match node:
        case cst.Name(value=name):
            yield from assigned_values(site, name)
        case cst.Attribute(value=value, attr=cst.Name(value="parent")):
            yield value
        case cst.Call(func=cst.Attribute(value=value, attr=cst.Name(value=method))) if (
            method in _PASSING_METHODS
        ):
            yield value
        case cst.Call(args=[first, *_]) if site.callee(node) in _PASSING:
            yield first.value
        case cst.Call():
            yield from _returned(site, node)
        case _:
            pass


def _returned(site: Site, call: cst.Call) -> Iterator[cst.BaseExpression]:
    """Yield what a function of the same module returns, if only one has the name."""
    name = (dotted(call.func) or "").rpartition(".")[2]
    named = [
        node
        for top in site.tree.module.body
        for node in (top, *(top.body.body if isinstance(top, cst.ClassDef) else ()))
        if isinstance(node, cst.FunctionDef) and node.name.value == name
    ]
    for function in named if len(named) == 1 else ():
        for node in descend(function.body, into_functions=False):
            if isinstance(node, cst.Return) and node.value is not None:
                yield node.value


def _is_contained(node: cst.BaseExpression) -> bool:
    name = dotted(node.func) if isinstance(node, cst.Call) else None
    return bool(name) and str(name).startswith(_HELPER)


def _is_join(site: Site, node: cst.BaseExpression) -> bool:
    if any(_is_contained(outer) for outer in site.chain if isinstance(outer, cst.Call)):
        return False
    return _base_of(site, node) is not None


def _is_pathlib(site: Site, node: cst.BaseExpression) -> bool:
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Divide):
        return True
    return isinstance(node, cst.Call) and site.callee(node) != "os.path.join"


def _base_of(site: Site, node: cst.BaseExpression) -> str | None:
    """Return the expression of the folder that a path is joined to, if the expression joins one."""
    match node:
        case cst.Call() if site.callee(node) in {"os.path.join", "posixpath.join"}:
            return _joined_base(site, node)
        case cst.Call(func=cst.Attribute(value=value, attr=cst.Name(value="joinpath"))):
            parts = [value, *(arg.value for arg in node.args)]
            if any(arg.star for arg in node.args):
                return None
            return _divided_base(site, parts)
        case cst.BinaryOperation(operator=cst.Divide()):
            return _divided_base(site, list(_factors(node)))
        case _:
            pieces = decompose(node) or _added(node)
            return None if pieces is None else _text_base(site, pieces)


def _joined_base(site: Site, node: cst.Call) -> str | None:
    parts = [arg.value for arg in node.args]
    if any(arg.star or arg.keyword for arg in node.args) or len(parts) < 2:  # noqa: PLR2004 - a folder and a name
        return None
    fixed = _fixed_count(site, parts)
    if fixed == 0 or fixed == len(parts) or _is_empty(parts[0]):
        return None
    codes = [site.code(part) for part in parts[:fixed]]
    return codes[0] if fixed == 1 else f"{site.code(node.func)}({', '.join(codes)})"


def _is_empty(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.SimpleString) and not node.evaluated_value


def _divided_base(site: Site, parts: list[cst.BaseExpression]) -> str | None:
    if len(parts) < 2 or not _is_repeatable(site, parts[0]):  # noqa: PLR2004 - a folder and a name
        return None
    if isinstance(parts[0], cst.SimpleString):
        return None
    fixed = _fixed_count(site, parts)
    if fixed == len(parts):
        return None
    return " / ".join(site.code(part) for part in parts[: max(fixed, 1)])


def _factors(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Divide):
        yield from _factors(node.left)
        yield node.right
    else:
        yield node


def _fixed_count(site: Site, parts: list[cst.BaseExpression]) -> int:
    """Return how many of the first parts make the folder: one, and the constants behind it."""
    if not _is_repeatable(site, parts[0]):
        return 0
    count = 1
    while count < len(parts) and _is_constant(site, parts[count]):
        count += 1
    return count


def _is_constant(site: Site, node: cst.BaseExpression) -> bool:
    if isinstance(node, cst.SimpleString):
        return True
    written = dotted(node)
    if written is None:
        return False
    last = written.rpartition(".")[2]
    return last.isupper() or (
        isinstance(node, cst.Name) and module_value(site, written) is not None
    )


def _is_repeatable(site: Site, node: cst.BaseExpression) -> bool:
    """Tell whether evaluating an expression twice gives the same and does nothing else."""
    if isinstance(node, cst.SimpleString) or dotted(node) is not None:
        return True
    if isinstance(node, cst.Call) and not any(arg.star for arg in node.args):
        known = site.callee(node) in _FOLDERS | _PASSING | {"os.path.join"}
        return known and all(_is_repeatable(site, arg.value) for arg in node.args)
    if isinstance(node, cst.Subscript):
        inner = [part for part in descend(node) if isinstance(part, cst.Call)]
        return not inner and dotted(node.value) is not None and not _is_filled(site, node.value)
    if isinstance(node, cst.Attribute):
        return _is_repeatable(site, node.value)
    return isinstance(node, cst.BinaryOperation) and all(
        _is_repeatable(site, part) for part in (node.left, node.right)
    )


def _is_filled(site: Site, mapping: cst.BaseExpression) -> bool:
    """Tell whether the function puts values under computed keys: any may be the folder's."""
    name = dotted(mapping)
    for node in descend(site.function.body, into_functions=False) if site.function else ():
        if isinstance(node, cst.AssignTarget) and isinstance(node.target, cst.Subscript):
            index = node.target.slice[0].slice
            constant = isinstance(index, cst.Index) and isinstance(index.value, cst.SimpleString)
            if dotted(node.target.value) == name and not constant:
                return True
        if isinstance(node, cst.Call) and dotted(node.func) == f"{name}.update":
            return True
    return False


def _text_base(site: Site, pieces: tuple[Piece, ...]) -> str | None:
    """Return the folder of a path put together as text: what stands before the last fixed slash."""
    first = pieces[0]
    if isinstance(first, Hole):
        rest = pieces[1:]
        if not rest or not _is_repeatable(site, first.node) or first.conversion or first.spec:
            return None
        prefix, folder = _fixed_text(rest), site.code(first.node)
        if prefix.startswith("/") and any(isinstance(piece, Hole) for piece in rest):
            inside = prefix.rpartition("/")[0]
            return f'f"{{{folder}}}{inside}"' if inside else folder
        return None if prefix else _ending_in_slash(site, first.node)
    prefix = first.value
    if "/" not in prefix or not any(isinstance(piece, Hole) for piece in pieces):
        return None
    folder = prefix.rpartition("/")[0] or "/"
    return None if folder == "/" or "{" in folder else f'"{folder}"'


def _ending_in_slash(site: Site, node: cst.BaseExpression) -> str | None:
    """Return the folder that a text stands for which has a name put behind it, if it is one."""
    if _ends_folder(site, node):
        return site.code(node)
    is_folder = _FOLDER_NAME.search((dotted(node) or "").lower())
    return _UP_TO_SLASH + site.code(node) if is_folder else None


def _added(node: cst.BaseExpression) -> tuple[Piece, ...] | None:
    """Return the two operands of a sum that has no literal in it."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        return (Hole(node=node.left, token=None), Hole(node=node.right, token=None))
    return None


def _fixed_text(pieces: tuple[Piece, ...]) -> str:
    first = pieces[0]
    return first.value if isinstance(first, Text) else ""


def _ends_folder(site: Site, node: cst.BaseExpression) -> bool:
    """Tell whether an expression surely names a folder: a call for one, or text with a slash."""
    if isinstance(node, cst.Call):
        return site.callee(node) in _FOLDERS
    written = dotted(node)
    value = module_value(site, written) if written is not None and "." not in written else None
    return (
        isinstance(value, cst.SimpleString)
        and isinstance(value.evaluated_value, str)
        and value.evaluated_value.endswith("/")
    )


def _helper(site: Site, draft: Draft, *, is_pathlib: bool) -> str:
    aborts = site.scopes[0].meaning("abort") == "flask.abort"
    if is_pathlib:
        refusal = "path.relative_to(root)  # raises ValueError where it is not"
        if aborts:
            refusal = "if not path.is_relative_to(root):\n        abort(404)"
        return draft.helper(
            _HELPER,
            f'''
def {_HELPER}(base, path):
    """Return path without links, refusing one that is not below base."""
    root, path = base.resolve(), path.resolve()
    {refusal}
    return path
''',
        )
    text = formatted(site, "{} is not below {}", "path", "root")
    refusal = "abort(404)" if aborts else f"raise ValueError({text})"
    os = draft.module_in_helper("os")
    return draft.helper(
        _HELPER,
        f'''
def {_HELPER}(base, path):
    """Return path without links, refusing one that is not below base."""
    root, path = {os}.path.realpath(base), {os}.path.realpath(path)
    if {os}.path.commonpath([root, path]) != root:
        {refusal}
    return path
''',
    )


def _helper_behind(site: Site, draft: Draft) -> str:
    """Return the helper for a text that only may be a folder: with a slash at its end it is one."""
    aborts = site.scopes[0].meaning("abort") == "flask.abort"
    text = formatted(site, "{} does not begin with {}", "path", "start")
    refusal = "abort(404)" if aborts else f"raise ValueError({text})"
    os = draft.module_in_helper("os")
    return draft.helper(
        _HELPER,
        f'''
def {_HELPER}(start, path):
    """Return path without links, refusing one that leads away from what it begins with."""
    folder, name = {os}.path.split(start)
    root, path = {os}.path.realpath(folder), {os}.path.realpath(path)
    if {os}.path.commonpath([root, path]) != root:
        {refusal}
    if not path.startswith({os}.path.join(root, name)):
        {refusal}
    return path
''',
    )


def _send_from_directory(site: Site, draft: Draft, call: cst.Call) -> str | NoRemedy:
    """Let Flask join and check: it looks from the application's folder, not the current one."""
    arg = call.args[0] if call.args else None
    if arg is None or arg.star or (arg.keyword and arg.keyword.value != "path_or_file"):
        misfit("what is sent cannot be told")
    for node in _candidates(site):
        match node:
            case cst.Call(args=[base, name]) if site.callee(node) == "os.path.join":
                parts = [base.value, name.value]
            case cst.BinaryOperation(operator=cst.Divide(), left=left, right=right):
                parts = [left, right]
            case _:
                continue
        if node is not arg.value and not isinstance(arg.value, cst.Name):
            misfit("the path that is sent is changed behind its joining")
        draft.replace(call.func, draft.name("flask", "send_from_directory"))
        draft.replace(arg, ", ".join(site.code(part) for part in parts))
        return "Send files from their folder only"
    return NoRemedy(reason="no folder can be told to which the path should be held")
