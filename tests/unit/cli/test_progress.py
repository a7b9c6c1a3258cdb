"""What a person sees while a run goes on."""

import sys
from io import StringIO

import pytest
from rich.console import Console

from countermine.cli.options import Screen
from countermine.cli.progress import Live, bars_for, shown
from countermine.cli.surroundings import Terminal
from countermine.ports.progress import Silent


def frame(live: Live, width: int) -> str:
    """Return what stands on the screen at the moment."""
    page = StringIO()
    Console(file=page, width=width, color_system=None).print(live.bars.get_renderable())
    return page.getvalue()


def begun(width: int) -> Live:
    return Live(bars_for(Terminal(color=False, width=width, live=True)))


def test_something_stands_there_from_the_beginning() -> None:
    assert "Starting" in frame(begun(80), 80)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_stage_count_and_subject_fit_the_terminal(width: int) -> None:
    live = begun(width)
    live.stage("indexing", 412)
    live.step("a/long/path/that/goes/on/and/on/for/ever/views.py")
    (line,) = frame(live, width).splitlines()
    assert "Looking for sinks" in line
    assert "1/412" in line
    assert "views.py" in line
    assert len(line.rstrip()) <= width


def test_a_stage_without_a_count_does_not_show_that_of_the_stage_before() -> None:
    live = begun(80)
    live.stage("indexing", 2)
    live.step("a.py")
    live.stage("baseline")
    assert "Running the target's tests" in frame(live, 80)
    assert "/2" not in frame(live, 80)


def test_names_of_the_target_cannot_steer_the_terminal() -> None:
    live = begun(80)
    live.stage("indexing", 2)
    live.step("\x1b[2J[bold]x.py")
    assert "\x1b" not in frame(live, 80)
    assert "[bold]x.py" in frame(live, 80)


class Watched(StringIO):
    """A terminal that somebody watches."""

    def isatty(self) -> bool:
        return True


def test_nothing_is_redrawn_where_somebody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Watched())
    with shown(Screen()) as live:
        assert isinstance(live, Live)
    with shown(Screen(), still=True) as progress:
        assert isinstance(progress, Silent)
