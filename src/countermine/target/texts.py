"""Contents of a target's files: read within bounds, never through a link, decoded as declared."""

import codecs
import errno
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from countermine.core.spans import TreePath, tree_path

MAX_FILE_BYTES = 5_000_000
"""Largest Python file that is read: the largest hand-written modules known are below 2 MB."""

MAX_BESIDE = 60

_DECLARATION = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK_OR_COMMENT = re.compile(rb"^[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|$)")

# NOFOLLOW: a file swapped for a link is not followed. NONBLOCK: nor does a fifo hold us up.
# Windows has neither and no fifos in a tree either.
_OPEN_FLAGS: int = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)

Unreadable: TypeAlias = str
"""Why a file was not read, in a few words."""


def read_head(path: str, size_bytes: int) -> bytes | Unreadable:
    """Return the first bytes of a file (fewer when it is shorter), or why not."""
    try:
        descriptor = os.open(path, _OPEN_FLAGS)
    except OSError as error:
        return _why(error)
    try:
        return os.read(descriptor, size_bytes)
    except OSError as error:
        return _why(error)
    finally:
        os.close(descriptor)


def read_file(path: str, max_bytes: int = MAX_FILE_BYTES) -> bytes | Unreadable:
    """Return the contents of a plain file, or why not; never reads more than the bound."""
    try:
        descriptor = os.open(path, _OPEN_FLAGS)
    except OSError as error:
        return _why(error)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return "not a plain file"
        if status.st_size > max_bytes:
            return too_large(status.st_size, max_bytes)
        return _read_all(descriptor, max_bytes)
    except OSError as error:
        return _why(error)
    finally:
        os.close(descriptor)


def read_texts(
    root: str | Path, paths: Iterable[TreePath], max_bytes: int = MAX_FILE_BYTES
) -> dict[TreePath, bytes]:
    """Return the contents of files of a tree, in the order asked for.

    A file that cannot be read, is larger than the bound, is no plain file, or is reached through
    a link of the tree is left out.
    """
    base = os.path.realpath(root)
    texts: dict[TreePath, bytes] = {}
    inside: dict[str, bool] = {}
    for path in paths:
        folder = path.rpartition("/")[0]
        if folder not in inside:
            joined = os.path.normpath(f"{base}/{folder}")
            inside[folder] = os.path.realpath(joined) == joined
        if not inside[folder] or ".." in path.split("/") or path.startswith("/"):
            continue
        data = read_file(f"{base}/{path}", max_bytes)
        if isinstance(data, bytes):
            texts[path] = data
    return texts


def beside(root: str | Path, path: TreePath) -> set[TreePath]:
    """Return the modules in the folder of a file of a tree, none where there are many."""
    folder = PurePosixPath(path).parent
    names = [one.name for one in (Path(root) / folder).glob("*.py")]
    return {tree_path(str(folder / name)) for name in names} if len(names) <= MAX_BESIDE else set()


def declared_encoding(data: bytes) -> str:
    """Return the encoding that a Python source declares, normalised; ``utf-8`` by default.

    Source: PEP 263 (a comment on one of the first two lines) and PEP 3120 (UTF-8 by default).
    """
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8"
    rest = data[:2048]
    for _ in range(2):
        line = _BLANK_OR_COMMENT.match(rest)
        if line is None:
            break
        declared = _DECLARATION.match(line.group())
        if declared:
            return _normalised(declared.group(1))
        rest = rest[line.end() :]
    return "utf-8"


def decode(data: bytes) -> str:
    """Return a Python source as text, by its declared encoding.

    Never fails and never loses a position silently: bytes that the encoding does not know become
    U+FFFD; a declared encoding that is unknown, or is none of text, is read as UTF-8.
    """
    body = data.removeprefix(codecs.BOM_UTF8)
    encoding = declared_encoding(data)
    try:
        codec = codecs.lookup(encoding)
        if not getattr(codec, "_is_text_encoding", False):
            return body.decode("utf-8", "replace")
        return codec.decode(body, "replace")[0]
    except (LookupError, ValueError):
        return body.decode("utf-8", "replace")


def not_python_text(data: bytes) -> Unreadable | None:
    """Say why Python itself would refuse these bytes as a source, as far as encodings go.

    ``None`` when it would not. Given the head of a file it speaks for the head.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "encoded as UTF-16, which is no Python source"
    if b"\0" in data:
        return "holds NUL bytes, which no Python source does"
    return None


def too_large(size_bytes: int, max_bytes: int) -> Unreadable:
    """Say that a file is above the bound."""
    return f"{size_bytes:,} bytes: larger than the bound of {max_bytes:,}"


def _read_all(descriptor: int, max_bytes: int) -> bytes | Unreadable:
    chunks: list[bytes] = []
    total = 0
    while chunk := os.read(descriptor, 1 << 20):
        chunks.append(chunk)
        total += len(chunk)
        if total > max_bytes:
            return too_large(total, max_bytes)
    return b"".join(chunks)


def _normalised(declared: bytes) -> str:
    name = declared.decode("ascii", "replace").lower().replace("_", "-")
    if name == "utf-8" or name.startswith("utf-8-"):
        return "utf-8"
    if name in {"latin-1", "iso-8859-1", "iso-latin-1"}:
        return "iso-8859-1"
    return name


def _why(error: OSError) -> Unreadable:
    if error.errno == errno.ELOOP:
        return "a link"
    return f"cannot be read: {(error.strerror or type(error).__name__).lower()}"
