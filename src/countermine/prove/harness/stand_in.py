"""An object that takes the place of one of which nothing is known but what is done with it."""

# ruff: noqa: ANN401, D102, D105 - stands for anything, by methods that do nothing

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class EveryKey(dict):  # type: ignore[type-arg]  # no subscript on 3.8
    """A mapping that holds one text under every key, as headers or settings may."""

    def __init__(self, text: str) -> None:
        """Keep the text."""
        super().__init__()
        self.__text = text

    def __missing__(self, _key: object) -> str:
        return self.__text

    def __contains__(self, _key: object) -> bool:  # type: ignore[explicit-override]  # 3.8
        return True

    def get(self, _key: object, _default: object = None) -> str:  # type: ignore[explicit-override]
        return self.__text

    def __bool__(self) -> bool:
        return True


class StandIn:
    """Has every attribute and method; does nothing, and says the same in every run."""

    def __init__(self, text: str | None = None) -> None:
        """Let its attributes be a text, or stand in for more objects where there is none."""
        self.__text = text

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return StandIn() if self.__text is None else self.__text

    def __call__(self, *_args: object, **_kwargs: object) -> StandIn:
        return StandIn()

    def __enter__(self) -> StandIn:  # noqa: PYI034 - Self is not there on 3.8
        return self

    def __exit__(self, *_args: object) -> None:
        """Let every exception through."""

    def __iter__(self) -> Iterator[object]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __contains__(self, _item: object) -> bool:
        return False

    def __getitem__(self, _key: object) -> StandIn:
        return StandIn()

    def __setitem__(self, _key: object, _value: object) -> None:
        """Keep nothing."""

    def __str__(self) -> str:  # type: ignore[explicit-override]  # ``override`` is not there on 3.8
        return "<stand-in>"

    __repr__ = __str__
