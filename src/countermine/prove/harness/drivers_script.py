"""Drives a module as a program, and console functions that read arguments."""

# ruff: noqa: ANN401 - parsers of a target have any type

from __future__ import annotations

import importlib
import inspect
import io
import os
import runpy
import sys
from typing import TYPE_CHECKING, Any

from countermine.prove.harness import arguments, drivers_click, drivers_function, loading
from countermine.prove.harness.inputs import BENIGN
from countermine.prove.harness.results import MAX_TEXT, described

if TYPE_CHECKING:
    from countermine.prove.harness.inputs import Scene, Value
    from countermine.prove.harness.loading import EntryJob
    from countermine.prove.harness.observer import Observer

MAX_PLACES = 8
"""Most leading words that are put before one that is read by its place in ``sys.argv``."""


def load(_entry: EntryJob, _scene: Scene) -> None:
    """Load nothing: running the module is what is driven."""


def drive(_loaded: None, entry: EntryJob, scene: Scene, observer: Observer) -> str:
    """Run the module or call its function, and return how it ended."""
    _prepare(scene)
    sys.argv = [entry.file, *_plain_arguments(scene)]
    fill_parsers(scene)
    try:
        if entry.qualname == "<module>":
            sys.path.insert(0, os.path.dirname(entry.file))  # noqa: PTH120 - without pathlib
            runpy.run_path(entry.file, run_name="__main__")
            return f"exit 0\n{_said(scene)}"
        return f"{_function(entry, scene)}\n{_said(scene)}"
    except SystemExit as leaving:
        return f"exit {leaving.code!r}\n{_said(scene)}"
    finally:
        observer.tell("argv", {"argv": repr(sys.argv)})


def _said(scene: Scene) -> str:
    """Return what was printed."""
    sys.stdout.flush()
    with open(f"{scene.base}/output/said", "rb") as file:  # noqa: PTH123 - without pathlib
        return file.read(MAX_TEXT).decode("utf-8", "replace")


def _function(entry: EntryJob, scene: Scene) -> str:
    module = loading.load(entry)
    owner, found = loading.find(module, entry.qualname)
    command = drivers_click.find(module, entry, found)
    if command is not None:
        return drivers_click.run(command, scene)
    function = drivers_function.bound(owner, found, entry, scene)
    built = _with_words(function, arguments.build(function, scene))
    return described(drivers_function.finished(function(*built.positional, **built.named)))


_WORDS = ("argv", "args", "arguments", "cmdline", "cli_args")


def _with_words(function: Any, built: arguments.Built) -> arguments.Built:
    """Return arguments that hold the words of the command line, where one is for them."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return built
    positional, named = list(built.positional), dict(built.named)
    for place, parameter in enumerate(parameters):
        if parameter.name not in _WORDS or parameter.kind is parameter.VAR_KEYWORD:
            continue
        if place < len(positional) and positional[place] == []:
            positional[place] = sys.argv[1:]
        elif parameter.default is None and parameter.name not in named:
            named[parameter.name] = sys.argv[1:]
    return arguments.Built(tuple(positional), named)


def _prepare(scene: Scene) -> None:
    for value in scene.of("env"):
        os.environ[str(value.key)] = value.text  # noqa: TID251 - the target's own
    data = b"".join(value.data for value in scene.of("stdin")) + b"\n"
    sys.stdin = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors="replace")


def _entering(scene: Scene) -> list[tuple[Value, str]]:
    argv = [(value, value.text) for value in scene.of("argv", "parameter")]
    return argv + [(value, scene.file(value)) for value in scene.of("file-content")]


def _plain_arguments(scene: Scene) -> list[str]:
    """Return ``sys.argv`` for a program that reads it by itself."""
    words: list[str] = []
    for value, text in _entering(scene):
        if value.key is not None and value.key.isdigit():
            place = min(int(value.key), MAX_PLACES)
            words += [BENIGN] * (place - 1 - len(words))
            words.append(text)
        elif value.key is not None and value.key.startswith("-"):
            words += [value.key, text]
        else:
            words.append(text)
    return words


def fill_parsers(scene: Scene) -> None:
    """Make every ``argparse`` parser that reads ``sys.argv`` read words that fit it instead."""
    argparse = importlib.import_module("argparse")
    original = argparse.ArgumentParser.parse_known_args
    entering = _entering(scene)

    def parse_known_args(self: Any, args: Any = None, namespace: Any = None) -> Any:
        if args is None or list(args) == sys.argv[1:]:
            args = _words(argparse, self, entering)
            sys.argv[1:] = args
        return original(self, args, namespace)

    argparse.ArgumentParser.parse_known_args = parse_known_args


def _words(argparse: Any, parser: Any, entering: list[tuple[Value, str]]) -> list[str]:
    options: list[str] = []
    places: list[str] = []
    left = list(entering)
    for action in parser._actions:  # noqa: SLF001 - a parser tells its actions nowhere else
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - likewise
            name = _chosen(argparse, action, entering)
            places += [name, *_words(argparse, action.choices[name], entering)]
            continue
        match = next((pair for pair in left if _names(action, pair[0].key)), None)
        if match is None and not action.option_strings and left and left[0][0].key is None:
            match = left[0]
        text = None if match is None else match[1]
        if match is not None:
            left.remove(match)
        if not action.option_strings:
            places += _place_words(action, text)
        elif text is not None or action.required:
            options += _option_words(action, text)
    return options + places


def _place_words(action: Any, text: str | None) -> list[str]:
    if text is None and action.nargs in {"?", "*"}:
        return []
    count = action.nargs if isinstance(action.nargs, int) else 1
    return [_value(action) if text is None else text] * count


def _option_words(action: Any, text: str | None) -> list[str]:
    option = action.option_strings[-1]
    if action.nargs == 0:
        return [option]
    word = _value(action) if text is None else text
    if isinstance(action.nargs, int):
        return [option, *[word] * action.nargs]
    # With a sign of equality a value may begin with a dash.
    return [f"{option}={word}"] if option.startswith("--") else [option + word]


def _names(action: Any, key: str | None) -> bool:
    if key is None:
        return False
    bare = key.lstrip("-").replace("-", "_")
    return bool(action.dest == bare or key in action.option_strings)


def _chosen(argparse: Any, action: Any, entering: list[tuple[Value, str]]) -> str:
    for name, parser in action.choices.items():
        for inner in parser._actions:  # noqa: SLF001 - as above
            if isinstance(inner, argparse._SubParsersAction):  # noqa: SLF001 - as above
                continue
            if any(_names(inner, value.key) for value, _ in entering):
                return str(name)
    return str(next(iter(action.choices)))


def _value(action: Any) -> str:
    if action.choices:
        return str(next(iter(action.choices)))
    return "1" if action.type in {int, float} else BENIGN
