"""Styled lines: one text for the plain terminal and the coloured one."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from countermine.core.levels import Severity
from countermine.report.wording import Tone

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

ELLIPSIS = "..."
SEVERITY_STYLE = {
    Severity.LOW: "cyan",
    Severity.MEDIUM: "yellow",
    Severity.HIGH: "red",
    Severity.CRITICAL: "bold red",
}
TONE_STYLE = {Tone.GOOD: "bold green", Tone.BAD: "bold red", Tone.UNSURE: "yellow", Tone.QUIET: ""}


@dataclass(frozen=True, slots=True)
class Piece:
    """A few characters in one style; the text is harmless already."""

    text: str
    style: str = ""
    """A style of Rich, such as ``bold red``."""


Line: TypeAlias = tuple[Piece, ...]


def plain(lines: Iterable[Line]) -> str:
    """Return lines as text, each with its line break."""
    return "".join("".join(piece.text for piece in line).rstrip() + "\n" for line in lines)


def show(lines: Iterable[Line], console: Console) -> None:
    """Print lines on a Rich console as they are: not wrapped, cut, marked up or highlighted."""
    console.print(
        coloured(lines), end="", soft_wrap=True, highlight=False, markup=False, emoji=False
    )


def coloured(lines: Iterable[Line]) -> Text:
    """Return lines as one value for a Rich console: the same words as ``plain``."""
    from rich.text import Text  # noqa: PLC0415 - a plain terminal does not pay for it

    whole = Text(end="")
    for line in lines:
        for piece in line:
            whole.append(piece.text, style=piece.style or None)
        whole.append("\n")
    return whole


def fitted(pieces: Sequence[Piece], width: int) -> Line:
    """Return a line that is cut where it is wider than ``width`` characters."""
    out: list[Piece] = []
    left = width
    for piece in pieces:
        if len(piece.text) <= left:
            out.append(piece)
            left -= len(piece.text)
            continue
        out.append(Piece(piece.text[: max(0, left - len(ELLIPSIS))] + ELLIPSIS[:left], piece.style))
        break
    return tuple(out)


def wrapped(text: str, width: int, indent: str = "", style: str = "") -> list[Line]:
    """Return text as lines of at most ``width`` characters where its words allow."""
    parts = textwrap.wrap(
        text,
        width=max(20, width),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [(Piece(part, style),) for part in parts]
