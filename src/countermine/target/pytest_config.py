"""What a tree's pytest configuration says: where tests are, and which plugins it counts on."""

import configparser
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from countermine.target.project import read_text
from countermine.target.pyproject import table
from countermine.target.requirements import logical_lines

_PLUGIN_OF_OPTION = {
    "--asyncio-mode": "pytest-asyncio",
    "--cov": "pytest-cov",
    "--numprocesses": "pytest-xdist",
    "--dist": "pytest-xdist",
    "-n": "pytest-xdist",
    "--timeout": "pytest-timeout",
}
"""pytest refuses to start with an option that no plugin knows."""

_PLUGIN_OF_KEY = {
    "asyncio_mode": "pytest-asyncio",
    "mock_use_standalone_module": "pytest-mock",
    "timeout": "pytest-timeout",
    "DJANGO_SETTINGS_MODULE": "pytest-django",
    "env": "pytest-env",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PytestConfig:
    """The configuration that pytest would use."""

    present: bool
    paths: tuple[str, ...] = ()
    """``testpaths``."""
    django: bool = False
    """Whether it names Django's settings."""
    plugins: tuple[str, ...] = ()
    """Requirements: those of ``required_plugins``, and owners of the options it sets."""


def read_pytest_config(root: Path) -> PytestConfig:
    """Read pytest's configuration where pytest would.

    Source: https://docs.pytest.org/en/stable/reference/customize.html
    """
    for name in ("pytest.ini", ".pytest.ini"):
        text = read_text(root, name)
        if text is not None:
            return _from_ini(text, "pytest") or PytestConfig(present=True)
    text = read_text(root, "pyproject.toml")
    found = _from_toml(text) if text is not None else None
    if found:
        return found
    for name, section in (("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
        text = read_text(root, name)
        found = _from_ini(text, section) if text is not None else None
        if found:
            return found
    return PytestConfig(present=False)


def _from_ini(text: str, section: str) -> PytestConfig | None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    if not parser.has_section(section):
        return None
    values = {key: logical_lines(value) for key, value in parser.items(section)}
    return _config(values)


def _from_toml(text: str) -> PytestConfig | None:
    try:
        tool = table(tomllib.loads(text), "tool")
    except tomllib.TOMLDecodeError:
        return None
    if "pytest" not in tool:
        return None
    options = table(table(tool, "pytest"), "ini_options") or table(tool, "pytest")
    return _config({key: _lines(value) for key, value in options.items()})


def _lines(value: object) -> list[str]:
    if isinstance(value, list):
        return [item for item in value if isinstance(item, str)]
    return logical_lines(value) if isinstance(value, str) else []


def _config(values: Mapping[str, list[str]]) -> PytestConfig:
    plugins = [_PLUGIN_OF_KEY[key] for key in values if key in _PLUGIN_OF_KEY]
    for word in _words(values.get("addopts", [])):
        option = word.partition("=")[0]
        option = "-n" if option.startswith("-n") else option
        option = "--cov" if option.startswith("--cov-") else option
        if option in _PLUGIN_OF_OPTION:
            plugins.append(_PLUGIN_OF_OPTION[option])
    required = [one for line in values.get("required_plugins", []) for one in line.split()]
    return PytestConfig(
        present=True,
        paths=tuple(word for line in values.get("testpaths", []) for word in line.split()),
        django="DJANGO_SETTINGS_MODULE" in values,
        plugins=tuple(dict.fromkeys((*required, *sorted(plugins)))),
    )


def _words(lines: list[str]) -> list[str]:
    try:
        return [word for line in lines for word in shlex.split(line)]
    except ValueError:
        return []
