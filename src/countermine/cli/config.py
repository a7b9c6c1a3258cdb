"""Reads ``countermine.toml``, or ``[tool.countermine]`` of ``pyproject.toml``."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, get_args, get_origin, get_type_hints

from countermine.cli.settings import Settings
from countermine.core.errors import BadUsageError
from countermine.core.levels import SourceLevel
from countermine.models.options import ModelSettings

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

CONFIG_NAME = "countermine.toml"

MAX_CONFIG_BYTES = 1 << 20
"""A configuration is written by hand; the file stands in a tree that may be hostile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Settings, and where they come from."""

    settings: Settings
    origin: Path | None
    """The file; ``None`` for the defaults."""
    models_origin: Path | None = None
    """The file that the models are from; ``None`` where none is configured."""
    notes: tuple[str, ...] = ()
    """What a user must know of files that were not used."""


def find_configuration(
    folder: Path | None, explicit: Path | None, user: Path | None = None
) -> Configuration:
    """Return the settings that hold for a target.

    Args:
        folder: The user's own directory that is the target; ``None`` for a fetched target,
            whose files are not the user's word.
        explicit: The file given by ``--config``, which wins.
        user: The user's own file, which need not be there: language models are taken from it,
            unless the explicit file has some, and nothing else.

    Raises:
        BadUsageError: If a file is not readable, not TOML, or says what is not known.
    """
    if explicit is not None:
        settings = _read(explicit)
        found = Configuration(settings=settings, origin=explicit)
        if settings.models.roster:
            return replace(found, models_origin=explicit)
    else:
        found = _of_target(folder)
    if user is None or not _is_there(user):
        return found
    return _with_models(found, user)


def _of_target(folder: Path | None) -> Configuration:
    if folder is None:
        return Configuration(settings=Settings(), origin=None)
    own, project = folder / CONFIG_NAME, folder / "pyproject.toml"
    table, notes = _own_table(project) if _is_there(project) else (None, ())
    if _is_there(own):
        if table is not None:
            notes = (f"{own} is used; [tool.countermine] of {project} is not",)
        told, more = _without_models(_table(own), own, "")
        settings = _settings(told, own, "")
        return Configuration(settings=settings, origin=own, notes=(*notes, *more))
    if table is not None:
        told, more = _without_models(table, project, "tool.countermine.")
        settings = _settings(told, project, "tool.countermine.")
        return Configuration(settings=settings, origin=project, notes=more)
    return Configuration(settings=Settings(), origin=None, notes=notes)


def _without_models(table: object, path: Path, prefix: str) -> tuple[object, tuple[str, ...]]:
    """Return a target's table without its models, and a note if it has some.

    Whoever wrote the target must not choose where code is sent, nor with whose key.
    """
    if not isinstance(table, dict) or "models" not in table:
        return table, ()
    note = (
        f"[{prefix}models] of {path} is not used: models are taken from your own file, "
        "or from one that --config names"
    )
    return {key: value for key, value in table.items() if key != "models"}, (note,)


def models_of(path: Path) -> ModelSettings:
    """Return the models that a file names, as a run that is carried on needs them again.

    Raises:
        BadUsageError: If it is not there any more, or names none.
    """
    table = _table(path)
    if path.name == "pyproject.toml":
        tools = table.get("tool")
        own = tools.get("countermine") if isinstance(tools, dict) else None
        table = own if isinstance(own, dict) else {}
    if "models" not in table:
        message = f"{path} names no models any more; put [models] back, or use --no-models"
        raise BadUsageError(message)
    return _settings({"models": table["models"]}, path, "").models


def _with_models(found: Configuration, user: Path) -> Configuration:
    table = _table(user)
    others = ", ".join(f"[{key}]" for key in table if key != "models")
    if others:
        note = f"only [models] of {user} is used; {others} belongs into the target's file"
        found = replace(found, notes=(*found.notes, note))
    if "models" not in table:
        return found
    models = _settings({"models": table["models"]}, user, "").models
    return replace(found, settings=replace(found.settings, models=models), models_origin=user)


def _own_table(project: Path) -> tuple[object | None, tuple[str, ...]]:
    """Return our table of the target's ``pyproject.toml``, or ``None`` and what is wrong with it.

    The file is not written for us: the search goes on without it.
    """
    try:
        tools = _table(project).get("tool")
    except BadUsageError as error:
        return None, (f"{error}; settings in it are not used",)
    return (tools.get("countermine") if isinstance(tools, dict) else None), ()


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except PermissionError:
        # The folder itself is shut: whoever opens it next says so.
        return False


def _read(path: Path) -> Settings:
    if path.name == "pyproject.toml":
        table = _table(path).get("tool")
        own = table.get("countermine") if isinstance(table, dict) else None
        if own is None:
            message = f"{path} has no table [tool.countermine]"
            raise BadUsageError(message)
        return _settings(own, path, "tool.countermine.")
    return _settings(_table(path), path, "")


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_CONFIG_BYTES + 1)
    except OSError as error:
        message = f"cannot read the configuration {str(path)!r}: {error.strerror}"
        raise BadUsageError(message) from error
    if len(content) > MAX_CONFIG_BYTES:
        message = f"{path} is longer than {MAX_CONFIG_BYTES} bytes, which no configuration is"
        raise BadUsageError(message)
    return content


def _table(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(_bytes(path).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"{path} is not valid TOML: {error}"
        raise BadUsageError(message) from error


def _settings(table: object, path: Path, prefix: str) -> Settings:
    # pydantic costs a tenth of a second and is needed only where there is a file to check.
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415

    try:
        settings = TypeAdapter(Settings).validate_python(table, strict=False)
    except ValidationError as error:
        message = f"{path}: {_explain(error.errors(), prefix)}"
        raise BadUsageError(message) from error
    wrong = _refused(settings)
    if wrong is not None:
        message = f"{path}: {prefix}{wrong}"
        raise BadUsageError(message)
    return settings


def _refused(settings: Settings) -> str | None:
    """Return what is of the right form and cannot be meant; the command line refuses the like."""
    if not settings.find.levels:
        known = ", ".join(SourceLevel)
        return (
            f"find.levels is empty, so that nothing counts; name some of {known}, or leave it out"
        )
    for key, value in asdict(settings.budget).items():
        if value < 1:
            return f"budget.{key} must be at least 1 (it is {value})"
    for entry in settings.suppress:
        if not entry.reason.strip():
            return f"suppress for {entry.id!r} needs a reason"
    if settings.models == ModelSettings():
        return None
    from countermine.cli.model_faults import refused_models  # noqa: PLC0415 - not without models

    return refused_models(settings.models)


def _explain(errors: Iterable["ErrorDetails"], prefix: str) -> str:
    first = next(iter(errors))
    loc = tuple(part for part in first["loc"] if part != "[key]")
    where = ".".join(str(part) for part in loc)
    *table, key = loc or ("",)
    if first["type"].startswith("missing"):
        return f"{prefix}{'.'.join(map(str, table))}: {str(key)!r} is missing"
    if first["type"] != "unexpected_keyword_argument":
        return f"{prefix}{where}: {_expected(first)} (it is {first['input']!r:.60})"
    known = _keys([part for part in table if isinstance(part, str)])
    near = get_close_matches(str(key), known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
    return f"unknown key {prefix}{where}; {hint}"


def _expected(error: "ErrorDetails") -> str:
    """Return what would have been right, in the words of who writes the file."""
    kind, given = error["type"], error["input"]
    if kind == "string_type":
        plain = isinstance(given, int | float | date) and not isinstance(given, bool)
        return "put it in quotes" if plain else "must be a text in quotes"
    if kind == "tuple_type":
        tables = error["loc"] == ("suppress",)
        return "must be tables, each begun by [[suppress]]" if tables else "must be a list of texts"
    for beginning, words in _WORDS.items():
        if kind.startswith(beginning):
            return words
    expected = error.get("ctx", {}).get("expected")
    return f"must be {expected}" if expected else error["msg"]


_WORDS = {
    "int_": "must be a whole number",
    "float_": "must be a number",
    "bool_": "must be true or false",
    "date_": "must be a date such as 2027-01-31",
    "dataclass_": "must be a table",
    "mapping_": "must be a table",
    "dict_": "must be a table",
}
"""What is expected, by how pydantic's names of errors begin."""


def _keys(table: list[str]) -> list[str]:
    """Return the keys of a table of the settings, which is named by the keys that lead to it."""
    holder: type = Settings
    names = iter(table)
    for name in names:
        hint = get_type_hints(holder)[name]
        if get_origin(hint) is Mapping:
            # The next name is one of the user's choice.
            next(names, None)
        inner = [part for part in (hint, *get_args(hint)) if is_dataclass(part)]
        if not inner or not isinstance(inner[0], type):
            return []
        holder = inner[0]
    return [item.name for item in fields(holder)]


def schema() -> Mapping[str, object]:
    """Return the JSON schema of ``countermine.toml``."""
    from pydantic import TypeAdapter  # noqa: PLC0415

    document = TypeAdapter(Settings).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **document}
