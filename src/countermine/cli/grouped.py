"""Groups of options: a dataclass whose fields are options, so that commands share them."""

from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, TypeAlias, get_type_hints

Command: TypeAlias = Callable[..., int]


def grouped(command: Command) -> Command:
    """Let a command take groups: where it asks for a dataclass, its fields become options.

    Typer reads a command's options off its signature; the command that it is given has one with
    the fields in place of the groups, and hands them over as the values that were meant.
    """
    groups = {
        name: hint
        for name, hint in get_type_hints(command).items()
        if isinstance(hint, type) and is_dataclass(hint)
    }

    @wraps(command)
    def flat(**options: Any) -> int:  # noqa: ANN401 - options are of any type
        values = {
            name: group(**{field.name: options.pop(field.name) for field in fields(group)})
            for name, group in groups.items()
        }
        return command(**options, **values)

    parameters = [
        option
        for parameter in signature(command).parameters.values()
        for option in _expanded(parameter, groups.get(parameter.name))
    ]
    flat.__dict__["__signature__"] = Signature(parameters)
    return flat


def _expanded(parameter: Parameter, group: type | None) -> Iterator[Parameter]:
    if group is None:
        yield parameter
        return
    hints = get_type_hints(group, include_extras=True)
    for field in fields(group):
        yield Parameter(
            field.name,
            Parameter.KEYWORD_ONLY,
            default=_default(field),
            annotation=hints[field.name],
        )


def _default(field: Field[Any]) -> object:
    return Parameter.empty if field.default is MISSING else field.default
