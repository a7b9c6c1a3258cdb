"""The question about a library, and the form of its answer: rows of the catalogue."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from countermine.core.entrypoints import Channel
from countermine.core.levels import SourceLevel
from countermine.core.models import ModelTask
from countermine.find.specify.survey import Use
from countermine.ports.model import Material, Question

ARGUMENT = -1
"""Stands for the position of an argument that is only known by its keyword."""

INSTRUCTION = """\
Describe a library for a program that follows data from where attackers write to where it does \
harm. Definitions of the library are shown, and lines of a program that uses it. Say only what the \
definitions bear out, about names that are shown. The answer is an object with four lists, each of \
which may be empty:

- sinks: calls that do harm with an argument that an attacker writes: name (dotted, as shown), \
kind (one of those below), position of the argument (0 is the first after self; -1 if it is known \
only by its keyword), keyword ("" if it has none), why (one sentence);
- sources: calls or attributes that give what comes from outside: name, form ("call" or "value"), \
level ("remote" or "file"), channel (one of those below), why;
- passes: calls whose result holds what an argument holds, in a way that their name does not tell: \
name, position, keyword, why;
- types: functions or methods that return an instance of a class of the library: name, returns \
(the class, dotted, as shown), why.

Nothing can be said to be harmless: no such row exists.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidSink:
    """A call that does harm with an argument."""

    name: str
    kind: str
    position: int = ARGUMENT
    keyword: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidSource:
    """A call or attribute that gives what comes from outside."""

    name: str
    form: Literal["call", "value"] = "call"
    level: Literal["remote", "file"] = "remote"
    channel: str = "body"
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidPass:
    """A call whose result holds what an argument holds."""

    name: str
    position: int = ARGUMENT
    keyword: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidType:
    """A call that returns an instance of a class."""

    name: str
    returns: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidRows:
    """All that a model says of a library."""

    sinks: tuple[SaidSink, ...] = ()
    sources: tuple[SaidSource, ...] = ()
    passes: tuple[SaidPass, ...] = ()
    types: tuple[SaidType, ...] = ()


Said = SaidSink | SaidSource | SaidPass | SaidType


def question(
    use: Use,
    definitions: str,
    kinds: Mapping[str, str],
    check: Callable[[SaidRows], str | None],
) -> Question[SaidRows]:
    """Return the question about a library.

    Args:
        use: How the target uses it.
        definitions: What is shown of it.
        kinds: What sinks may be of, with what each is about.
        check: Says why nothing of an answer can be used, or ``None``.
    """
    listed = "".join(f"- {kind}: {title}\n" for kind, title in sorted(kinds.items()))
    channels = ", ".join(Channel)
    files: dict[str, list[str]] = {}
    for path, line in use.lines:
        files.setdefault(path, []).append(line)
    shown = (Material(title="lines of a file", text="\n".join(files[p]), path=p) for p in files)
    return Question(
        task=ModelTask.SPECIFY,
        instruction=f"{INSTRUCTION}\nThe kinds:\n{listed}\nThe channels: {channels}\n",
        material=(Material(title="definitions of the library", text=definitions), *shown),
        answer=SaidRows,
        check=check,
    )


LEVELS = {"remote": SourceLevel.REMOTE, "file": SourceLevel.FILE}
"""What a source of a library can be; who runs the program is no business of a library's."""
