"""What the source says of an entry point, where it says it plainly: how a test can call it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.environment import Environment
from countermine.core.witnesses import Input
from countermine.prove.module_names import module_name
from countermine.prove.regression.calls import BENIGN, FlaskRoute, FunctionCall, Parameter
from countermine.prove.regression.described import DescribedEntry
from countermine.prove.regression.program_calls import Program
from countermine.prove.regression.read_django import read_view
from countermine.prove.regression.reading import Function, fields_read, only, parameters_of

_FLASK = {
    "args": Channel.QUERY,
    "values": Channel.QUERY,
    "form": Channel.FORM,
    "files": Channel.UPLOAD_CONTENT,
    "json": Channel.JSON,
    "get_json()": Channel.JSON,
    "headers": Channel.HEADER,
    "cookies": Channel.COOKIE,
}
"""Attributes of a request of Flask, and the channel that each reads."""

_METHODS = {"staticmethod": "static", "classmethod": "class"}
_PARSERS = (b"argparse", b"optparse", b"getopt", b"docopt", b"click", b"typer")
_VERBS = ("get", "post", "put", "patch", "delete")


def read_entry(entry: EntryPoint, tree: Path, environment: Environment) -> DescribedEntry | None:
    """Return how an entry point is called, or ``None`` where only running the target can tell."""
    if entry.kind is EntryKind.SCRIPT:
        parses = any(word in _content(entry, tree) for word in _PARSERS)
        return None if parses else read_program(entry, tree)
    module, parsed = module_name(entry.path, environment), _parsed(entry, tree)
    if parsed is not None and entry.kind is EntryKind.DJANGO_VIEW:
        return read_view(parsed, entry, tree, environment)
    if module is None or parsed is None or is_requested(entry):
        return None
    if entry.kind in {EntryKind.FUNCTION, EntryKind.METHOD}:
        return _function(parsed, entry.qualname)
    if entry.kind is EntryKind.FLASK_VIEW:
        function = only(parsed.body, entry.qualname)
        if isinstance(function, Function):
            return _route(parsed, function, module, tree)
    return None


_REQUESTS = frozenset(
    {
        Channel.QUERY,
        Channel.FORM,
        Channel.JSON,
        Channel.BODY,
        Channel.PATH,
        Channel.HEADER,
        Channel.COOKIE,
        Channel.UPLOAD_NAME,
        Channel.UPLOAD_CONTENT,
    }
)


def is_requested(entry: EntryPoint) -> bool:
    """Tell whether an entry point is a handler of a framework that only loading can tell of."""
    called = entry.kind in {EntryKind.FUNCTION, EntryKind.METHOD}
    return entry.kind is EntryKind.ASGI_ROUTE or (called and entry.channel in _REQUESTS)


def read_beside(entry: EntryPoint, tree: Path) -> tuple[Input, ...]:
    """Return harmless inputs for what a view of Flask reads besides the attacked value."""
    parsed = _parsed(entry, tree)
    owner, _, name = entry.qualname.replace("<locals>.", "").rpartition(".")
    places = [] if parsed is None else [*ast.walk(parsed)]
    holders = [one for one in places if isinstance(one, ast.ClassDef) and one.name == owner]
    functions = [
        one
        for one in (ast.walk(holders[0]) if holders else places)
        if isinstance(one, Function) and one.name == name
    ]
    return tuple(
        Input(channel=channel, key=key, text=BENIGN)
        for function in functions
        for channel, key in fields_read(function, _FLASK)
        if key != entry.key
    )


def read_program(entry: EntryPoint, tree: Path) -> Program | None:
    """Return what the source of a program says, but for the words that a parser takes."""
    parsed = _parsed(entry, tree)
    if parsed is None:
        return None
    imports = [one for one in ast.walk(parsed) if isinstance(one, ast.Import | ast.ImportFrom)]
    folder = (tree / entry.path).parent
    names = {
        name.partition(".")[0]
        for one in imports
        for name in (
            [one.module or ""] if isinstance(one, ast.ImportFrom) else [a.name for a in one.names]
        )
        if name
    }
    return Program(
        function=_function(parsed, entry.qualname),
        relative=any(isinstance(one, ast.ImportFrom) and one.level for one in imports),
        beside=any((folder / f"{name}.py").is_file() or (folder / name).is_dir() for name in names),
    )


def _parsed(entry: EntryPoint, tree: Path) -> ast.Module | None:
    try:
        return ast.parse(_content(entry, tree))
    except (SyntaxError, ValueError, RecursionError):
        return None


def _content(entry: EntryPoint, tree: Path) -> bytes:
    file = tree / entry.path
    return file.read_bytes() if file.is_file() else b""


def _function(parsed: ast.Module, qualname: str) -> FunctionCall | None:
    owner, _, name = qualname.rpartition(".")
    if not owner:
        function = only(parsed.body, name)
        if isinstance(function, Function) and not function.decorator_list:
            return _call("function", function, ())
        return None
    holder = only(parsed.body, owner)
    if not isinstance(holder, ast.ClassDef) or holder.decorator_list or holder.keywords:
        return None
    return _method(holder, name)


def _method(holder: ast.ClassDef, name: str) -> FunctionCall | None:
    function, init = only(holder.body, name), only(holder.body, "__init__")
    if not isinstance(function, Function) or (init is None and holder.bases):
        return None
    kind = "constructor" if name == "__init__" else "instance"
    match function.decorator_list:
        case []:
            pass
        case [ast.Name(id=decorator)] if decorator in _METHODS:
            kind = _METHODS[decorator]
        case _:
            return None
    owner = parameters_of(init)[1:] if isinstance(init, Function) else ()
    return _call(kind, function, owner)


def _call(kind: str, function: Function, owner: tuple[Parameter, ...]) -> FunctionCall:
    yields = any(isinstance(node, ast.Yield | ast.YieldFrom) for node in _own_nodes(function))
    coroutine = isinstance(function, ast.AsyncFunctionDef)
    return FunctionCall(
        kind=kind,
        parameters=parameters_of(function)[0 if kind in {"function", "static"} else 1 :],
        owner=owner,
        coroutine=coroutine and not yields,
        generator=yields and not coroutine,
    )


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what a function is made of, without the functions in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, Function | ast.Lambda | ast.ClassDef):
            yield child
            yield from _own_nodes(child)


def _route(parsed: ast.Module, function: Function, module: str, tree: Path) -> FlaskRoute | None:
    """Return the route that the one decorator of a view names."""
    match function.decorator_list:
        case [ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=verb)) as call]:
            rule = _text(call.args[0]) if call.args else None
        case _:
            return None
    methods = (verb.upper(),) if verb in _VERBS else _methods(call) if verb == "route" else None
    made = _made(parsed, owner)
    if rule is None or methods is None or made is None:
        return None
    kind, prefix = made
    if kind == "Blueprint" and _prefixed_elsewhere(tree):
        return None
    return FlaskRoute(
        module=module,
        application=owner if kind == "Flask" else "",
        rule=prefix + rule,
        methods=methods,
    )


def _methods(call: ast.Call) -> tuple[str, ...] | None:
    for keyword in call.keywords:
        if keyword.arg == "methods":
            listed = getattr(keyword.value, "elts", [])
            names = [_text(one) for one in listed]
            return tuple(sorted(one for one in names if one)) if all(names) and names else None
        if keyword.arg is None:
            return None
    return ("GET",)


def _made(parsed: ast.Module, name: str) -> tuple[str, str] | None:
    """Return of what kind an application or blueprint of the module is, and its prefix."""
    for one in parsed.body:
        match one:
            case ast.Assign(targets=[ast.Name(id=found)], value=ast.Call() as call) if (
                found == name
            ):
                kind = ast.unparse(call.func).rpartition(".")[2]
                prefixes = [_text(k.value) for k in call.keywords if k.arg == "url_prefix"]
                if kind in {"Flask", "Blueprint"} and None not in prefixes:
                    return kind, "".join(one for one in prefixes if one)
                return None
    return None


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _prefixed_elsewhere(tree: Path) -> bool:
    """Tell whether a blueprint may get a prefix where it is registered."""
    for file in tree.rglob("*.py"):
        content = file.read_bytes() if file.is_file() and not file.is_symlink() else b""
        if b"register_blueprint(" in content and b"url_prefix" in content:
            return True
    return False
