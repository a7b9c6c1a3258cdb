"""Stands at the call of an entry point, whoever calls it and by whatever name."""

# ruff: noqa: ANN401 - functions of a target have any type

from __future__ import annotations

import functools
import inspect
import os
import sys
from typing import TYPE_CHECKING, Any

from countermine.prove.harness import loading
from countermine.prove.harness.loading import NotDrivenError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from countermine.prove.harness.loading import EntryJob

    Around = Callable[[Callable[..., Any], tuple[Any, ...], dict[str, Any]], Any]
    """Takes a function and its arguments, and calls it."""


def stand_at(module: ModuleType, entry: EntryJob, around: Around) -> None:
    """Put something around the function of an entry point, wherever it is known by now.

    Raises:
        NotDrivenError: If it is no function.
    """
    owner, found = loading.find(module, entry.qualname)
    put = _around(found, around)
    if owner is not None:
        setattr(owner, entry.qualname.rsplit(".", 1)[-1], put)
        return
    for one in list(sys.modules.values()):
        for name, value in list(getattr(one, "__dict__", {}).items()):
            if value is found:
                setattr(one, name, put)


def _around(found: Any, around: Around) -> Any:
    if isinstance(found, (staticmethod, classmethod)):
        return type(found)(_around(found.__func__, around))
    if isinstance(found, property) and found.fget is not None:
        return property(_around(found.fget, around), found.fset, found.fdel, found.__doc__)
    if not inspect.isfunction(found):
        message = f"{found!r:.100} is no function that a test could be stopped at"
        raise NotDrivenError(message)
    process = os.getpid()

    @functools.wraps(found)
    def standing(*args: Any, **kwargs: Any) -> Any:
        if os.getpid() != process:
            return found(*args, **kwargs)
        return around(found, args, kwargs)

    return standing


def place_of(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], key: str | None
) -> tuple[int | str | None, Any]:
    """Return where in a call the argument of a name stands, and the argument.

    Without a name it is the first one, that of the object not counted. Where the call has none,
    the place is ``None``.
    """
    if key is not None and key in kwargs:
        return key, kwargs[key]
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None, None
    names = [one.name for one in parameters if one.kind is not one.KEYWORD_ONLY]
    if key is None:
        place = 1 if names[:1] in (["self"], ["cls"]) else 0
        if place >= len(args):
            return None, None
    elif key in names:
        place = names.index(key)
        if place >= len(args):
            return None, None
    else:
        return None, None
    return place, args[place]
