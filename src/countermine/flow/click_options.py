"""Options that click hands to functions: which can hold nothing but a number or a choice."""

from countermine.flow import ir, known
from countermine.flow.closed_types import CLOSED
from countermine.flow.collect import evaluate_arguments
from countermine.flow.dispatch import evaluate
from countermine.flow.frame import Arguments, Frame
from countermine.flow.values import UNKNOWN, Value, altered

_CLICK = frozenset({"option", "argument"})
_CLICK_TYPES = frozenset(
    {
        "INT", "FLOAT", "BOOL", "UUID", "IntRange", "FloatRange", "Choice", "DateTime", "INTEGER",
        "IntParamType", "FloatParamType", "BoolParamType", "UUIDParameterType",
    }
)  # fmt: skip
"""Last names of the types of click's options that take no text as it comes."""


def closed(frame: Frame, parameters: list[Value]) -> list[Value]:
    """Return the parameters of a function, without taint where click gives no text as it comes."""
    names: dict[str, None] = {}
    for decorator in frame.info.decorators:
        inner = decorator.function if isinstance(decorator, ir.Call) else None
        if not isinstance(decorator, ir.Call) or not isinstance(inner, (ir.Attr, ir.Name)):
            continue
        if inner.name not in _CLICK:
            continue
        if (evaluate(frame, inner).ref or "").rpartition(".")[2] not in _CLICK:
            continue
        arguments = evaluate_arguments(frame, decorator.arguments)
        name = _parameter(arguments)
        if name is not None and (_is_closed(arguments) or _is_chosen(frame, decorator)):
            names[name] = None
    if not names:
        return parameters
    return [
        altered(value, taints=()) if parameter.name in names else value
        for parameter, value in zip(frame.function.parameters, parameters, strict=False)
    ]


def _parameter(arguments: Arguments) -> str | None:
    """Return the parameter that click hands an option to."""
    texts = [str(v.const) for v in arguments.positional if isinstance(v.const, str)]
    plain = [text for text in texts if text.isidentifier()]
    if plain:
        return plain[0].lower()
    dashed = sorted((t for t in texts if t.strip("-")), key=lambda t: len(t) - len(t.lstrip("-")))
    return dashed[-1].lstrip("-").split("/")[0].replace("-", "_").lower() if dashed else None


def _is_closed(arguments: Arguments) -> bool:
    keywords = arguments.keywords
    flags = [known.truth(keywords.get(name, UNKNOWN)) for name in ("is_flag", "count")]
    if True in flags:
        return True
    of = keywords.get("type")
    if of is None:
        default = keywords.get("default", UNKNOWN).const
        return isinstance(default, (int, float))
    return _is_type(of)


def _is_chosen(frame: Frame, decorator: ir.Call) -> bool:
    """Tell whether the type of an option is made by a call: ``click.Choice(["a", "b"])``."""
    made = [a.value for a in decorator.arguments if a.name == "type"]
    return any(isinstance(of, ir.Call) and _is_type(evaluate(frame, of.function)) for of in made)


def _is_type(of: Value) -> bool:
    name = of.ref or ""
    return name in CLOSED or name.rpartition(".")[2] in _CLICK_TYPES
