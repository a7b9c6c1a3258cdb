"""Patches as unified diffs, byte for byte: what ``git apply`` and ``patch -p1`` take.

Source: the patch format as ``git help diff`` describes it (extended headers, quoted names).
"""

import difflib
from collections.abc import Mapping

from countermine.core.patches import Patch, apply
from countermine.core.spans import TreePath

CONTEXT_LINES = 3

_PRINTABLE = range(0x20, 0x7F)
_NO_END = b"\\ No newline at end of file\n"


def unified_diff(patch: Patch, texts: Mapping[TreePath, bytes]) -> bytes:
    """Return a patch as a unified diff, files in path order.

    Args:
        patch: What to write.
        texts: Content of at least every edited file.

    Raises:
        EditConflictError: If the patch does not apply to the texts.
    """
    patched = apply(patch, texts)
    new = {item.path for item in patch.new_files}
    return b"".join(
        file_diff(path, None if path in new else texts[path], patched[path]) for path in patch.paths
    )


def file_diff(path: TreePath, before: bytes | None, after: bytes) -> bytes:
    """Return the diff of one file; ``before`` is ``None`` for a new one. Empty if they agree."""
    old, new = quoted(f"a/{path}"), quoted(f"b/{path}")
    head = b"diff --git " + old + b" " + new + b"\n"
    if before is None:
        head += b"new file mode 100644\n"
        if not after:
            return head
        names = b"--- /dev/null\n+++ " + new + b"\n"
    elif before == after:
        return b""
    else:
        names = b"--- " + old + b"\n+++ " + new + b"\n"
    return head + names + b"".join(_hunks(before or b"", after))


def _hunks(before: bytes, after: bytes) -> list[bytes]:
    # Latin-1 maps each byte to one character and back, so that any content can be compared.
    old = [line.decode("latin-1") for line in _lines(before)]
    new = [line.decode("latin-1") for line in _lines(after)]
    out: list[bytes] = []
    for line in list(difflib.unified_diff(old, new, n=CONTEXT_LINES))[2:]:
        raw = line.encode("latin-1")
        out.append(raw if raw.endswith(b"\n") else raw + b"\n" + _NO_END)
    return out


def _lines(content: bytes) -> list[bytes]:
    """Split at LF alone: git counts neither CR nor anything else as the end of a line."""
    parts = content.split(b"\n")
    lines = [part + b"\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines


def quoted(path: str) -> bytes:
    """Return a name as git writes it in a diff: in quotes where it holds what is not plain."""
    raw = path.encode("utf-8", "surrogateescape")
    plain = all(byte in _PRINTABLE and byte not in b'"\\' for byte in raw)
    if plain:
        # A blank ends a name for patch(1) unless a tab follows; quotes serve both programs.
        return b'"' + raw + b'"' if b" " in raw else raw
    named = {0x07: b"\\a", 0x08: b"\\b", 0x09: b"\\t", 0x0A: b"\\n", 0x0B: b"\\v", 0x0C: b"\\f"}
    named |= {0x0D: b"\\r", 0x22: b'\\"', 0x5C: b"\\\\"}
    out = bytearray(b'"')
    for byte in raw:
        if byte in named:
            out += named[byte]
        elif byte in _PRINTABLE:
            out.append(byte)
        else:
            out += b"\\%03o" % byte
    return bytes(out + b'"')
