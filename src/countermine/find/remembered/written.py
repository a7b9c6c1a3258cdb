"""Answers as plain text and back: nothing in it is run, and what is not understood is refused."""

import json
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

_Value = TypeVar("_Value")


class MisfitError(ValueError):
    """A text does not say a value of the kind that is looked for."""


def write(value: object) -> bytes:
    """Return a value made of frozen dataclasses, tuples, enums and plain values as text."""
    return json.dumps(_plain(value), separators=(",", ":")).encode("ascii")


def read(text: bytes, kind: Callable[..., _Value]) -> _Value:
    """Return the value of that class that ``write`` was given.

    Raises:
        MisfitError: If the text says none.
    """
    try:
        value: _Value = _reader(kind)(json.loads(text))
    except (ValueError, TypeError, RecursionError) as error:
        message = f"no {kind.__name__}: {error}"
        raise MisfitError(message) from error
    return value


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    return value


_Reader = Callable[[Any], Any]


@lru_cache(maxsize=128)
def _reader(kind: Any) -> _Reader:  # noqa: ANN401 - a class, or what an annotation says
    while hasattr(kind, "__supertype__"):
        kind = kind.__supertype__
    if get_origin(kind) in (Union, types.UnionType):
        return _optional(kind)
    if get_origin(kind) is tuple:
        return _tuple(get_args(kind))
    if is_dataclass(kind):
        return _dataclass(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return _exactly(kind)


def _exactly(kind: Any) -> _Reader:  # noqa: ANN401
    def reader(said: Any) -> Any:  # noqa: ANN401
        if type(said) is not kind:
            message = f"{said!r} is no {kind.__name__}"
            raise MisfitError(message)
        return said

    return reader


def _optional(kind: Any) -> _Reader:  # noqa: ANN401
    (inner,) = (_reader(arm) for arm in get_args(kind) if arm is not type(None))
    return lambda said: None if said is None else inner(said)


def _tuple(arms: tuple[Any, ...]) -> _Reader:
    if arms[1:] == (...,):
        inner = _reader(arms[0])
        return lambda said: tuple(map(inner, _listed(said)))
    readers = tuple(map(_reader, arms))
    return lambda said: tuple(r(s) for r, s in zip(readers, _listed(said), strict=True))


def _dataclass(kind: Any) -> _Reader:  # noqa: ANN401
    hints = get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}

    def reader(said: Any) -> Any:  # noqa: ANN401
        pairs = zip(readers.items(), _listed(said), strict=True)
        return kind(**{name: read(item) for (name, read), item in pairs})

    return reader


def _listed(said: Any) -> list[Any]:  # noqa: ANN401
    if not isinstance(said, list):
        message = f"{said!r} is no list"
        raise MisfitError(message)
    return said
