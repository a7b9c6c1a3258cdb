"""Loads what many stimuli would load each: the framework, and packages that the entry imports.

Only what lies outside the target: its own code is loaded by the process of each stimulus.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import os
import sys
from typing import TYPE_CHECKING

from countermine.prove.harness import loading, rehearsal

if TYPE_CHECKING:
    from countermine.prove.harness.loading import EntryJob

FRAMEWORKS = {
    "flask-view": ("flask.testing", "jinja2.ext", "importlib.metadata"),
    "django-view": ("django.test.client", "django.template.backends.django", "django.urls"),
    "asgi-route": ("fastapi", "starlette.applications", "asyncio"),
}
NEVER = frozenset({"gevent", "eventlet", "countermine"})
"""Packages that change the interpreter when they are loaded."""
MAX_NAMES = 100


def preload(entry: EntryJob, around: list[str]) -> None:
    """Load what the entry point and the modules around it need from outside the target."""
    names = {name for path in around for name in _imported(path)}
    apart = _Apart(entry)
    sys.meta_path.insert(0, apart)
    try:
        for name in (*FRAMEWORKS.get(entry.kind, ()), *sorted(names)[:MAX_NAMES]):
            if name.split(".")[0] in NEVER or _is_the_targets(entry, name):
                continue
            # What cannot be loaded is told where the target itself fails to load it.
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    finally:
        sys.meta_path.remove(apart)
    rehearsed = rehearsal.REHEARSALS.get(entry.kind)
    if rehearsed is not None:
        # A framework of another version may not take it; then each stimulus does it for itself.
        with contextlib.suppress(Exception):
            rehearsed()


class _Apart:
    """Keeps packages of the target from being loaded for others that need them.

    A copy of the target may be installed, since another package requires it.
    """

    def __init__(self, entry: EntryJob) -> None:
        """Know the folders that the target is imported from."""
        self._folders = loading.search_path(entry)

    def find_spec(self, name: str, path: object = None, _target: object = None) -> None:
        """Refuse what the target has a package or module of the same name for."""
        if path is None and any(
            os.path.exists(f"{folder}/{name}{suffix}")  # noqa: PTH110 - pathlib is not loaded here
            for folder in self._folders
            for suffix in ("/__init__.py", ".py")
        ):
            raise ModuleNotFoundError(name)


def _imported(path: str) -> set[str]:
    """Return what a module imports whenever it is imported itself."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib is not loaded here
            parsed = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return set()
    names: set[str] = set()
    for node in parsed.body:
        if isinstance(node, ast.Import):
            names.update(one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return names


def _is_the_targets(entry: EntryJob, name: str) -> bool:
    first = name.split(".", maxsplit=1)[0]
    folders = [os.path.dirname(entry.file), *(entry.root + root for root in entry.import_roots)]  # noqa: PTH120
    return any(
        os.path.exists(f"{folder}/{first}{suffix}")  # noqa: PTH110 - likewise
        for folder in folders
        for suffix in ("", ".py")
    )
