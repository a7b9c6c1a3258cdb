"""What functions see that stand inside others, by themselves or as methods of a class there."""

from dataclasses import dataclass

from countermine.flow.index import ClassInfo, FunctionInfo
from countermine.flow.values import Closure, Scope, Value


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surroundings:
    """What a class that is defined inside a function sees there, and is there."""

    scopes: tuple[Scope, ...]
    """Variables of the functions around it, the nearest first."""
    bases: tuple[ClassInfo | str, ...]
    values: dict[str, Value]
    """What its body assigns."""


def scopes_of(callee: Closure | FunctionInfo) -> tuple[Scope, ...]:
    """Return the variables of the functions around a function, the nearest first."""
    if isinstance(callee, Closure):
        return callee.scopes
    around = None if callee.owner is None else callee.owner.around
    return around.scopes if isinstance(around, Surroundings) else ()


def body_value(owner: ClassInfo, name: str) -> Value | None:
    """Return what the body of a class inside a function assigns to a name."""
    return owner.around.values.get(name) if isinstance(owner.around, Surroundings) else None
