"""What the source of a Django project says of a view, and of how the project is set up."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from countermine.core.entrypoints import Channel, EntryPoint
from countermine.core.environment import Environment
from countermine.core.spans import tree_path
from countermine.prove.module_names import module_name
from countermine.prove.regression.calls import BENIGN
from countermine.prove.regression.django_calls import DjangoView
from countermine.prove.regression.reading import Function, fields_read, only, parameters_of

_SETTINGS = re.compile(rb"DJANGO_SETTINGS_MODULE['\"]\s*[,\]=]+\s*['\"]([\w.]+)['\"]")
_PASSED_OVER = frozenset({"tests", "test", "docs", "node_modules", "migrations", "examples"})
_READ = {
    "GET": Channel.QUERY,
    "query_params": Channel.QUERY,
    "POST": Channel.FORM,
    "data": Channel.FORM,
    "FILES": Channel.UPLOAD_CONTENT,
}
"""Attributes of a request, and the channel that each reads."""
_OTHER_BODIES = {Channel.FORM, Channel.BODY, Channel.UPLOAD_NAME, Channel.UPLOAD_CONTENT}
_FRAMEWORK = "rest_framework"


def read_view(
    parsed: ast.Module, entry: EntryPoint, tree: Path, environment: Environment
) -> DjangoView | None:
    """Return how a view is called, or ``None`` where its source does not tell."""
    owner, _, name = entry.qualname.rpartition(".")
    holder = only(parsed.body, owner) if owner else None
    body = holder.body if isinstance(holder, ast.ClassDef) else parsed.body
    function = only(body, name)
    if not isinstance(function, Function) or (owner and holder is None):
        return None
    settings, root = _settings(tree)
    module = _module(entry, root, environment)
    if module is None:
        return None
    source = ast.unparse(function)
    decorators = " ".join(ast.unparse(one) for one in function.decorator_list)
    roots = {PurePosixPath(one) for one in environment.import_roots}
    return DjangoView(
        module=module,
        name=owner or name,
        method=name if owner else None,
        # The request itself, and the view behind a method.
        parameters=parameters_of(function)[2 if owner else 1 :],
        coroutine=isinstance(function, ast.AsyncFunctionDef),
        settings=settings,
        root=None if root is None or root in roots else str(root),
        application=_application(parsed, entry, tree, module),
        fields=tuple(one for one in _fields(function, entry.channel) if one[1] != entry.key),
        posted="require_POST" in decorators,
        user="request.user" in source or "login" in decorators or "permission" in decorators,
        session="request.session" in source,
        messages="messages." in source,
        tables=".objects." in source,
        rest="api_view" in decorators if not owner else _imports_rest(parsed),
    )


def _application(parsed: ast.Module, entry: EntryPoint, tree: Path, module: str) -> str | None:
    """Return the application around a view that imports models; ``None`` if it needs none."""
    named = [one for one in ast.walk(parsed) if isinstance(one, ast.Import | ast.ImportFrom)]
    if not any(re.search(r"\bmodels\b", ast.unparse(one)) for one in named):
        return None
    parts = module.split(".")
    for at, folder in enumerate(PurePosixPath(entry.path).parents, 1):
        models = (tree / folder / "models.py", tree / folder / "models/__init__.py")
        if at < len(parts) and any(one.is_file() for one in models):
            return ".".join(parts[:-at])
    return None


def _fields(function: Function, entered: Channel) -> Iterator[tuple[Channel, str]]:
    """Yield what a view reads of a request, a document in its body included.

    A body that is read and of which no field is known has to be a document all the same, unless
    the value enters by a body of another kind.
    """
    yield from fields_read(function, _READ)
    documents = [one for one in ast.walk(function) if _is_document(one)]
    if not documents or entered in _OTHER_BODIES:
        return
    written = {ast.unparse(one) for one in documents}
    names = {
        target.id
        for one in ast.walk(function)
        if isinstance(one, ast.Assign) and ast.unparse(one.value) in written
        for target in one.targets
        if isinstance(target, ast.Name)
    }
    keys = [key for key in map(_key, ast.walk(function)) if key is not None]
    read = [key for owner, key in keys if owner in names | written]
    yield from ((Channel.JSON, key) for key in dict.fromkeys(read or [BENIGN]))


def _is_document(node: ast.AST) -> bool:
    """Tell whether an expression is the body of a request, read as JSON."""
    match node:
        case ast.Call(func=ast.Attribute(attr="loads"), args=[given, *_]):
            return any(
                isinstance(one, ast.Attribute) and one.attr == "body" for one in ast.walk(given)
            )
        case _:
            return False


def _key(node: ast.AST) -> tuple[str, str] | None:
    """Return which field is read of what, as ``owner["key"]`` or ``owner.get("key")``."""
    match node:
        case ast.Subscript(value=owner, slice=ast.Constant(value=str(key)), ctx=ast.Load()):
            return ast.unparse(owner), key
        case ast.Call(
            func=ast.Attribute(value=owner, attr="get"), args=[ast.Constant(value=str(key)), *_]
        ):
            return ast.unparse(owner), key
        case _:
            return None


def _imports_rest(parsed: ast.Module) -> bool:
    return any(
        isinstance(one, ast.ImportFrom) and (one.module or "").partition(".")[0] == _FRAMEWORK
        for one in parsed.body
    )


def _module(entry: EntryPoint, root: PurePosixPath | None, environment: Environment) -> str | None:
    path = PurePosixPath(entry.path)
    if root is not None and path.is_relative_to(root):
        parts = tree_path(str(path.relative_to(root))).removesuffix(".py").split("/")
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        if parts and all(part.isidentifier() for part in parts):
            return ".".join(parts)
    return module_name(entry.path, environment)


def _settings(tree: Path) -> tuple[str | None, PurePosixPath | None]:
    """Return the module of the settings and the folder it is imported from."""
    files = [one.relative_to(tree) for one in tree.rglob("*.py") if one.is_file()]
    for file in sorted(files, key=lambda one: (len(one.parts), str(one))):
        if _PASSED_OVER & set(file.parts[:-1]):
            continue
        found = _SETTINGS.search((tree / file).read_bytes())
        if found is None:
            continue
        name = found[1].decode()
        for root in (file.parent, file.parent.parent):
            place = tree / root / name.replace(".", "/")
            if place.with_suffix(".py").is_file() or (place / "__init__.py").is_file():
                return name, PurePosixPath(root)
    return None, None
