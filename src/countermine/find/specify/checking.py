"""Holds what a model says of a library against the library's own code, word by word."""

import re
from collections.abc import Mapping

from countermine.catalogue.schema import Catalogue
from countermine.core.entrypoints import Channel
from countermine.find.hypotheses.words import one_sentence
from countermine.find.specify.asking import (
    ARGUMENT,
    Said,
    SaidPass,
    SaidRows,
    SaidSink,
    SaidSource,
    SaidType,
)
from countermine.find.specify.libraries import Library
from countermine.find.specify.showing import takes
from countermine.flow.index import ClassInfo, FunctionInfo, Project

MOST_ROWS = 60
"""Rows of one library; what a program uses of a library has fewer dangers."""
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_CHANNELS = frozenset(Channel)


def every(said: SaidRows) -> tuple[Said, ...]:
    """Return all rows of an answer, as many as count."""
    rows: tuple[Said, ...] = (*said.sinks, *said.sources, *said.passes, *said.types)
    return rows[:MOST_ROWS]


def refusal(
    row: Said, library: Library, catalogue: Catalogue, kinds: Mapping[str, str]
) -> str | None:
    """Return in one sentence why a row cannot be used, ``None`` for one that can.

    Args:
        row: What a model says.
        library: The code that it is about.
        catalogue: The rows that are there: none of them is defined anew.
        kinds: What sinks may be of.
    """
    if not _DOTTED.fullmatch(row.name) or row.name.partition(".")[0] != library.name:
        return f"{row.name[:120]!r} is no dotted name of {library.name}"
    if one_sentence(row.why) is None:
        return f"the row of {row.name} does not say why"
    if _is_described(row.name, catalogue):
        return f"{row.name} is described already"
    if isinstance(row, SaidSink) and row.kind not in kinds:
        return f"there is no kind {row.kind[:60]!r}"
    return _unfounded(row, library)


def _unfounded(row: Said, library: Library) -> str | None:
    """Say what of a row the library's code does not bear out."""
    match row:
        case SaidSink() | SaidPass():
            return _argument(row, library)
        case SaidSource():
            return _source(row, library)
        case SaidType():
            return _type(row, library)


def _is_described(name: str, catalogue: Catalogue) -> bool:
    tables = (
        catalogue.sinks, catalogue.sources, catalogue.sanitizers, catalogue.guards,
        catalogue.propagators, catalogue.templates, catalogue.settings,
    )  # fmt: skip
    return any(name in table for table in tables)


def _argument(row: SaidSink | SaidPass, library: Library) -> str | None:
    """Say why a call has no such argument."""
    found = library.defined(row.name)
    if found is None:
        return f"{library.name} defines no {row.name}"
    function = takes(found)
    if row.position == ARGUMENT and not row.keyword:
        return f"the row of {row.name} names no argument"
    if function is None:
        return f"{row.name} takes no arguments that are written down"
    positions, keywords = _parameters(function, library.project)
    if row.position != ARGUMENT and not 0 <= row.position < positions:
        return f"{row.name} takes no argument at position {row.position}"
    if row.keyword and keywords is not None and row.keyword not in keywords:
        return f"{row.name} takes no argument {row.keyword[:60]!r}"
    return None


_ANY_NUMBER = 1_000


def _parameters(function: FunctionInfo, project: Project) -> tuple[int, frozenset[str] | None]:
    """Return how many arguments a call may have by position, and which by name; ``None``: any."""
    parameters = project.lowered(function).parameters
    static = any(
        function.module.text[d.start : d.end] == b"staticmethod" for d in function.decorators
    )
    if function.owner is not None and not static:
        parameters = parameters[1:]
    by_place = 0
    for parameter in parameters:
        if parameter.stars == 1:
            by_place = _ANY_NUMBER
        elif parameter.stars == 0:
            by_place += 1
    if any(parameter.stars == 2 for parameter in parameters):  # noqa: PLR2004 - as in the syntax
        return by_place, None
    return by_place, frozenset(one.name for one in parameters if not one.stars)


def _source(row: SaidSource, library: Library) -> str | None:
    if row.channel not in _CHANNELS:
        return f"there is no channel {row.channel[:60]!r}"
    found = library.defined(row.name)
    if row.form == "call":
        return None if found is not None else f"{library.name} defines no {row.name}"
    owner, _, name = row.name.rpartition(".")
    holder = library.defined(owner)
    if not isinstance(holder, ClassInfo):
        return f"{library.name} defines no class {owner}"
    known = name in holder.values or name in holder.declared or name in holder.methods
    return None if known or _is_set(holder, name) else f"{owner} has no {name}"


def _is_set(holder: ClassInfo, name: str) -> bool:
    """Tell whether the methods of a class set the attribute."""
    text = holder.module.text[holder.start : holder.end]
    return re.search(rb"\bself\.%s\b" % re.escape(name.encode()), text) is not None


def _type(row: SaidType, library: Library) -> str | None:
    if not isinstance(library.defined(row.name), FunctionInfo):
        return f"{library.name} defines no function {row.name}"
    if not isinstance(library.defined(row.returns), ClassInfo):
        return f"{library.name} defines no class {row.returns[:120]!r}"
    return None
