"""Groups of options: a command asks for values, and its command line has their fields."""

from dataclasses import dataclass
from inspect import signature
from typing import Annotated

import pytest
import typer

from countermine.cli.grouped import grouped


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    width: Annotated[int, typer.Option("--width", min=1)] = 80
    height: Annotated[int | None, typer.Option("--height")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Size):
    title: Annotated[str, typer.Option("--title")] = ""


SEEN: list[object] = []


@grouped
def draw(name: str, *, window: Window, bold: bool = False) -> int:
    """Draw."""
    SEEN.append((name, window, bold))
    return 0


def test_the_fields_of_a_group_stand_in_its_place() -> None:
    assert list(signature(draw).parameters) == ["name", "width", "height", "title", "bold"]
    assert draw.__doc__ == "Draw."


@pytest.mark.parametrize(
    ("words", "window"),
    [
        (["a"], Window()),
        (["a", "--width", "3", "--title", "b"], Window(width=3, title="b")),
        (["--height", "2", "a"], Window(height=2)),
    ],
)
def test_a_command_is_given_the_value(words: list[str], window: Window) -> None:
    SEEN.clear()
    app = typer.Typer()
    app.command()(draw)
    app(args=words, standalone_mode=False)
    assert [("a", window, False)] == SEEN
