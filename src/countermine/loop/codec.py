"""Values to JSON and back, for the workflow's record: never pickle, and checked on the way in.

Names of files need not be text: Python holds the bytes that are none as lone surrogates, which no
store of text takes. A string with one is kept as its bytes in hexadecimal digits.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

_Value = TypeVar("_Value")

Json = Any
"""What JSON can say. The one place where a value has no better type: the border to the store."""

_UNTOUCHED: dict[str, object] = {
    "proposed_by": None,
    "opinion": None,
    "suggest": None,
    "models": None,
    "hypotheses": False,
    "kept_rows": False,
    "learnt": {},
    "drivers": 0,
    "opinions": False,
}
"""Fields that only a model fills: left out where none did, so that the record of a run without one
is what it always was."""

_MARK = "\0bytes:"
"""Begins a string that is kept as digits; one of the target's own that begins so is, too."""


@lru_cache(maxsize=64)
def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - a class or a union of classes
    return TypeAdapter(kind)


def to_json(value: object, kind: Any) -> Json:  # noqa: ANN401
    """Return a value of that class, or union of classes, as what JSON can say."""
    return _mapped(_adapter(kind).dump_python(value, mode="json"), _kept)


def from_json(document: Json, kind: Callable[..., _Value]) -> _Value:
    """Return the value that a document of the record holds.

    Raises:
        ValueError: If it is not one (pydantic's ``ValidationError``).
    """
    value: _Value = _adapter(kind).validate_python(_mapped(document, _given_back))
    return value


def from_union(document: Json, kind: Any) -> Any:  # noqa: ANN401
    """Return the value of one of a union's classes, told apart by their ``kind``."""
    return _adapter(kind).validate_python(_mapped(document, _given_back))


def _mapped(document: Json, change: Callable[[str], str]) -> Json:
    """Return a document with every string changed, keys included."""
    match document:
        case str():
            return change(document)
        case dict():
            return {
                change(key): _mapped(value, change)
                for key, value in document.items()
                if key not in _UNTOUCHED or value != _UNTOUCHED[key]
            }
        case list():
            return [_mapped(value, change) for value in document]
        case _:
            return document


def _kept(text: str) -> str:
    if text.isascii() and not text.startswith(_MARK):
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return _MARK + text.encode("utf-8", "surrogatepass").hex()
    return _MARK + text.encode().hex() if text.startswith(_MARK) else text


def _given_back(text: str) -> str:
    if not text.startswith(_MARK):
        return text
    return bytes.fromhex(text.removeprefix(_MARK)).decode("utf-8", "surrogatepass")
