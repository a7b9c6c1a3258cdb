"""How a test runs a program: with arguments, variables and input of its own."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from countermine.core.entrypoints import Channel, EntryPoint
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Input
from countermine.prove.regression.calls import (
    BENIGN,
    Call,
    FunctionCall,
    as_bytes,
    as_text,
    subject_of,
)
from countermine.prove.regression.probes import literal

_MOST_WORDS = 8
_STANDS_FOR = re.compile(r"countermine-input-(\d+)")
_ARGUMENTS = (Channel.ARGV, Channel.PARAMETER, Channel.FILE_CONTENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A script, or a function of the command line."""

    words: tuple[str, ...] | None = None
    """Arguments that its parser takes, ``stand_in`` for the inputs; ``None`` if it has none."""
    function: FunctionCall | None = None
    """What is called; ``None`` for a script as a whole."""
    command: str | None = None
    """Name of the command of click or typer, or of the group, that is called."""
    relative: bool = False
    """It imports relative to its package, so it must be run as a part of that."""
    beside: bool = False
    """It imports files of its own folder."""


def stand_in(number: int) -> str:
    """Return what stands for an input in the words of a program."""
    return f"countermine-input-{number}"


def argument_inputs(
    entry: EntryPoint, inputs: tuple[Input, ...]
) -> list[tuple[Channel, str | None]]:
    """Return the channels and keys of what enters by arguments, the attacked one first."""
    keys = [(entry.channel, entry.key), *((one.channel, one.key) for one in _others(entry, inputs))]
    return [(channel, key) for channel, key in dict.fromkeys(keys) if channel in _ARGUMENTS]


def _others(entry: EntryPoint, inputs: tuple[Input, ...]) -> list[Input]:
    # The value may stand in a file in the legitimate use: the same argument, another channel.
    return [one for one in inputs if one.key != entry.key]


def program_call(
    program: Program,
    entry: EntryPoint,
    inputs: tuple[Input, ...],
    probe: RegressionProbe,
    *,
    module: str | None,
    folder: PurePosixPath,
) -> Call | None:
    """Return how a test runs a program with ``value``, or ``None`` where it cannot.

    Args:
        program: What is known of it.
        entry: Through which channel and key the value enters.
        inputs: Those of a legitimate use; others than the value's go along.
        probe: Says what kind of value it is.
        module: The name that the program is imported by, if it has one.
        folder: Where the test stands, relative to the tree.
    """
    attacked = (entry.channel, entry.key)
    sources = {(one.channel, one.key): literal(one.text) for one in _others(entry, inputs)}
    sources[attacked] = "str(sample)" if probe.by_file else as_text(probe)
    name = PurePosixPath(entry.path).name
    given = argument_inputs(entry, inputs)
    if probe.inputless and program.words is None and entry.key is None:
        given = given[1:]
    words = _words(program, given, sources)
    around = ['mock.patch.object(sys, "argv", argv)']
    imports = ["import sys", "from unittest import mock"]
    variables = [
        f"{literal(key or '')}: {source}"
        for (c, key), source in sources.items()
        if c is Channel.ENV
    ]
    if variables:
        around.append(f"mock.patch.dict(os.environ, {{{', '.join(variables)}}})")
        imports.append("import os")
    if Channel.STDIN in {channel for channel, _ in sources}:
        line = as_bytes(probe) if entry.channel is Channel.STDIN else 'b""'
        around.append('mock.patch.object(sys, "stdin", typed)')
        imports.append("import io")
        typed = [f'typed = io.TextIOWrapper(io.BytesIO({line} + b"\\n"))']
    else:
        typed = []
    if program.command is not None and module is not None:
        expression: str | None = f"{program.command}()"
        needed = [f"from {module} import {program.command}"]
    else:
        expression, needed = _run(program, entry, module)
    if expression is None:
        return None
    setup = [*_sample(probe), f"argv = [{', '.join([literal(name), *words])}]", *typed]
    if "script" in expression:
        where = f"Path(__file__).resolve().parents[{len(folder.parts)}]"
        setup.insert(0, f"script = {where} / {literal(entry.path)}")
        needed = [*needed, "from pathlib import Path"]
        if program.beside:
            around.append('mock.patch.object(sys, "path", [str(script.parent), *sys.path])')
    return Call(
        expression=expression,
        answer="{}",
        imports=tuple(dict.fromkeys([*imports, *needed])),
        setup=tuple(setup),
        around=tuple(around),
        program=True,
        subject=subject_of(
            PurePosixPath(name).stem if entry.qualname == "<module>" else entry.qualname
        ),
    )


def _sample(probe: RegressionProbe) -> list[str]:
    if not probe.by_file:
        return []
    write = "write_bytes" if probe.binary else "write_text"
    return [f"sample = folder / {literal(probe.file_name)}", f"sample.{write}(value)"]


def _run(program: Program, entry: EntryPoint, module: str | None) -> tuple[str | None, list[str]]:
    """Return the expression that runs the program, and the imports that it needs."""
    if program.function is None and entry.qualname == "<module>":
        if program.relative:
            return f'runpy.run_module({literal(module or "")}, run_name="__main__")', [
                "import runpy"
            ]
        return 'runpy.run_path(str(script), run_name="__main__")', ["import runpy"]
    if program.function is None or "." in entry.qualname:
        return None, []
    required = [one.name for one in program.function.parameters if not one.optional]
    if len(required) > 1:
        return None, []
    given = "argv[1:]" if required else ""
    if module is None:
        return f"runpy.run_path(str(script))[{literal(entry.qualname)}]({given})", ["import runpy"]
    return f"{entry.qualname}({given})", [f"from {module} import {entry.qualname}"]


def _words(
    program: Program,
    given: list[tuple[Channel, str | None]],
    sources: dict[tuple[Channel, str | None], str],
) -> list[str]:
    """Return source of the arguments."""
    if program.words is None:
        words: list[str] = []
        for channel, key in given:
            if key is not None and key.isdigit():
                place = min(int(key), _MOST_WORDS)
                words += [literal(BENIGN)] * (place - 1 - len(words))
            elif key is not None and key.startswith("-"):
                words.append(literal(key))
            words.append(sources[channel, key])
        return words
    return [_filled(word, [sources[one] for one in given]) for word in program.words]


def _filled(word: str, sources: list[str]) -> str:
    """Return source of a word in which an input may stand, alone or behind an option."""
    found = _STANDS_FOR.search(word)
    if found is None:
        return literal(word)
    source = sources[int(found[1])]
    parts = [word[: found.start()], word[found.end() :]]
    before, after = (f"{literal(part)}" if part else "" for part in parts)
    return " + ".join(part for part in (before, source, after) if part)
