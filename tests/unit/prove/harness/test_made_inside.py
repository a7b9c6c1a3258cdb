"""Functions that other functions make are driven without running what stands behind them."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from countermine.prove.harness import drivers_function
from countermine.prove.harness.inputs import Scene, Value
from countermine.prove.harness.loading import EntryJob, NotDrivenError
from countermine.prove.harness.observer import Observer

RAN: list[str] = []
HANDLERS: list[object] = []


def handled(function: Callable[..., Any]) -> None:
    """Registers what it decorates."""
    HANDLERS.append(function)


def serve(port: int) -> None:
    greeting = f"hello from {port}"

    @handled
    def answer(name: str) -> str:
        return f"{greeting}, {name}"

    RAN.append("served for ever")


async def listen(place: Path | None) -> None:
    if place is not None:
        return

    async def answer(name: str) -> str:
        return f"heard {name}"

    RAN.append(f"listened with {answer}")


def static(folder: str) -> Callable[[str], str]:
    def handler(name: str) -> str:
        return f"{len(folder) > 0} {name}"

    return handler


class Site:
    """Makes its handlers in a method."""

    def __init__(self, title: str) -> None:
        self.title = title

    def routes(self) -> list[Callable[[str], str]]:
        def page(name: str) -> str:
            return f"{self.title} {name}"

        return [page]


def broken(port: int) -> None:
    if port:
        message = "no such port"
        raise ValueError(message)

    def answer(name: str) -> str:
        return name

    RAN.append(f"{answer}")


class Deaf:
    """Stands where an observer does."""

    def tell(self, *_told: object) -> None:
        """Forget it."""


def result(qualname: str, tmp_path: Path) -> str:
    entry = EntryJob("function", "shop.py", qualname, "parameter", "name", 0, f"{tmp_path}/", ())
    value = Value("parameter", "name", "Attack", b"Attack")
    scene = Scene((value,), str(tmp_path), "c", is_attack=False)
    module = sys.modules[__name__]
    return drivers_function.drive(module, entry, scene, cast("Observer", cast("Any", Deaf())))


@pytest.mark.parametrize(
    ("qualname", "expected"),
    [
        ("serve.answer", "hello from 8000, Attack"),
        ("listen.answer", "heard Attack"),
        ("static.handler", "True Attack"),
        ("Site.routes.page", "cmprobe Attack"),
    ],
)
def test_a_function_inside_another_is_made_and_called(
    tmp_path: Path, qualname: str, expected: str
) -> None:
    RAN.clear()
    assert expected in result(qualname, tmp_path)
    assert not RAN
    assert sys.gettrace() is None or "made_inside" not in repr(sys.gettrace())


@pytest.mark.parametrize(
    ("qualname", "why"),
    [
        ("broken.answer", "broken was called and did not make answer: ValueError: no such port"),
        ("serve.other", "no 'serve.other' to call"),
        ("missing", "no 'missing' to call"),
    ],
)
def test_one_that_is_not_made_says_why(tmp_path: Path, qualname: str, why: str) -> None:
    with pytest.raises(NotDrivenError) as caught:
        result(qualname, tmp_path)
    assert why in str(caught.value)
