"""Where an expression that costs too much is written, if not where it is used.

Whoever mends it does so there: a constant of the module, or of another one.
"""

import re

from countermine.core.findings import StepKind, TraceStep
from countermine.core.spans import TreePath
from countermine.find.entering import span
from countermine.flow import ir
from countermine.flow.frame import Flow
from countermine.flow.index import ModuleInfo, Project, ValueRange
from countermine.flow.lookups import absolute

KINDS = frozenset({"regex-exponential", "regex-polynomial"})
_FIRST_ARGUMENT = re.compile(rb"[\w.]+\(\s*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*[,)]")
_RECEIVER = re.compile(rb"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\.\w+\(")
_PART = re.compile(rb"\b[A-Z_][A-Z0-9_]+\b")
"""Names as constants of a module have them."""
_LITERAL = re.compile(rb"[rRbBuU]{0,2}(?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')")
_REPEATS = re.compile(rb"[*+]|\{\d*,\d*\}")
_MOST_PARTS = 6
_HOPS = 4
"""Imports that are followed to a constant."""


def written_at(project: Project, flow: Flow) -> tuple[TraceStep, ...]:
    """Return the steps that show where the expression of a flow is written.

    None where it stands in the call itself, or is not the one value of a constant; more than one
    where constants that repeat something are put together.
    """
    module = project.module(TreePath(flow.site.path))
    if flow.sink.kind not in KINDS or module is None:
        return ()
    # A compiled expression is asked to match; a function of ``re`` is given the text of one.
    form = _RECEIVER if ".Pattern." in flow.site.name else _FIRST_ARGUMENT
    named = form.match(module.text, flow.site.start, flow.site.end)
    if named is not None and _is_set_here(module, flow.site.start, named[1]):
        return ()
    place = None if named is None else _constant(project, module, named[1].decode(), _HOPS)
    if place is not None:
        whole = _step(*place, "the expression is written here")
        return (*_parts(project, place[0], place[1].start, place[1].end), whole)
    if form is _FIRST_ARGUMENT and named is None:
        return tuple(_parts(project, module, flow.site.start, flow.site.end))
    return ()


def _step(module: ModuleInfo, value: ValueRange, note: str) -> TraceStep:
    return TraceStep(
        kind=StepKind.PASS,
        span=span(module.path, value.start, value.end),
        function="<module>",
        note=note,
    )


def _parts(project: Project, module: ModuleInfo, start: int, end: int) -> list[TraceStep]:
    """Return where the constants are written that an expression is put together from.

    Only those that repeat something: what else is in them costs nothing.
    """
    found: dict[int, TraceStep] = {}
    waiting = [(start, end)]
    while waiting and len(found) < _MOST_PARTS:
        text = module.text[slice(*waiting.pop(0))]
        for name in dict.fromkeys(_PART.findall(_LITERAL.sub(b'""', text))):
            place = _constant(project, module, name.decode(), 1)
            if place is None or place[1].start in found or place[1].start == start:
                continue
            written = module.text[place[1].start : place[1].end]
            if _REPEATS.search(written):
                found[place[1].start] = _step(*place, "a part of the expression is written here")
            waiting.append((place[1].start, place[1].end))
    return [found[at] for at in sorted(found)]


def _is_set_here(module: ModuleInfo, offset: int, name: bytes) -> bool:
    """Tell whether the function around a place has a name of its own that is called so."""
    around = next((one for one in module.functions if one.start <= offset < one.end), None)
    if around is None:
        return False
    own = re.compile(rb"\b" + re.escape(name) + rb"\s*=(?!=)")
    return own.search(module.text, around.start, around.end) is not None


def _constant(
    project: Project, module: ModuleInfo, name: str, hops: int
) -> tuple[ModuleInfo, ValueRange] | None:
    """Return the one value that a name of a module is given, in whichever module that is."""
    first, _, rest = name.partition(".")
    bindings = module.bindings.get(first, [])
    if len(bindings) != 1 or not hops:
        return None
    binding = bindings[0]
    if isinstance(binding, ValueRange):
        return (module, binding) if not rest and binding.whole else None
    if not isinstance(binding, ir.Imported):
        return None
    dotted = absolute(module, binding)
    target = project.named(dotted, module)
    if binding.attribute is None:
        wanted = rest
    else:
        below = project.named(f"{dotted}.{binding.attribute}", module)
        target, wanted = (below, rest) if below is not None else (target, binding.attribute)
        if below is None and rest:
            return None
    if target is None or target is module or not wanted:
        return None
    return _constant(project, target, wanted, hops - 1)
