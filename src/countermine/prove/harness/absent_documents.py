"""Stands in for databases of documents whose server is not there: takes queries, finds nothing."""

# ruff: noqa: ANN401 - stands in for objects of any driver
# typing.override is younger than the oldest Python that this runs on.
# mypy: disable-error-code="explicit-override"

from __future__ import annotations

from typing import Any


class Found:
    """A cursor over the documents that were found, which are none; sorted and cut as is asked."""

    alive = False
    retrieved = 0
    # What Motor reads of a cursor of the driver below it, by its names of before 4.9 as well.
    address = None
    _query_flags = _Cursor__query_flags = 0
    _data: tuple[Any, ...] = ()
    _Cursor__data = _CommandCursor__data = _data

    def __getattr__(self, name: str) -> Any:
        """Take what changes a cursor before it is read."""
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_args, **_options: self

    def __iter__(self) -> Any:
        """Return the documents."""
        return iter(())

    def __next__(self) -> Any:
        """Tell that there is no further one."""
        raise StopIteration

    next = __next__

    def __getitem__(self, place: Any) -> Any:
        """Return a part of them; there is none at any place."""
        if isinstance(place, slice):
            return self
        message = "no such item for Cursor instance"
        raise IndexError(message)

    def __enter__(self) -> Any:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Keep no error back."""

    def count(self, *_: Any, **__: Any) -> int:
        """Return how many there are."""
        return 0

    _refresh = count

    def to_list(self, *_: Any, **__: Any) -> list[Any]:
        """Return the documents."""
        return []

    distinct = to_list

    def close(self) -> None:
        """Do nothing."""


class FoundLater(Found):
    """The same for code that waits for it."""

    def __aiter__(self) -> Any:
        """Return itself."""
        return self

    async def __anext__(self) -> Any:
        """Tell that there is no further one."""
        raise StopAsyncIteration

    next = __anext__

    async def to_list(self, *_: Any, **__: Any) -> list[Any]:  # type: ignore[override]  # awaited
        """Return the documents."""
        return []

    distinct = to_list  # type: ignore[assignment]  # awaited

    async def close(self) -> None:  # type: ignore[override]  # awaited
        """Do nothing."""

    async def __aenter__(self) -> Any:
        """Return itself."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Keep no error back."""
