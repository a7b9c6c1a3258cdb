"""What the source of a Django project says of a view, and of how the project is set up."""

import ast
import re
from pathlib import Path, PurePosixPath

from countermine.core.entrypoints import Channel, EntryPoint
from countermine.core.environment import Environment
from countermine.core.spans import tree_path
from countermine.prove.module_names import module_name
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
        fields=tuple(one for one in fields_read(function, _READ) if one[1] != entry.key),
        posted="require_POST" in decorators,
        user="request.user" in source or "login" in decorators or "permission" in decorators,
        session="request.session" in source,
        messages="messages." in source,
        tables=".objects." in source,
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
