"""Calls and stores that are sinks: conditions on arguments, and where taint stands in them."""

import re
from collections.abc import Iterable
from dataclasses import replace

from countermine.catalogue.schema import Argument, Part, Requirement, Sink
from countermine.core.findings import StepKind
from countermine.flow import ir
from countermine.flow.access import ONLY
from countermine.flow.conditions import (
    argument_value,
    condition_holds,
    item_of,
    program_name,
)
from countermine.flow.derived import holds, kinds_of
from countermine.flow.doubt import BASED, DOUBT
from countermine.flow.expressions import defect_of
from countermine.flow.frame import Arguments, Flow, Frame, Site
from countermine.flow.index import ClassInfo
from countermine.flow.marks import ADDRESS_KINDS, FILE_KINDS, PARTIAL, WITHIN, adds_up
from countermine.flow.opting import SWITCHED
from countermine.flow.texts import is_written
from countermine.flow.values import (
    BEHIND,
    EVERY_KIND,
    NO_KINDS,
    NORMAL,
    UNKNOWN,
    UNSEEN,
    WHOLE,
    Facts,
    Taint,
    Value,
    add_step,
    all_taints,
    with_taints,
)

_IN_TEXT = frozenset({Part.STRING.value, Part.START.value, Part.HOST.value})
ELEMENTS = "elements"
"""Pending place: any element of a list of program arguments."""
VALUES = "values"
"""Pending place: the value or anything in it that may be more than a text."""
_SHELLS = frozenset(
    {"sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "cmd", "powershell", "pwsh"}
)
_OPENED = frozenset({"io.StringIO", "io.IOBase"})
"""Classes of what is read like a file, of whatever kind: it was opened, and names no other."""
_MODELS = frozenset({"django.db.models.Model", "django.db.models.base.Model"})
_SHELL_SWITCH = re.compile(r"-[a-z]*c|/[cCkK]|-Command")
_VALUE = Argument(keyword="value")
_DOCUMENTS = frozenset({"deserialization", "xml", "xml-growth"})
_NAMING = frozenset({*FILE_KINDS, "url"})
_OF_THEIR_OWN = frozenset({"error-text"})
"""Kinds that only matter for what comes from a source that names them among its kinds."""
OWN_ADDRESS = "own-address"
"""Kind of what leads visitors to the address that they asked for, not quite as they wrote it."""
_OWN_MARK = ":redirect>own-request"
_LITERALS = frozenset(
    f"[${one}]" for one in ("eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "all", "literal")
)
"""Items of a query's filter in which a mapping is compared as it stands; source: the manual of
MongoDB, comparison query operators."""
_INTERPRETER = re.compile(r"(?:^|/)(?:python[\d.]*|(?:ba|da|z|k|a)?sh)$|sys\.executable$")
_SCRIPT_PLACE = 2
"""The shell, its switch, and then the text that it runs."""
_HOST_WRITTEN = re.compile(r"(?i)(?:https?|ftps?|wss?)://[^/?#]+[/?#]?")
_HOST_KNOWN = re.compile(
    r"[a-zA-Z][a-zA-Z0-9+.\-]*://[^/?#\\]+[/?#]|/[^/\\]|[^/:\\]+/|[^/:\\]*[?#]|"
    + UNSEEN
    + r"(?:[^/?#:\\]|:(?!//))*[/?#]"
)
"""Beginnings of an address behind which no host can be named."""


def names_host(value: Value) -> bool:
    """Tell whether a value is an address of which the host is known."""
    known = value.const if isinstance(value.const, str) else value.prefix
    found = _HOST_WRITTEN.match(known)
    return found is not None and (found[0][-1] in "/?#" or known == value.const)


def dangerous(value: Value, part: str) -> list[tuple[Taint, str]]:
    """Return the taints of a value that stand where ``part`` says, with what stays pending."""
    if part == Part.ANY:
        return [(t, part) for t in all_taints(value)]
    if part in _IN_TEXT:
        safe = (part == Part.START and value.prefix) or (
            part == Part.HOST and _HOST_KNOWN.match(value.prefix)
        )
        return [] if safe else [(_based(t, value, part), part) for t in _placed(value, part)]
    if part in {Part.FIELD, VALUES}:
        return [(t, VALUES) for t in _structured(value, whole=part == VALUES)]
    if part == Part.INSIDE:
        return [(t, Part.ANY.value) for item in value.items or () for t in all_taints(item)]
    if part in {Part.PROGRAM, Part.SCRIPT}:
        return _program(value) if part == Part.PROGRAM else _script(value)
    return _options(value, skip_first=part == Part.OPTION)


def _structured(value: Value, *, whole: bool, depth: int = 4) -> list[Taint]:
    """Return the taints of what may hold lists and mappings: no text, nor what became part of one.

    Args:
        value: What is looked into.
        whole: The value itself counts, not only what is in it.
        depth: How many collections deep it is looked into.
    """
    found = [t for t in value.taints if whole and not value.text and t.composed == WHOLE]
    parts = [one for key, one in (value.fields or {}).items() if key not in _LITERALS]
    parts += value.items or ()
    parts += [] if value.element is None else [value.element]
    if depth:
        for one in parts:
            found += _structured(one, whole=True, depth=depth - 1)
    return found


def _placed(value: Value, part: str) -> Iterable[Taint]:
    """Return the taints of a text that can stand at its beginning, where that is what counts."""
    return (t for t in value.taints if part != Part.START or t.composed != BEHIND)


def _based(taint: Taint, value: Value, part: str) -> Taint:
    """Return the taint with a mark if an address of the program's own stands before it."""
    own = not value.prefix or value.prefix.startswith(UNSEEN)
    if part != Part.HOST or taint.composed != BEHIND or not own:
        return taint
    return add_step(taint, taint.step, neutral=frozenset({BASED}))


def _program(value: Value) -> list[tuple[Taint, str]]:
    found = [(t, Part.PROGRAM.value) for t in value.taints] if not value.prefix else []
    if value.items:
        first = value.items[0]
        if not first.prefix:
            found += [(t, Part.STRING.value) for t in first.taints]
    return found


def _script(value: Value) -> list[tuple[Taint, str]]:
    items = value.items or ()
    if len(items) <= _SCRIPT_PLACE or program_name(value) not in _SHELLS:
        return []
    switch = items[1].const
    if not isinstance(switch, str) or not _SHELL_SWITCH.fullmatch(switch):
        return []
    return [(t, Part.STRING.value) for t in items[_SCRIPT_PLACE].taints]


def _options(value: Value, *, skip_first: bool) -> list[tuple[Taint, str]]:
    if value.text and not skip_first:
        return dangerous(value, Part.START)
    found = [(t, Part.OPTION.value if skip_first else ELEMENTS) for t in value.taints]
    for place, item in enumerate(value.items or ()):
        if skip_first and place == 0:
            continue
        if item.const == "--" or (skip_first and _ends_options(value.items or (), place)):
            return found
        if not item.prefix:
            found += dangerous(Value(item.taints), Part.START)
    if value.element is not None and not value.element.prefix:
        found += [(t, ELEMENTS) for t in value.element.taints]
    return found


def _ends_options(items: tuple[Value, ...], place: int) -> bool:
    """Tell whether the interpreter was told what to run before: the rest is for that."""
    first = items[0]
    name = first.const if isinstance(first.const, str) else first.ref or ""
    return (
        place >= _SCRIPT_PLACE + 1
        and items[1].const == "-c"
        and _INTERPRETER.search(name.replace("\\", "/")) is not None
    )


_SAFER = {"html-address": ADDRESS_KINDS, OWN_ADDRESS: frozenset({"redirect"})}
"""Kinds whose checks are as good for another: an address to go to, or to load from."""


def is_harmless(taint: Taint, kind: str, facts: Facts, later: frozenset[str] = NO_KINDS) -> bool:
    """Tell whether a taint does no harm at a sink of a kind.

    ``later`` is what becomes of it between here and the sink.
    """
    neutral = taint.neutral
    if kind in _OF_THEIR_OWN and ONLY + kind not in neutral:
        return True
    if kind == OWN_ADDRESS and _OWN_MARK not in neutral:
        return True
    key = taint.origin.key
    if kind in neutral or EVERY_KIND in neutral or holds(facts, key, kind):
        return True
    if kind in FILE_KINDS and WITHIN in later and NORMAL in neutral:
        return True
    if neutral and ONLY + kind not in neutral and any(m.startswith(ONLY) for m in neutral):
        return True
    return adds_up(kind, neutral | later | kinds_of(facts, taint.origin)) or any(
        is_harmless(taint, other, facts, later) for other in _SAFER.get(kind, ())
    )


def with_doubt(taint: Taint, facts: Facts) -> Taint:
    """Return the taint with what the facts say of checks that it passed."""
    if DOUBT in taint.neutral or not holds(facts, taint.origin.key, DOUBT):
        return taint
    return add_step(taint, taint.step, neutral=frozenset({DOUBT}))


def as_turned(row: Sink, taint: Taint) -> Sink:
    """Return the sink as it counts for what comes from a source with ``turns``."""
    head = ":redirect>" if row.kind == "html-address" else f":{row.kind}>"
    turns = sorted(mark for mark in taint.neutral if mark.startswith(head))
    return replace(row, kind=turns[0].removeprefix(head)) if turns else row


def check_call(
    frame: Frame,
    rows: tuple[Sink, ...],
    name: str,
    node: ir.Call,
    arguments: Arguments,
    receiver: Value | None,
) -> None:
    """Record the flows that a call makes into the sinks that it is."""
    for row in rows:
        if not all(condition_holds(frame, c, arguments, receiver, node) for c in row.when):
            continue
        site = Site(
            frame.module.path, node.start, node.end, name, frame.qualname, frame.module.counts
        )
        asked_for = _is_asked_for(frame, row) or _is_own_text(row, arguments, receiver)
        if row.requires is Requirement.CALL and not asked_for:
            start, end = _pattern_place(row, node, arguments)
            frame.flows.append(Flow(site, row, None, Part.ANY, start, end))
        for argument in row.arguments:
            value = argument_value(argument, arguments, receiver)
            if value is None or not _is_logged(row, argument, arguments):
                continue
            if row.item is not None:
                value = item_of(value, row.item)
            if value is None:
                continue
            if argument.every and row.part is Part.OPTION:
                # Each argument of the call is one of the program's, in their order.
                value = Value(items=(UNKNOWN, *arguments.positional), element=arguments.rest)
            start, end = _place(argument, node, arguments)
            defect = defect_of(frame, row, receiver)
            if defect is not None:
                value = _matched(frame, node, value)
                record(frame, defect, row, value, defect.start, defect.end)
            else:
                record(frame, site, row, value, start, end)


def _is_own_text(row: Sink, arguments: Arguments, receiver: Value | None) -> bool:
    """Tell whether a call reads a document that the program itself holds as a text."""
    if row.kind not in _DOCUMENTS:
        return False
    given = [argument_value(argument, arguments, receiver) for argument in row.arguments]
    return any(value is not None and isinstance(value.const, str) for value in given)


def _is_logged(row: Sink, argument: Argument, arguments: Arguments) -> bool:
    """Tell whether an argument of a logger is written as a text into the line before it."""
    line = row.when[0].argument if row.kind == "log" and row.when else None
    if line is None or line.position is None or argument.position is None:
        return True
    template = argument_value(line, arguments, None)
    known = None if template is None else template.const
    return not isinstance(known, str) or is_written(known, argument.position - line.position - 1)


def withdraw(frame: Frame, node: ir.Node, kind: str) -> None:
    """Forget the flows into a sink whose result turned out to be for something else."""
    place = (node.start, node.end)
    frame.flows[:] = [
        flow
        for flow in frame.flows
        if (flow.site.start, flow.site.end) != place or flow.sink.kind != kind
    ]


def _matched(frame: Frame, node: ir.Call, value: Value) -> Value:
    steps = [(t, frame.step(t.step, StepKind.PASS, node, "is matched")) for t in value.taints]
    return with_taints(value, tuple(add_step(taint, step) for taint, step in steps))


def _is_asked_for(frame: Frame, row: Sink) -> bool:
    """Tell whether an option that switches the check off was given."""
    return (SWITCHED, row.kind) in frame.state.facts


def check_assignment(
    frame: Frame, row: Sink, name: str, node: ir.Node, arguments: Arguments
) -> None:
    """Record the flows of an assignment, with what is assigned as ``value``, into a sink."""
    if not all(condition_holds(frame, c, arguments, None) for c in row.when):
        return
    site = Site(frame.module.path, node.start, node.end, name, frame.qualname, frame.module.counts)
    if row.requires is Requirement.CALL and not _is_asked_for(frame, row):
        frame.flows.append(Flow(site, row, None, Part.ANY, node.start, node.end))
    for argument in row.arguments or (_VALUE,):
        value = argument_value(argument, arguments, None)
        if value is not None:
            record(frame, site, row, value, node.start, node.end)


def check_decorator(frame: Frame, node: ir.Expr, value: Value, arguments: Arguments) -> None:
    """Record a decorator, if it is dangerous by itself."""
    for name in sorted(_decorating(frame, value)):
        for known, row in frame.engine.catalogue.marks.get(name.rpartition(".")[2], ()):
            if known == name:
                check_assignment(frame, row, name, node, arguments)


def _decorating(frame: Frame, value: Value) -> set[str]:
    """Return the dotted names by which the catalogue may know a decorator."""
    names = {value.ref} if value.ref is not None else set()
    if value.receiver is not None and value.receiver.type is not None and value.ref is not None:
        last = value.ref.rpartition(".")[2]
        names |= {f"{n}.{last}" for n in frame.engine.hierarchy.names(value.receiver.type)}
    return names


def _place(argument: Argument, node: ir.Call, arguments: Arguments) -> tuple[int, int]:
    if argument.receiver:
        return node.function.start, node.function.end
    position = argument.position if argument.onwards is None else argument.onwards
    found = arguments.place(position, argument.keyword)
    return found if found is not None else (node.start, node.end)


def _pattern_place(row: Sink, node: ir.Call, arguments: Arguments) -> tuple[int, int]:
    for condition in row.when:
        if condition.argument is not None:
            found = arguments.place(condition.argument.position, condition.argument.keyword)
            if found is not None:
                return found
    for argument in row.arguments:
        found = arguments.place(argument.position, argument.keyword)
        if found is not None:
            return found
    return node.start, node.end


def check_return(frame: Frame, kind: str, value: Value, node: ir.Node) -> None:
    """Record the flows into the text that a function returns to a framework that sends it on."""
    if value.items:
        value = value.items[0]
    row = Sink(names=("return",), kind=kind, part=Part.STRING, note="the page that is sent")
    site = Site(
        frame.module.path, node.start, node.end, "return", frame.qualname, frame.module.counts
    )
    if value.fields is not None and kind == "html":
        # What is no text is sent as JSON: no page, but it may hold what nobody should read.
        data = Sink(names=("return",), kind="error-text", note="the answer that is sent")
        record(frame, site, data, value, node.start, node.end)
    sure = value if value.text else Value(tuple(t for t in value.taints if t.sure))
    record(frame, site, row, sure, node.start, node.end)


def _is_opened(frame: Frame, value: Value) -> bool:
    """Tell whether a value is an open file, a stream or the like, and not the name of one."""
    return isinstance(value.type, str) and not _OPENED.isdisjoint(
        frame.engine.hierarchy.names(value.type)
    )


def _is_row(frame: Frame, value: Value) -> bool:
    """Tell whether a value is a row of the target's, whose own method says where its page is."""
    return isinstance(value.type, ClassInfo) and not _MODELS.isdisjoint(
        frame.engine.hierarchy.names(value.type)
    )


def record(frame: Frame, site: Site, row: Sink, value: Value, start: int, end: int) -> None:
    """Record the flows of a value into a sink."""
    if row.kind in _NAMING and _is_opened(frame, value):
        return
    if row.kind == "redirect" and _is_row(frame, value):
        return
    for taint, pending in dangerous(value, row.part):
        if is_harmless(taint, row.kind, frame.state.facts):
            continue
        turned = as_turned(row, taint)
        node = ir.Node(site.start, site.end)
        step = frame.step(taint.step, StepKind.SINK, node, f"reaches {site.name}")
        marks = frozenset(kinds_of(frame.state.facts, taint.origin) & PARTIAL)
        kept = with_doubt(add_step(taint, step, neutral=marks), frame.state.facts)
        frame.flows.append(Flow(site, turned, kept, pending, start, end))
