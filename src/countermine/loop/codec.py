"""Values to JSON and back, for the workflow's record: never pickle, and checked on the way in."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

_Value = TypeVar("_Value")

Json = Any
"""What JSON can say. The one place where a value has no better type: the border to the store."""


@lru_cache(maxsize=64)
def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - a class or a union of classes
    return TypeAdapter(kind)


def to_json(value: object, kind: Any) -> Json:  # noqa: ANN401
    """Return a value of that class, or union of classes, as what JSON can say."""
    return _adapter(kind).dump_python(value, mode="json")


def from_json(document: Json, kind: Callable[..., _Value]) -> _Value:
    """Return the value that a document of the record holds.

    Raises:
        ValueError: If it is not one (pydantic's ``ValidationError``).
    """
    value: _Value = _adapter(kind).validate_python(document)
    return value


def from_union(document: Json, kind: Any) -> Any:  # noqa: ANN401
    """Return the value of one of a union's classes, told apart by their ``kind``."""
    return _adapter(kind).validate_python(document)
