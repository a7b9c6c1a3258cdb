"""Drives commands of click and typer with words, by their own parser."""

# ruff: noqa: ANN401 - commands of a target have any type

from __future__ import annotations

import contextlib
import importlib
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from countermine.prove.harness import loading
from countermine.prove.harness.inputs import BENIGN
from countermine.prove.harness.results import described

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from countermine.prove.harness.inputs import Scene, Value
    from countermine.prove.harness.loading import EntryJob

MAX_DEPTH = 4
"""Groups inside groups."""


class Command(NamedTuple):
    """A command, and the groups that lead to it."""

    chain: tuple[tuple[str, Any], ...]
    """The outermost first, each with the name that it is called by."""
    holder: str
    """Name of the outermost in its module."""
    is_typer: bool = False


def find(module: ModuleType, entry: EntryJob, found: object) -> Command | None:
    """Return the command of an entry point as a user would call it, ``None`` for no command."""
    for name, one in sorted(vars(module).items()):
        made = _as_command(one)
        for chain in _commands(made, name, MAX_DEPTH) if made is not None else ():
            command = chain[-1][1]
            same = command is found or loading.is_entry(command.callback, entry)
            if same and (len(chain) > 1 or not _is_held(module, command)):
                return Command(tuple(chain), name, made is not one)
    return None


def _is_held(module: ModuleType, command: Any) -> bool:
    """Tell whether a group of the module holds a command: then it is called through that."""
    groups = [_as_command(one) for _, one in sorted(vars(module).items())]
    return any(
        command is chain[-1][1] and len(chain) > 1
        for group in groups
        if group is not None
        for chain in _commands(group, "", MAX_DEPTH)
    )


def _as_command(one: Any) -> Any:
    if type(one).__module__.split(".")[0] == "typer" and hasattr(one, "registered_commands"):
        with contextlib.suppress(Exception):  # an application without commands
            return importlib.import_module("typer.main").get_command(one)
        return None
    return one if _is_command(one) else None


def _is_command(one: Any) -> bool:
    names = {base.__module__.split(".")[0] for base in type(one).__mro__}
    return bool(names & {"click", "typer", "asyncclick"}) and hasattr(one, "callback")


def _commands(command: Any, name: str, depth: int) -> Iterator[list[tuple[str, Any]]]:
    if not hasattr(command, "params"):
        return
    yield [(name, command)]
    if depth:
        for inner, one in sorted((getattr(command, "commands", None) or {}).items()):
            for chain in _commands(one, inner, depth - 1):
                yield [(name, command), *chain]


def words(command: Command, scene: Scene) -> list[str]:
    """Return the words of a command line that carries the values."""
    left = [*scene.of("argv", "parameter"), *scene.of("file-content")]
    found: list[str] = []
    for place, (name, one) in enumerate(command.chain):
        last = place == len(command.chain) - 1
        found += [name] if place else []
        found += _words(one.params, left if last else [], scene)
    return found


def _words(params: list[Any], values: list[Value], scene: Scene) -> list[str]:
    options: list[str] = []
    places: list[str] = []
    for param in params:
        value = next((one for one in values if _names(param, one.key)), None)
        is_place = type(param).__name__.endswith("Argument")
        if value is None and values and values[0].key is None and is_place and not places:
            value = values[0]
        if value is None and not param.required:
            continue
        text = _benign(param, scene) if value is None else _text(param, value, scene)
        count = param.nargs if isinstance(param.nargs, int) and param.nargs > 1 else 1
        if is_place:
            places += [text] * count
        elif getattr(param, "is_flag", False):
            options.append(param.opts[-1])
        elif count > 1:
            options += [param.opts[-1], *[text] * count]
        else:
            option = param.opts[-1]
            options += [f"{option}={text}"] if option.startswith("--") else [option, text]
    # What begins with a dash would be an option otherwise.
    return [*options, *(["--"] if any(one.startswith("-") for one in places) else []), *places]


def _names(param: Any, key: str | None) -> bool:
    if key is None:
        return False
    return key in param.opts or key.lstrip("-").replace("-", "_") == param.name


def _text(param: Any, value: Value, scene: Scene) -> str:
    opened = "File" in type(_type(param)).__name__
    return scene.file(value) if opened or value.channel == "file-content" else value.text


def _type(param: Any) -> Any:
    return getattr(param, "type", None) or getattr(param, "param_type", None)


def _benign(param: Any, scene: Scene) -> str:
    wanted = _type(param)
    kind = type(wanted).__name__
    choices = getattr(wanted, "choices", None)
    if choices:
        first = next(iter(choices))
        return str(getattr(first, "value", first))
    if "Int" in kind or "Float" in kind:
        return "1"
    if "Bool" in kind:
        return "false"
    if "Path" in kind and not getattr(wanted, "file_okay", True):
        return f"{scene.base}/data"
    if "File" in kind or "Path" in kind:
        path = f"{scene.base}/data/{BENIGN}.txt"
        with open(path, "ab"):  # noqa: PTH123 - without pathlib
            return path
    return BENIGN


def run(command: Command, scene: Scene) -> str:
    """Run a command as its own program would, and return what it gave back.

    What the parser refuses is raised: a value that it does not let through does no harm.
    """
    asked = words(command, scene)
    sys.argv = [sys.argv[0], *asked]
    outermost = command.chain[0][1]
    return described(outermost.main(args=asked, prog_name=BENIGN, standalone_mode=False))
