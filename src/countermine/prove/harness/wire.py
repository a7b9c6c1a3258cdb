"""Gives a value the form that an entry point takes off first: encrypted, compressed."""

# ruff: noqa: ANN401 - objects of a target have any type

from __future__ import annotations

import contextlib
import functools
import inspect
from typing import TYPE_CHECKING, Any

from countermine.prove.harness import usage
from countermine.prove.harness.inputs import as_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from countermine.prove.harness.inputs import Value


def form(function: Callable[..., Any], shape: str, value: Value) -> tuple[Any] | None:
    """Return the value as the function takes it, ``None`` where nothing is taken off it.

    The owner of what takes it off puts it on as well: whoever knows no key could not.
    """
    layers = usage.undone(shape)
    if not layers or value.channel != "parameter":
        return None
    made: Any = value.text
    for owner, inverse in reversed(layers):
        done = _done(function, owner, inverse, made)
        if done is None:
            return None
        made = done[0]
    return (made,)


def _done(function: Callable[..., Any], owner: str, inverse: str, made: Any) -> tuple[Any] | None:
    """Return what an inverse makes of a value, as text or as bytes."""
    root, *names = owner.split(".")
    spaces = getattr(inspect.unwrap(function), "__globals__", {})
    holder = getattr(function, "__self__", None) if root == "self" else spaces.get(root)
    forms = [made]
    if isinstance(made, str):
        forms = [made, as_bytes(made)] if made.isascii() else [as_bytes(made), made]
    for one in forms:
        # Whatever the target raises, the other form may do.
        with contextlib.suppress(Exception):
            found: Any = functools.reduce(getattr, [*names, inverse], holder)
            return (found(one),)
    return None
