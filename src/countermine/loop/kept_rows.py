"""Rows that models gave, kept in the state folder: one file for each version of a library.

The files are TOML that a user can read, change, and copy into the ``[catalogue]`` of a
configuration.
"""

import json
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from countermine.catalogue.loader import parse_rows
from countermine.core.errors import BadUsageError, EnvironmentLacksError
from countermine.find.specify.specify import LearntLibrary

FOLDER = "rows"
MAX_BYTES = 1 << 20
_TABLES = frozenset({"source", "sink", "propagator", "type"})
"""What can be kept: nothing that could say that something is harmless."""
_PLAIN = re.compile(r"[^A-Za-z0-9._+-]")


def read_kept(state: Path) -> tuple[LearntLibrary, ...]:
    """Return what models said in earlier runs, by library and version.

    Raises:
        BadUsageError: If a file is not what it should be; says which.
    """
    folder = state / FOLDER
    if not folder.is_dir():
        return ()
    return tuple(_read(path) for path in sorted(folder.glob("*.toml")))


def keep_rows(state: Path, learnt: Sequence[LearntLibrary]) -> tuple[Path, ...]:
    """Write down what models said of libraries, and return the files.

    Raises:
        EnvironmentLacksError: If the state folder cannot be written.
    """
    files: list[Path] = []
    for one in learnt:
        if not one.version:
            continue
        path = state / FOLDER / f"{_plain(one.library)}-{_plain(one.version)}.toml"
        draft = path.with_suffix(".draft")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(as_toml(one))
            draft.replace(path)
        except OSError as error:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            message = f"cannot write {str(path)!r}: {error.strerror}"
            raise EnvironmentLacksError(message) from error
        files.append(path)
    return tuple(files)


def as_toml(one: LearntLibrary) -> str:
    """Return what a model said of a library as the text of its file."""
    head = (
        f"# What {one.model} says of {one.library} {_plain(one.version)}.\n"
        "# Every name and argument is in the library's code; whether they do what is said nobody\n"
        "# checked. To use the rows always, copy the tables into countermine.toml.\n\n[kept]\n"
    )
    facts = {"library": one.library, "version": one.version, "model": one.model}
    parts = [head + "".join(f"{key} = {_text(value)}\n" for key, value in facts.items())]
    for table, rows in one.rows.items():
        for row in rows if isinstance(rows, list) else ():
            lines = "".join(f"{key} = {_value(value)}\n" for key, value in row.items())
            parts.append(f"[[catalogue.{table}]]\n{lines}")
    return "\n".join(parts)


def _read(path: Path) -> LearntLibrary:
    try:
        with path.open("rb") as file:
            document = tomllib.loads(file.read(MAX_BYTES).decode())
        kept, rows = document["kept"], document.get("catalogue", {})
        names = {key: kept[key] for key in ("library", "version", "model")}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        message = f"{path} is no file of kept rows ({error}); remove it"
        raise BadUsageError(message) from error
    if not isinstance(rows, dict) or not rows.keys() <= _TABLES:
        message = f"{path} holds rows that no model may give; only {', '.join(sorted(_TABLES))}"
        raise BadUsageError(message)
    parse_rows(rows, str(path))
    return LearntLibrary(**{key: str(value) for key, value in names.items()}, rows=rows)


def _plain(text: str) -> str:
    return _PLAIN.sub("_", text)[:80]


def _text(text: str) -> str:
    """Return a text as TOML writes it; what is no ASCII is asked for nowhere here."""
    return json.dumps(text.encode("ascii", "replace").decode())


def _value(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        message = "a row of a model holds no tables"
        raise TypeError(message)
    return str(value) if isinstance(value, int) else _text(str(value))
