"""Loads a module of the target, and finds the function that an entry point names."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import os
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, ModuleType


VERBS = ("get", "post", "put", "patch", "delete")


class EntryJob(NamedTuple):
    """An entry point, as the job has it."""

    kind: str
    path: str
    """Relative to the root."""
    qualname: str
    channel: str
    key: str | None
    start_line: int
    root: str
    """Folder of the target, ending in ``/``."""
    import_roots: tuple[str, ...]
    methods: tuple[str, ...] = ()
    """By which a request gets to the sink; none where any may."""

    @property
    def file(self) -> str:
        """Absolute path of the module."""
        return self.root + self.path


class NotDrivenError(Exception):
    """The entry point cannot be driven; the message says what was missing."""


def search_path(entry: EntryJob) -> list[str]:
    """Return the folders of the target that modules are looked for in, nearest first."""
    folder = os.path.dirname(entry.file)  # noqa: PTH120 - pathlib would be loaded for this alone
    while os.path.isfile(folder + "/__init__.py") and len(folder) >= len(entry.root):  # noqa: PTH113
        folder = os.path.dirname(folder)  # noqa: PTH120
    roots = [os.path.normpath(entry.root + root) for root in entry.import_roots]
    return [folder, *(root for root in roots if root != folder)]


def extend_namespaces(folders: list[str]) -> None:
    """Let packages that several projects share hold what the target has of them, too.

    Those that were made when the interpreter started know the folders of that time only.
    """
    for name, module in sorted(sys.modules.items()):
        known = getattr(module, "__path__", None)
        if known is None or getattr(module, "__file__", None) is not None:
            continue
        for folder in folders:
            own = f"{folder.rstrip('/')}/{name.replace('.', '/')}"
            if os.path.isdir(own) and own not in list(known):  # noqa: PTH112 - without pathlib
                known.append(own)


def module_name(entry: EntryJob, folder: str) -> str | None:
    """Return the name under which a folder on the search path holds the entry's module."""
    if not entry.file.startswith(folder.rstrip("/") + "/"):
        return None
    parts = entry.file[len(folder.rstrip("/")) + 1 : -len(".py")].split("/")
    if parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join(parts) if parts and all(part.isidentifier() for part in parts) else None


def load(entry: EntryJob) -> ModuleType:
    """Import the entry's module as the target's own code would.

    Raises:
        NotDrivenError: If it cannot be imported; says what it raised.
    """
    try:
        return _with_a_command(entry)
    except (Exception, SystemExit) as problem:
        message = f"{entry.path} cannot be loaded: {type(problem).__name__}: {problem}"
        raise NotDrivenError(message) from problem


def _with_a_command(entry: EntryJob) -> ModuleType:
    """Return the entry's module, for one that shows its help and ends once more with a word."""
    try:
        return _imported(entry)
    except SystemExit:
        if sys.argv[1:]:
            raise
        sys.argv = [*(sys.argv or [""]), "run"]
        return _imported(entry)


def _imported(entry: EntryJob) -> ModuleType:
    first: ImportError | None = None
    for folder in search_path(entry):
        name = module_name(entry, folder)
        if name is None:
            continue
        try:
            module = importlib.import_module(name)
        except ImportError as problem:
            first = first or problem
            continue
        if os.path.realpath(module.__file__ or "") == os.path.realpath(entry.file):
            return module
    if first is not None:
        raise first
    return load_file(entry.file, "countermine_target_module")


def load_file(path: str, name: str) -> ModuleType:
    """Load a file as a module of a given name."""
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        message = f"{path} is not a Python module"
        raise NotDrivenError(message)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def find(module: ModuleType, qualname: str) -> tuple[object | None, object]:
    """Return the object of a qualified name, and the class that holds it.

    Raises:
        NotDrivenError: If there is none, or it is made inside a function.
    """
    owner: object | None = None
    found: object = module
    for part in qualname.replace("<locals>.", "").split("."):
        owner = found if inspect.isclass(found) else None
        try:
            found = inspect.getattr_static(found, part)
        except AttributeError:
            message = f"{module.__name__} has no {qualname!r} to call once it is loaded"
            raise NotDrivenError(message) from None
    return owner, found


def codes(function: object, depth: int = 6) -> Iterator[CodeType]:
    """Yield the code of a function and of those that decorators wrapped it in, outermost first."""
    if depth == 0:
        return
    if isinstance(function, functools.partial):
        yield from codes(function.func, depth - 1)
        return
    if isinstance(function, (staticmethod, classmethod)):
        function = function.__func__
    function = getattr(function, "__func__", function)
    code = getattr(function, "__code__", None)
    if code is not None:
        yield code
    for method in _methods(function):
        yield from codes(method, depth - 1)
    inner = getattr(function, "__wrapped__", None) or getattr(function, "callback", None)
    if inner is not None:
        yield from codes(inner, depth - 1)
        return
    for cell in getattr(function, "__closure__", None) or ():
        try:
            content = cell.cell_contents
        except ValueError:
            continue
        if inspect.isfunction(content):
            yield from codes(content, depth - 1)


def _methods(view: object) -> list[object]:
    """Return what answers requests of the class that a view of Django is made of.

    REST framework makes such a class of a function, too.
    """
    of = getattr(view, "cls", None) or getattr(view, "view_class", None)
    return [vars(of)[verb] for verb in VERBS if verb in vars(of)] if inspect.isclass(of) else []


def is_entry(function: object, entry: EntryJob) -> bool:
    """Tell whether a function, however decorated, is the one that the entry point names."""
    name = entry.qualname.rsplit(".", 1)[-1]
    return any(code.co_name == name and code.co_filename == entry.file for code in codes(function))


def mentions(function: object, name: str) -> bool:
    """Tell whether a function's code uses a name."""
    left = list(codes(function))
    while left:
        code = left.pop()
        if name in code.co_names:
            return True
        left += [constant for constant in code.co_consts if hasattr(constant, "co_names")]
    return False
