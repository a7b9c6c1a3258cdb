"""Templates that are rendered: which one a call means, and what it is given to show."""

from dataclasses import dataclass

from countermine.catalogue.schema import Escapes, Part, Sink, TemplateCall
from countermine.core.levels import SourceLevel
from countermine.flow import ir, sinks
from countermine.flow.access import class_attribute
from countermine.flow.bind import has_taint
from countermine.flow.conditions import argument_value
from countermine.flow.dispatch import evaluate
from countermine.flow.frame import Arguments, Frame, Site, Wanted
from countermine.flow.index import ClassInfo, FunctionInfo
from countermine.flow.parts import store_field
from countermine.flow.values import MISSING, UNKNOWN, Value, all_taints, constant

_FILE = ".<template file>"
_TEXT = ".<template text>"
_ESCAPES = ".<template escapes>"
"""Fields of a value that is a loaded template, or loads them."""
TEMPLATE_NAME = "template-name"
"""Kind of a flow that no weakness is about: the name of a template."""
FILES_KEPT = 4
"""Files that one call may render which are followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A template to call, and what it is called with."""

    template: FunctionInfo
    arguments: Arguments


def renderings(
    frame: Frame, node: ir.Node, names: list[str], arguments: Arguments, receiver: Value | None
) -> list[Rendering]:
    """Return the templates that a call of a library's function renders."""
    found: list[Rendering] = []
    if frame.engine.templates is None:
        return found
    known = frame.engine.catalogue.templates
    for name in names:
        for row in known.get(name, ()):
            if row.form == "render":
                given = _given(row, arguments)
                for wanted in _wanted(frame, node, row, arguments, receiver):
                    found += _rendering(frame, row, wanted, given)
                return found
    return found


def returned(frame: Frame, node: ir.Node, value: Value) -> list[Rendering]:
    """Return the templates that a framework shows what a function returns with."""
    if frame.engine.templates is None or frame.info.name.startswith("<"):
        return []
    found: list[Rendering] = []
    receiver: Value | None = None
    if frame.owner is not None and frame.function.parameters:
        receiver = frame.state.variables.get(frame.function.parameters[0].name)
    for row, given in _shown_with(frame):
        arguments = Arguments([value], {})
        for wanted in _wanted(frame, node, row, given, receiver):
            found += _rendering(frame, row, wanted, _given(row, arguments))
    return found


def _shown_with(frame: Frame) -> list[tuple[TemplateCall, Arguments]]:
    """Return the rows that are about the function at hand, with what its decorator is given."""
    known = frame.engine.catalogue.templates
    found: list[tuple[TemplateCall, Arguments]] = []
    if frame.owner is not None:
        for name in frame.engine.hierarchy.names(frame.owner):
            rows = known.get(f"{name}.{frame.info.name}", ())
            found += [(row, Arguments([], {})) for row in rows if row.form == "return"]
    for decorator in frame.info.decorators if frame.function.name == frame.info.name else ():
        if not isinstance(decorator, ir.Call):
            continue
        ref = frame.engine.static_value(frame.module, decorator.function).ref
        for row in known.get(ref or "", ()):
            if row.form == "return":
                found.append((row, _constants(decorator)))
    return found


def _constants(call: ir.Call) -> Arguments:
    """Return those arguments of a call that are literals."""
    positional: list[Value] = []
    keywords: dict[str, Value] = {}
    for argument in call.arguments:
        known = argument.value
        value = constant(known.value) if isinstance(known, ir.Const) else UNKNOWN
        if argument.name is None:
            positional.append(value)
        else:
            keywords[argument.name] = value
    return Arguments(positional, keywords)


def loaded(
    frame: Frame, names: list[str], arguments: Arguments, receiver: Value | None, result: Value
) -> Value:
    """Return the result of a call with the template that it loads, or how it loads them."""
    known = frame.engine.catalogue.templates
    for name in names:
        for row in known.get(name, ()):
            if row.form == "load":
                return _loaded(row, arguments, receiver, result)
            if row.form == "setup" and row.setting is not None:
                value = argument_value(row.setting, arguments, receiver)
                return store_field(result, _ESCAPES, constant(_setting(row, value)))
    return result


def _setting(row: TemplateCall, value: Value | None) -> str:
    if value is None:
        return row.escapes.value
    if value.const is MISSING:
        return Escapes.SUFFIX.value if value.ref or value.target else Escapes.ALWAYS.value
    return Escapes.ALWAYS.value if value.const else Escapes.NEVER.value


def _loaded(
    row: TemplateCall, arguments: Arguments, receiver: Value | None, result: Value
) -> Value:
    for argument in row.file:
        value = arguments.at(argument.position, argument.keyword)
        if value is not None:
            result = store_field(result, _FILE, Value(value.taints, value.const, items=value.items))
            break
    if row.text is not None:
        value = arguments.at(row.text.position, row.text.keyword)
        if value is not None and isinstance(value.const, str):
            result = store_field(result, _TEXT, value)
    escapes = row.escapes.value
    if row.escapes is Escapes.RECEIVER:
        held = (receiver.fields or {}).get(_ESCAPES) if receiver is not None else None
        escapes = str(held.const) if held is not None else Escapes.ALWAYS.value
    return store_field(result, _ESCAPES, constant(escapes))


def _wanted(
    frame: Frame, node: ir.Node, row: TemplateCall, arguments: Arguments, receiver: Value | None
) -> list[Wanted]:
    fields = (receiver.fields or {}) if receiver is not None else {}
    escapes = row.escapes
    if escapes is Escapes.RECEIVER:
        held = fields.get(_ESCAPES)
        escapes = Escapes(str(held.const)) if held is not None else Escapes.ALWAYS
    text: str | None = None
    if row.text is not None:
        value = _text_argument(row, arguments, fields)
        text = value.const if value is not None and isinstance(value.const, str) else None
    files = [] if text is not None else _files(frame, node, row, arguments, receiver)
    return [
        Wanted(
            syntax=row.syntax, near=frame.module, place=(node.start, node.end),
            qualname=frame.qualname, escapes=escapes, file=file, text=text,
            globals=row.globals,
        )
        for file in (files if text is None else [None])
    ]  # fmt: skip


def _text_argument(
    row: TemplateCall, arguments: Arguments, fields: dict[str, Value]
) -> Value | None:
    if row.text is None or row.text.receiver:
        return fields.get(_TEXT)
    return arguments.at(row.text.position, row.text.keyword)


def _files(
    frame: Frame, node: ir.Node, row: TemplateCall, arguments: Arguments, receiver: Value | None
) -> list[str]:
    values: list[Value | None] = [
        (receiver.fields or {}).get(_FILE)
        if argument.receiver and receiver is not None
        else arguments.at(argument.position, argument.keyword)
        for argument in row.file
    ]
    if row.attribute is not None and receiver is not None:
        values.append(_attribute(frame, receiver, row.attribute))
    for value in values:
        if value is None:
            continue
        known = (value, *(value.items or ()))
        found = [v.const for v in known if isinstance(v.const, str) and v.const]
        if found:
            return found[:FILES_KEPT]
    for value in values:
        if value is not None and value.taints:
            _ask(frame, node, value)
    return []


def _ask(frame: Frame, node: ir.Node, name: Value) -> None:
    """Record that callers decide which template is shown, so that they are looked at."""
    row = Sink(names=("render",), kind=TEMPLATE_NAME)
    site = Site(frame.module.path, node.start, node.end, "render", frame.qualname, counts=False)
    own = tuple(t for t in name.taints if t.origin.owner is not None)
    sinks.record(frame, site, row, Value(own), node.start, node.end)


def _attribute(frame: Frame, receiver: Value, name: str) -> Value | None:
    held = (receiver.fields or {}).get("." + name)
    if held is not None:
        return held
    if isinstance(receiver.type, ClassInfo):
        return class_attribute(frame, receiver.type, name)
    return None


def _given(row: TemplateCall, arguments: Arguments) -> Arguments:
    """Return what the template sees as variables."""
    taken = {a.keyword for a in (*row.file, *row.context, row.text) if a is not None}
    keywords = {k: v for k, v in arguments.keywords.items() if k not in taken}
    mapping = arguments.mapping
    for argument in row.context:
        value = arguments.at(argument.position, argument.keyword)
        if value is None or isinstance(value.const, str):
            continue
        for key, field in (value.fields or {}).items():
            if key[0] == "[":
                keywords.setdefault(key[1:-1], field)
        if value.taints or value.element is not None:
            mapping = Value(value.taints, element=value.element)
        break
    return Arguments([], keywords, None, mapping)


def _rendering(
    frame: Frame, row: TemplateCall, wanted: Wanted, given: Arguments
) -> list[Rendering]:
    source = frame.engine.templates
    if source is None:
        return []
    values = given.everything()
    if not any(has_taint(v) for v in values) and not any(
        source.mentions(wanted, name.encode()) for name, _ in row.globals
    ):
        return []
    template = source.find(wanted)
    if template is None:
        return []
    return [Rendering(template=template, arguments=given)]


def output(frame: Frame, node: ir.Output) -> None:
    """Record the flows of what a template puts into a page."""
    value = evaluate(frame, node.value)
    sure = Value(tuple(t for t in all_taints(value) if t.sure), prefix=value.prefix)
    site = Site(
        frame.module.path, node.start, node.end, node.shown, frame.qualname, frame.module.counts
    )
    for kind in node.kinds:
        address = kind == "html-address"
        row = Sink(
            names=(node.shown,),
            kind=kind,
            part=Part.START if address else Part.ANY,
            levels=(SourceLevel.REMOTE,) if address else (),
            note=node.note,
            likely=node.likely,
            sure=True,
        )
        sinks.record(frame, site, row, sure, node.start, node.end)
