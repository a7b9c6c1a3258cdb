"""Live progress on standard error, where a person watches; silence everywhere else."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from countermine.cli.options import Screen
from countermine.cli.surroundings import Terminal, terminal
from countermine.ports.progress import Progress, Silent
from countermine.target.display import one_line

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

STAGES = {
    "open": "Reading the target",
    "index": "Looking for sinks",
    "find": "Following data flows",
    "prepare": "Building the target's environment",
    "baseline": "Running the target's tests",
    "cases": "Proving",
    "fix": "Fixing",
}
"""What stages are called on the screen."""


class Live:
    """Shows the current stage as a bar, or as a spinner where the end is not known."""

    def __init__(self, bars: "Bars") -> None:
        """Draw on these bars."""
        self._bars = bars
        self._task = bars.add_task("Starting", total=None)

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage."""
        self._bars.reset(
            self._task, total=total, description=STAGES.get(name, name), subject="", visible=True
        )

    def step(self, subject: str, *, advance: int = 1) -> None:
        """Say what is worked on now."""
        self._bars.update(self._task, advance=advance, subject=one_line(subject)[-50:])


class Plain:
    """Says each stage in one line; for ``--verbose`` where nobody can redraw lines."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Say that a stage begins."""
        count = f" ({total})" if total is not None else ""
        print(f"countermine: {STAGES.get(name, name)}{count}", file=sys.stderr, flush=True)

    def step(self, subject: str, *, advance: int = 1) -> None:
        """Say nothing: steps are many."""


@contextmanager
def shown(screen: Screen) -> Iterator[Progress]:
    """Yield what shows progress, and clear the line at the end."""
    stream = terminal(no_color=screen.no_color, error_stream=True)
    quiet = screen.quiet or screen.json
    if quiet or not stream.live:
        yield Plain() if screen.verbose and not quiet else Silent()
        return
    with _bars(stream) as bars:
        yield Live(bars)


def _bars(screen: Terminal) -> "Bars":
    from rich.console import Console  # noqa: PLC0415 - only where a person watches
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[subject]}", markup=False, style="dim"),
        console=Console(stderr=True, no_color=not screen.color, width=screen.width),
        transient=True,
    )
