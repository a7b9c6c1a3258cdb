"""The rows that come with the program: how many, and that each stands where it belongs."""

import builtins
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from countermine import catalogue
from countermine.catalogue.loader import load

FILES = sorted(Path(catalogue.__file__ or "").parent.glob("python/*.toml"))
NAME = re.compile(r"(\*\w*|[A-Za-z_]\w*)(\.[A-Za-z_]\w*)*(\[\]|\.\*)?")
NAMING_KEYS = ("name", "decorator", "base", "registrar")
OLD_BUILTINS = frozenset({"execfile", "file", "long", "raw_input"})
"""Builtins of Python 2."""
LEAST_ROWS = 500
LEAST_LIBRARIES = 120


def names_in(file: Path) -> Iterator[str]:
    """Yield every name that the rows of a file are about."""
    document = tomllib.loads(file.read_text(encoding="utf-8"))
    for table in document.values():
        for row in table if isinstance(table, list) else ():
            for key in NAMING_KEYS:
                value = row.get(key, [])
                yield from [value] if isinstance(value, str) else value


def libraries_of(file: Path) -> list[str]:
    """Return the import names that the head of a file lists."""
    head = tomllib.loads(file.read_text(encoding="utf-8"))["library"]
    return [name.strip() for name in head.split(",")]


def is_builtin(name: str) -> bool:
    """Tell whether a name, or the class it is a method of, needs no import."""
    first = name.partition(".")[0]
    return hasattr(builtins, first) or name in OLD_BUILTINS


def test_dangerous_calls_of_many_libraries_are_known() -> None:
    rows = load().rows.sinks
    calls = {(name, row.kind) for row in rows for name in row.names}
    libraries = {name.partition(".")[0] for name, _ in calls if "." in name and name[0] != "*"}
    assert len(calls) >= LEAST_ROWS
    assert len(libraries) >= LEAST_LIBRARIES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_name_is_dotted_and_belongs_to_the_library_of_its_file(file: Path) -> None:
    libraries = libraries_of(file)
    assert all(NAME.fullmatch(name) for name in [*names_in(file), *libraries])
    strangers = {
        name
        for name in names_in(file)
        if name[0] != "*"
        and not any(name == home or name.startswith(f"{home}.") for home in libraries)
        and not ("builtins" in libraries and is_builtin(name))
    }
    assert strangers == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_file_says_where_its_library_is_documented(file: Path) -> None:
    document = tomllib.loads(file.read_text(encoding="utf-8"))
    assert document["language"] == "python"
    assert re.fullmatch(r"https?://\S+", document["documentation"])


def test_no_row_says_what_another_says_already() -> None:
    counted = Counter(
        (name, row.kind, row.part, row.requires, row.arguments, repr(row.when), row.receivers)
        for row in load().rows.sinks
        for name in row.names
    )
    assert [key[:2] for key, number in counted.items() if number > 1] == []
