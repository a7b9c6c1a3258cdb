"""Puts a value in the place of an argument that a test gives, in the same form."""

# ruff: noqa: ANN401 - arguments of a target have any type

from __future__ import annotations

import importlib
import io
import os
from typing import TYPE_CHECKING, Any

from countermine.prove.harness.loading import NotDrivenError

if TYPE_CHECKING:
    from countermine.prove.harness.inputs import Scene, Value

_ARCHIVES = {"ZipFile": "zipfile", "TarFile": "tarfile"}


def fits(given: Any) -> bool:
    """Tell whether a value could stand in for an argument."""
    if isinstance(given, (str, bytes, bytearray, os.PathLike)) or _is_stream(given):
        return True
    if isinstance(given, (list, tuple)):
        return bool(given) and isinstance(given[0], (str, bytes, os.PathLike))
    return type(given).__name__ in _ARCHIVES


def fitted(given: Any, value: Value, scene: Scene) -> Any:
    """Return a value in the form of the argument that it replaces.

    Raises:
        NotDrivenError: If the argument is an object of which nothing is known.
    """
    if isinstance(given, (list, tuple)) and given and fits(given[0]):
        rest = [fitted(given[0], value, scene), *given[1:]]
        return rest if isinstance(given, list) else tuple(rest)
    name = type(given).__name__
    if name in _ARCHIVES:
        module = importlib.import_module(_ARCHIVES[name])
        path = scene.file(value)
        return module.ZipFile(path) if name == "ZipFile" else module.open(path)
    if _is_stream(given):
        is_text = isinstance(given, io.TextIOBase)
        return io.StringIO(value.text) if is_text else io.BytesIO(value.data)
    as_file = value.channel == "file-content"
    if isinstance(given, os.PathLike):
        return type(given)(scene.file(value) if as_file else value.text)  # type: ignore[call-arg]  # a path
    if isinstance(given, (bytes, bytearray)):
        return type(given)(value.data)
    if isinstance(given, str):
        return scene.file(value) if as_file and _is_path(given) else value.text
    message = f"the test gives {value.key or 'the first parameter'} a {name}, which has no text"
    raise NotDrivenError(message)


def _is_stream(given: Any) -> bool:
    return callable(getattr(given, "read", None)) and not isinstance(given, type)


def _is_path(given: str) -> bool:
    try:
        return os.path.exists(given)  # noqa: PTH110 - without pathlib
    except ValueError:
        return False
