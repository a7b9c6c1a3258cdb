"""Tables of regular expressions, as lexers have them: the texts are compiled one by one later."""

import re
from collections.abc import Iterator

from countermine.catalogue.schema import Form, Part
from countermine.flow import ir
from countermine.flow.frame import Flow, Frame, Site
from countermine.regexes.cost import Growth, Use, cost

LEAST_ENTRIES = 3
"""Pairs of an expression and what it stands for; fewer are no table."""
_COMPILED_LATER = (
    (re.compile(rb"\bRegexLexer\b"), "pygments.lexer.RegexLexer.tokens"),
    (re.compile(rb"\bre\.compile\(\s*[A-Za-z_][\w.]*\s*[,)]"), "re.compile"),
)
"""What a file holds that compiles the texts of a table, and what it hands them to."""
_REPEATED_GROUP = re.compile(r"\)\)*[*+{]")
"""Without one nothing is repeated inside of a repetition."""


def check_table(frame: Frame, node: ir.Assign) -> None:
    """Record the expressions of a table that cost exponentially, each where it is written."""
    if not isinstance(node.value, (ir.Sequence, ir.Mapping)):
        return
    entries = list(_entries(node.value))
    if len(entries) < LEAST_ENTRIES:
        return
    name = next((n for known, n in _COMPILED_LATER if known.search(frame.module.text)), "")
    rows = frame.engine.catalogue.sinks.get(name, ())
    for row in (row for row in rows if row.form is Form.TABLE):
        for entry in filter(_is_exponential, entries):
            site = Site(
                frame.module.path, entry.start, entry.end, name, frame.qualname,
                frame.module.counts,
            )  # fmt: skip
            frame.flows.append(Flow(site, row, None, Part.ANY, entry.start, entry.end))


def _is_exponential(entry: ir.Const) -> bool:
    text = str(entry.value)
    if not _REPEATED_GROUP.search(text):
        return False
    return cost(text, 0, Use.MATCH, powers=False).growth is Growth.EXPONENTIAL


def _entries(value: ir.Expr) -> Iterator[ir.Const]:
    """Yield the texts that begin a tuple, however deep in lists and dictionaries it stands."""
    if isinstance(value, ir.Mapping):
        for _, item in value.pairs:
            yield from _entries(item)
    elif isinstance(value, ir.Sequence):
        first = value.items[0] if value.items else None
        if value.kind == "tuple" and isinstance(first, ir.Const) and isinstance(first.value, str):
            if len(value.items) > 1:
                yield first
            return
        for item in value.items:
            yield from _entries(item)
