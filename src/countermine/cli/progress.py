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
    "find": "Searching",
    "reading": "Reading files",
    "indexing": "Looking for sinks",
    "following flows": "Following data flows",
    "prepare": "Building the target's environment",
    "baseline": "Running the target's tests",
    "cases": "Proving",
    "fix": "Fixing",
}
"""What stages are called on the screen."""

NARROW = 72
"""Below this many characters a bar and times would leave no room for what is worked on."""


class Live:
    """Shows the current stage as a bar, or as a spinner where the end is not known."""

    def __init__(self, bars: "Bars") -> None:
        """Draw on these bars, which nothing else draws on."""
        self.bars = bars
        self._begin("Starting", None)

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage."""
        self._begin(STAGES.get(name, name), total)

    def step(self, subject: str, *, advance: int = 1) -> None:
        """Say what is worked on now."""
        (task,) = self.bars.tasks
        count = _count(task.completed + advance, task.total)
        # The end of a path says more than its beginning.
        shown = one_line(subject)[-max(10, self.bars.console.width // 2 - 8) :]
        self.bars.update(task.id, advance=advance, subject=shown, count=count)

    def _begin(self, words: str, total: int | None) -> None:
        # A task that has a total keeps it for good: each stage is a task of its own.
        for task in self.bars.task_ids:
            self.bars.remove_task(task)
        self.bars.add_task(words, total=total, subject="", count=_count(0, total))


def _count(done: float, total: float | None) -> str:
    return f"{done:.0f}/{total:.0f}" if total is not None else ""


class Plain:
    """Says each stage in one line; for ``--verbose`` where nobody can redraw lines."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Say that a stage begins."""
        count = f" ({total})" if total is not None else ""
        print(f"countermine: {STAGES.get(name, name)}{count}", file=sys.stderr, flush=True)

    def step(self, subject: str, *, advance: int = 1) -> None:
        """Say nothing: steps are many."""


@contextmanager
def shown(screen: Screen, *, still: bool = False) -> Iterator[Progress]:
    """Yield what shows progress, and clear the line at the end.

    Args:
        screen: How the command speaks.
        still: Redraw nothing: somebody else writes to the terminal, and asks there.
    """
    stream = terminal(no_color=screen.no_color, error_stream=True)
    if screen.quiet or still or not stream.live:
        yield Plain() if screen.verbose and not screen.quiet else Silent()
        return
    with bars_for(stream) as bars:
        yield Live(bars)


def bars_for(screen: Terminal) -> "Bars":
    """Return what is drawn on standard error: less of it where the terminal is narrow."""
    from rich.console import Console  # noqa: PLC0415 - only where a person watches
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    words = TextColumn("{task.description}", markup=False)
    count = TextColumn("{task.fields[count]}", markup=False)
    subject = TextColumn("{task.fields[subject]}", markup=False, style="dim")
    wide = (BarColumn(bar_width=24), count, TimeElapsedColumn(), TimeRemainingColumn())
    return Progress(
        SpinnerColumn(),
        words,
        *(wide if screen.width >= NARROW else (count,)),
        subject,
        console=Console(stderr=True, no_color=not screen.color, width=screen.width),
        transient=True,
    )
