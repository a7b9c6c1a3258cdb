"""Comments by which the user sets a finding aside: ``# countermine: ignore[ID] reason``."""

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

MARK = b"countermine:"
"""What stands in every file that has such a comment."""

_REMARK = re.compile(r"(?:#|<!--)\s*countermine:\s*ignore\b(?:\[([^\]\n]*)\])?[ \t]*([^\r\n]*)")

_TEMPLATE_END = re.compile(r"\s*(?:#\}|-->).*")
"""Where a comment of a template ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One such comment."""

    line: int
    """From 1."""
    names: tuple[str, ...]
    """As they are written; empty where the comment names none."""
    reason: str


def remarks(text: bytes, *, python: bool = True) -> tuple[Remark, ...]:
    """Return the comments of a file that set something aside, in their order."""
    if MARK not in text:
        return ()
    return tuple(
        Remark(
            line=line,
            names=tuple(name.strip() for name in (match[1] or "").split(",") if name.strip()),
            reason=_TEMPLATE_END.sub("", match[2]).strip(),
        )
        for line, comment in (_comments(text) if python else _lines(text))
        for match in _REMARK.finditer(comment)
    )


def _lines(text: bytes) -> Iterator[tuple[int, str]]:
    return enumerate(text.decode("utf-8-sig", "replace").split("\n"), 1)


def _comments(text: bytes) -> Iterator[tuple[int, str]]:
    """Yield comments with their lines; whole lines of a file that is not today's Python."""
    source = text.decode("utf-8-sig", "replace")
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        yield from _lines(text)
        return
    for token in tokens:
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
