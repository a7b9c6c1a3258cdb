"""Reads ``pyproject.toml``: the standard tables, and those of Poetry, Hatch, PDM and uv."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from countermine.target.declared import Declared, is_test_extra
from countermine.target.poetry import poetry_requirements

Table: TypeAlias = Mapping[str, object]


def read_pyproject(text: str) -> Declared:
    """Return what a ``pyproject.toml`` declares; a broken file declares nothing but a note.

    Source: the specifications "pyproject.toml" and "Dependency Groups" of packaging.python.org.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Declared(notes=(f"pyproject.toml cannot be read: {error}",))
    project, tool = table(tables, "project"), table(tables, "tool")
    poetry = table(tool, "poetry")
    dynamic = strings(project, "dynamic")
    requires: tuple[str, ...] | None = None
    if project and "dependencies" not in dynamic:
        requires = strings(project, "dependencies")
    tests = [
        requirement
        for extra, listed in sorted(table(project, "optional-dependencies").items())
        if is_test_extra(extra)
        for requirement in strings_of(listed)
    ]
    tests += _groups(table(tables, "dependency-groups"))
    tests += _tool_requirements(tool)
    declared = Declared(
        name=string(project, "name"),
        version=string(project, "version"),
        requires_python=string(project, "requires-python"),
        requires=requires,
        test_requires=tuple(tests),
        build_requires=_build_requires(tables),
    )
    return declared.over(_read_poetry(poetry)) if poetry else declared


def _build_requires(tables: Table) -> tuple[str, ...] | None:
    system = table(tables, "build-system")
    return strings(system, "requires") if "requires" in system else None


def _read_poetry(poetry: Table) -> Declared:
    main = poetry_requirements(table(poetry, "dependencies"))
    tests = poetry_requirements(table(poetry, "dev-dependencies"))
    for name, group in sorted(table(poetry, "group").items()):
        if is_test_extra(name) and isinstance(group, Mapping):
            tests += poetry_requirements(table(group, "dependencies"))
    optional = {name for name, value in table(poetry, "dependencies").items() if _optional(value)}
    for extra, names in sorted(table(poetry, "extras").items()):
        if is_test_extra(extra):
            wanted = {name for name in strings_of(names) if name in optional}
            tests += poetry_requirements(
                {name: table(poetry, "dependencies")[name] for name in sorted(wanted)},
                optional=True,
            )
    return Declared(
        name=string(poetry, "name"),
        version=string(poetry, "version"),
        requires_python=main.python,
        requires=main.requirements,
        test_requires=tests.requirements,
        notes=(*main.notes, *tests.notes),
    )


def _optional(value: object) -> bool:
    return isinstance(value, Mapping) and bool(value.get("optional"))


def _groups(groups: Table) -> list[str]:
    seen: set[str] = set()
    return [
        requirement
        for name in sorted(groups)
        if is_test_extra(name)
        for requirement in _group(groups, name, seen)
    ]


def _group(groups: Table, name: str, seen: set[str]) -> Iterator[str]:
    """Yield the requirements of a group and of those it includes, each group once."""
    listed = groups.get(name)
    if not isinstance(listed, list) or name in seen:
        return
    seen.add(name)
    for item in listed:
        if isinstance(item, str):
            yield item
        elif isinstance(item, Mapping) and isinstance(item.get("include-group"), str):
            yield from _group(groups, item["include-group"], seen)


def _tool_requirements(tool: Table) -> list[str]:
    found = list(strings(table(tool, "uv"), "dev-dependencies"))
    for name, listed in sorted(table(table(tool, "pdm"), "dev-dependencies").items()):
        if is_test_extra(name):
            found += strings_of(listed)
    for name, environment in sorted(table(table(tool, "hatch"), "envs").items()):
        if isinstance(environment, Mapping) and (is_test_extra(name) or name == "default"):
            found += strings(environment, "dependencies")
            found += strings(environment, "extra-dependencies")
    return found


def table(holder: Table, name: str) -> Table:
    """Return a table of a TOML table; an empty one where there is none."""
    found = holder.get(name)
    return found if isinstance(found, Mapping) else {}


def string(holder: Table, name: str) -> str | None:
    """Return a text of a TOML table."""
    found = holder.get(name)
    return found if isinstance(found, str) else None


def strings(holder: Table, name: str) -> tuple[str, ...]:
    """Return a list of texts of a TOML table; what is no text is left out."""
    return strings_of(holder.get(name))


def strings_of(value: object) -> tuple[str, ...]:
    """Return the texts of a list; what is none has none."""
    if not isinstance(value, list):
        return ()
    return tuple(item for item in value if isinstance(item, str))
