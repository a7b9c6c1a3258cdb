"""Reads ``cases.md``: the page that is a weakness's documentation, its examples and its tests.

A fenced ``python`` block is one case. What it holds:

- ``# file: app/views.py`` on a line of its own begins a file; without one, all is ``case.py``;
- ``# find: ID`` at the end of a line says that the search finds that weakness in a call (or
  return) that this line is part of. The comment is taken out before the search sees the code. A
  block without one must stay silent;
- a block ``python patched`` right after a flawed one is the text the remedy must make of it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from countermine.core.errors import CountermineError
from countermine.core.spans import TreePath, tree_path
from countermine.core.weakness import WeaknessId

DEFAULT_PATH = TreePath("case.py")

_FENCE = re.compile(r"^```(?P<info>.*)$")
_FILE = re.compile(r"^# file: (?P<path>\S+)$")
_MARK = re.compile(r"\s*# find: (?P<ids>[a-z0-9-]+(?:, *[a-z0-9-]+)*)$")


class CaseFileError(CountermineError):
    """A case file does not follow its own rules; the message names the line."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Mark:
    """A line on which a weakness must be found."""

    path: TreePath
    line: int
    """1-based, in the file it stands in."""
    weakness: WeaknessId


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenCase:
    """One block of a case file."""

    title: str
    """The heading above it, with a number where a heading has several blocks."""
    line: int
    """1-based line of the case file on which the block's code begins."""
    files: tuple[tuple[TreePath, str], ...]
    """Path and text of each file, without the marks."""
    marks: tuple[Mark, ...]
    """Where weaknesses must be found; nothing else may be."""
    patched: tuple[tuple[TreePath, str], ...] | None = None
    """The files as the remedy must leave them, ``None`` where the page does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    title: str
    words: tuple[str, ...]
    line: int
    lines: tuple[str, ...]


def read_cases(text: str) -> tuple[WrittenCase, ...]:
    """Return the cases of a case file in the order they stand.

    Args:
        text: The Markdown of the page.

    Raises:
        CaseFileError: If a fence is not closed, a block's words are unknown, two files of a
            block share a path, or a patched block does not follow a flawed one.
    """
    cases: list[WrittenCase] = []
    for block in _blocks(text.splitlines()):
        match block.words:
            case ("python",):
                cases.append(_case(block))
            case ("python", "patched"):
                cases[-1:] = [_with_patch(cases[-1:], block)]
            case ("python", *_):
                message = f"line {block.line}: a block is 'python' or 'python patched'"
                raise CaseFileError(message)
            case _:
                continue
    return _numbered(cases)


def _blocks(lines: Sequence[str]) -> list[_Block]:
    blocks: list[_Block] = []
    title, opened, info = "", None, ""
    for number, line in enumerate(lines):
        fence = _FENCE.match(line)
        if opened is not None:
            if fence and not fence["info"].strip():
                body = tuple(lines[opened + 1 : number])
                blocks.append(
                    _Block(title=title, words=tuple(info.split()), line=opened + 2, lines=body)
                )
                opened = None
        elif fence:
            opened, info = number, fence["info"]
        elif line.startswith("#"):
            title = line.lstrip("#").strip()
    if opened is not None:
        message = f"line {opened + 1}: the block is never closed"
        raise CaseFileError(message)
    return blocks


def _case(block: _Block) -> WrittenCase:
    marks: list[Mark] = []
    files: list[tuple[TreePath, str]] = []
    for path, lines in _files(block):
        bare: list[str] = []
        for number, line in enumerate(lines, start=1):
            mark = _MARK.search(line)
            bare.append(line[: mark.start()] if mark else line)
            ids = mark["ids"].split(",") if mark else ()
            marks += [Mark(path=path, line=number, weakness=WeaknessId(i.strip())) for i in ids]
        files.append((path, _joined(bare)))
    return WrittenCase(
        title=block.title, line=block.line, files=tuple(files), marks=tuple(sorted(marks))
    )


def _with_patch(before: Sequence[WrittenCase], block: _Block) -> WrittenCase:
    if not before or not before[0].marks or before[0].patched is not None:
        message = f"line {block.line}: a patched block follows a flawed one"
        raise CaseFileError(message)
    files = tuple((path, _joined(lines)) for path, lines in _files(block))
    return replace(before[0], patched=files)


def _files(block: _Block) -> list[tuple[TreePath, list[str]]]:
    files: list[tuple[TreePath, list[str]]] = []
    for line in block.lines:
        heading = _FILE.match(line)
        if heading:
            files.append((tree_path(heading["path"]), []))
        elif files:
            if line or files[-1][1]:
                files[-1][1].append(line)
        else:
            files.append((DEFAULT_PATH, [line]))
    paths = [path for path, _ in files]
    if len(set(paths)) < len(paths) or not paths:
        message = f"line {block.line}: a block holds at least one file, each under its own path"
        raise CaseFileError(message)
    return files


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"


def _numbered(cases: Sequence[WrittenCase]) -> tuple[WrittenCase, ...]:
    seen: dict[str, int] = {}
    out: list[WrittenCase] = []
    for case in cases:
        seen[case.title] = seen.get(case.title, 0) + 1
        number = seen[case.title]
        out.append(replace(case, title=f"{case.title} ({number})") if number > 1 else case)
    return tuple(out)
