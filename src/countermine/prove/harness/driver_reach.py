"""What of libraries a driver may use: data, a database, and objects that take any call."""

# ruff: noqa: ANN401 - objects of a target have any type

from __future__ import annotations

import importlib
import inspect
import sys
from types import CodeType
from typing import Any, NamedTuple

from countermine.prove.harness.loading import NotDrivenError

HARMLESS = frozenset(
    {
        "argparse.Namespace", "builtins.bytes", "builtins.dict", "builtins.list", "builtins.set",
        "builtins.str", "builtins.tuple", "datetime.date", "datetime.datetime",
        "datetime.timedelta", "decimal.Decimal", "io.BytesIO", "io.StringIO", "pathlib.Path",
        "pathlib.PurePath", "sqlite3.connect", "types.SimpleNamespace", "unittest.mock.AsyncMock",
        "unittest.mock.MagicMock", "unittest.mock.Mock", "uuid.UUID",
    }
)  # fmt: skip
"""What a driver may make of libraries: data, a database, and objects that take any call and do
nothing. None of it runs code or opens a file that is not a database."""

RUNS = frozenset({"side_effect", "wraps"})
"""What makes an object of ``unittest.mock`` do something when it is called."""

BUILTINS = {name.rpartition(".")[2] for name in HARMLESS if name.startswith("builtins.")}
OF_A_DATABASE = {"execute", "executemany", "commit", "cursor"}
"""What a driver may ask of a database that it opened."""


class Library(NamedTuple):
    """A dotted name of a library, which is no object until the whole name is harmless."""

    name: str


def nested(code: CodeType) -> list[CodeType]:
    """Return the code of all functions that are made inside one."""
    inside = [one for one in code.co_consts if isinstance(one, CodeType)]
    return [*inside, *(deeper for one in inside for deeper in nested(one))]


def is_mock(one: Any) -> bool:
    """Tell whether an object stands in for others."""
    module = sys.modules.get("unittest.mock")
    return module is not None and issubclass(type(one), module.NonCallableMock)


def is_mock_class(one: Any) -> bool:
    """Tell whether a class makes objects that stand in."""
    module = sys.modules.get("unittest.mock")
    return module is not None and inspect.isclass(one) and issubclass(one, module.NonCallableMock)


def resolved(made: Any) -> Any:
    """Return the object that a name of a library means.

    Raises:
        NotDrivenError: If it is only the beginning of a name.
    """
    if not isinstance(made, Library):
        return made
    if made.name not in HARMLESS:
        message = f"a driver may not use {made.name}"
        raise NotDrivenError(message)
    module, _, name = made.name.rpartition(".")
    return getattr(importlib.import_module(module), name)


LISTED = ", ".join(sorted(HARMLESS))
