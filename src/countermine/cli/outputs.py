"""Writes what a command was asked for: the screen, JSON, SARIF, HTML."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from countermine.cli.files import write_whole
from countermine.cli.options import Outputs
from countermine.cli.surroundings import terminal
from countermine.core.runs import Run
from countermine.core.spans import TreePath
from countermine.loop.sources import shown_paths
from countermine.target.texts import read_texts
from countermine.weaknesses.facts_index import ALL_FACTS

if TYPE_CHECKING:
    from countermine.report.styled import Line


def texts_of(run: Run) -> dict[TreePath, bytes]:
    """Return the contents of every file that a report shows a part of, of a tree searched now."""
    return read_texts(run.target.root, shown_paths(run))


def write(run: Run, outputs: Outputs, texts: Mapping[TreePath, bytes] | None = None) -> None:
    """Write every output; files first, so that the screen can say where they lie.

    Args:
        run: What to show.
        outputs: Where.
        texts: What was searched; ``None`` where the target was searched just now.

    Raises:
        BadUsageError: If an output's place cannot be a file.
        EnvironmentLacksError: If it cannot be written.
    """
    texts = texts_of(run) if texts is None else texts
    shown = run if outputs.timings else replace(run, started=None, timings=())
    if outputs.sarif is not None:
        from countermine.report.sarif import render_sarif  # noqa: PLC0415 - only where asked for

        write_whole(outputs.sarif, render_sarif(shown, ALL_FACTS, texts))
    if outputs.html is not None:
        from countermine.report.html import render_html  # noqa: PLC0415

        write_whole(outputs.html, render_html(shown, ALL_FACTS, texts))
    if outputs.json:
        from countermine.report.as_json import render_json  # noqa: PLC0415

        sys.stdout.write(render_json(shown, texts, timings=outputs.timings))
    elif not outputs.quiet:
        _screen(replace(shown, outputs=(*run.outputs, *map(str, outputs.files))), texts, outputs)


def _screen(run: Run, texts: Mapping[TreePath, bytes], outputs: Outputs) -> None:
    from countermine.report.terminal import render_findings, render_summary  # noqa: PLC0415

    screen = terminal(no_color=outputs.no_color)
    if not run.cases:
        say(
            render_findings(
                run, texts, verbose=outputs.verbose, width=screen.width, room=screen.room
            ),
            no_color=outputs.no_color,
        )
    summary = render_summary(run, width=screen.room, verbose=outputs.verbose)
    say(summary, no_color=outputs.no_color)


def say(lines: Iterable["Line"], *, no_color: bool) -> None:
    """Print lines on standard output, coloured where a terminal shows them."""
    from countermine.report.styled import coloured, plain  # noqa: PLC0415

    screen = terminal(no_color=no_color)
    if not screen.color:
        sys.stdout.write(plain(lines))
        return
    from rich.console import Console  # noqa: PLC0415 - a plain terminal does not pay for it

    Console(width=screen.width, highlight=False).print(coloured(lines), end="", soft_wrap=True)
