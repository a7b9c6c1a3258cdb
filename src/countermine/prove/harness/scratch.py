"""The scratch folder of a stimulus: what is put there, and what is found there afterwards.

Everything here runs in the parent, which has loaded nothing of the target.
"""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
from typing import TYPE_CHECKING

from countermine.prove.harness.inputs import BENIGN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from countermine.prove.harness.channel import Record

SECRET = "outside/secret.txt"  # noqa: S105 - a file that an attack must not reach
CONTENT = "countermine control\n"
_UNUSUAL = {
    f"{BENIGN}-long": CONTENT.encode() * 1000,
    f"{BENIGN}-bytes": CONTENT.encode() + b"\xff\xe9\x00\r\n  ",
}
"""What files hold whose name begins so: more than is read at once, and what is no text."""
OWN = ("tmp", "home", "output")
"""Folders that programs write to by habit: what appears there is no effect."""

_CONTENTS = {
    ".json": "{}\n",
    ".yaml": "{}\n",
    ".yml": "{}\n",
    ".toml": "",
    ".ini": "[main]\n",
    ".cfg": "[main]\n",
    ".xml": "<root/>\n",
    ".html": "<p>countermine control</p>\n",
    ".csv": "a,b\n1,2\n",
    ".py": "",
}
_PICKLES = (".pkl", ".pickle", ".dat", ".p")
_EMPTY_PICKLE = b"\x80\x02}q\x00."
_LONG_AGO = (0, 1)


def prepare(base: str, files: Iterable[tuple[str, str]], canary: str) -> None:
    """Make the scratch folder anew.

    Args:
        base: Where it is to be.
        files: Names below it, which may hold ``{canary}``, and contents in base64.
        canary: Word of the drive.
    """
    shutil.rmtree(base, ignore_errors=True)
    for folder in (*OWN, "outside", "data"):
        os.makedirs(f"{base}/{folder}")  # noqa: PTH103 - pathlib is not loaded here
    _write(f"{base}/data/{BENIGN}.txt", CONTENT.encode())
    _write(f"{base}/{SECRET}", f"{canary}-secret\n".encode())
    for name, content in files:
        path = os.path.normpath(f"{base}/{name.replace('{canary}', canary)}")
        if path.startswith(base + "/"):
            _write(path, base64.b64decode(content))
    # A file that was never read since it was written has an older time of access than of change.
    os.utime(f"{base}/{SECRET}", _LONG_AGO)


def _write(path: str, content: bytes) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - likewise
    with open(path, "wb") as file:  # noqa: PTH123 - likewise
        file.write(content)


def learned(records: Iterable[Record], base: str, root: str, canary: str) -> list[str]:
    """Return the files that the target looked for in vain, and that it may have.

    A control for ``read the file of that name`` works only if there is one; where the target
    looks for it is known once it has looked.
    """
    wanted = set()
    for record in records:
        path = record.detail.get("real", "")
        name = os.path.basename(path)  # noqa: PTH119 - likewise
        if (
            record.name in {"open", "stat"}
            and record.detail.get("missing") == "1"
            and record.detail.get("mode") == "read"
            and (canary in name or BENIGN in name)
            and path.startswith((root, base + "/"))
        ):
            wanted.add(path)
    return sorted(wanted)


OTHER_CONTENTS = (
    ("an empty pickle", _EMPTY_PICKLE),
    ("an empty JSON object", b"{}\n"),
    ("a number", b"1\n"),
    ("a digest", b"da39a3ee5e6b4b0d3255bfef95601890afd80709\n"),
)
"""What a file may hold that a program wrote for itself, where plain text is not what it reads."""


def provide(
    paths: Iterable[str],
    folders: Iterable[str],
    contents: Mapping[str, bytes],
    held: bytes | None = None,
) -> None:
    """Make folders, and files that were looked for, with a content that suits them.

    Args:
        paths: Files to make.
        folders: Folders to make.
        contents: Files that the stimulus brings: where the target puts an ending behind their
            name, the content is meant for the file with that ending.
        held: What files hold instead of a content that suits their name.
    """
    for folder in folders:
        with contextlib.suppress(OSError):
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - likewise
    for path in paths:
        suffix = os.path.splitext(path)[1].lower()  # noqa: PTH122 - likewise
        content = _EMPTY_PICKLE if suffix in _PICKLES else _CONTENTS.get(suffix, CONTENT).encode()
        name = os.path.basename(path)  # noqa: PTH119 - likewise
        unusual = next((data for first, data in _UNUSUAL.items() if name.startswith(first)), None)
        if unusual is not None and content == CONTENT.encode():
            content = unusual
        content = content if held is None else held
        meant = [data for given, data in contents.items() if path.startswith(given)]
        try:
            _write(path, meant[0] if meant else content)
        except OSError:
            continue  # a parent that is a file: the target did not find it and will not


def listing(folder: str) -> dict[str, tuple[int, int, int]]:
    """Return size, time of change and mode of everything below a folder, by relative path."""
    found: dict[str, tuple[int, int, int]] = {}
    for parent, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = f"{parent}/{name}"
            try:
                facts = os.lstat(path)
            except OSError:
                continue
            is_folder = name in folders
            size = 0 if is_folder else facts.st_size
            changed = 0 if is_folder else facts.st_mtime_ns
            found[path[len(folder.rstrip("/")) + 1 :]] = (size, changed, facts.st_mode)
    return found


def remove(path: str) -> None:
    """Remove a file, a link or a folder, if it is there."""
    if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114 - likewise
        shutil.rmtree(path, ignore_errors=True)
    elif os.path.lexists(path):
        os.remove(path)  # noqa: PTH107 - likewise


def clear_beside(base: str) -> list[str]:
    """Remove what was made in the folder that holds the scratch folder and nothing else."""
    folder = os.path.dirname(base)  # noqa: PTH120 - likewise
    names = sorted(os.listdir(folder))  # noqa: PTH208 - likewise
    paths = [f"{folder}/{name}" for name in names if f"{folder}/{name}" != base]
    for path in paths:
        remove(path)
    return paths


def was_read(base: str) -> bool:
    """Tell whether the file outside was read, as far as the file system keeps such times."""
    try:
        facts = os.lstat(f"{base}/{SECRET}")
    except OSError:
        return False
    return facts.st_atime_ns > facts.st_mtime_ns


def keeps_access_times(base: str) -> bool:
    """Tell whether reading a file shows in its time of access here."""
    prepare(base, (), "probe")
    with open(f"{base}/{SECRET}", "rb") as file:  # noqa: PTH123 - likewise
        file.read()
    return was_read(base)
