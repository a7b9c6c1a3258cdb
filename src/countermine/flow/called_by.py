"""How a framework calls a function: by its decorators, its class, or its parameters."""

from collections.abc import Callable
from typing import Protocol

from countermine.catalogue.schema import Handler
from countermine.core.entrypoints import EntryKind
from countermine.flow import execute, ir
from countermine.flow.dispatch import evaluate
from countermine.flow.frame import Engine, Frame
from countermine.flow.handlers import by_class, by_name
from countermine.flow.index import FunctionInfo, ModuleInfo
from countermine.flow.values import Closure

GROUP_DECORATORS = frozenset({"command", "group"})
"""Attributes of a command line's function that make another one a command below it."""


class Knowing(Engine, Protocol):
    """What can be asked how a framework calls another function."""

    def handler(self, callee: FunctionInfo | Closure) -> Handler | None:
        """Return how a framework calls a function, if one does."""
        ...


class CalledBy:
    """Tells how frameworks call functions; remembers what hangs on no decorator."""

    def __init__(self, engine: Knowing, static: Callable[[ModuleInfo], Frame | None]) -> None:
        """Ask this engine; decorators are read in the frame that ``static`` gives."""
        self._engine = engine
        self._static = static
        self._undecorated: dict[FunctionInfo, Handler | None] = {}

    def of(self, callee: FunctionInfo) -> Handler | None:
        """Return how a framework calls a function."""
        frame = self._static(callee.module) if callee.decorators else None
        for decorator in callee.decorators:
            if frame is None:
                break
            inner = decorator.function if isinstance(decorator, ir.Call) else decorator
            found = execute.handler_of(frame, decorator)
            found = found or _of_group(self._engine, frame, callee, inner)
            if found is not None:
                return found
        if callee not in self._undecorated:
            self._undecorated[callee] = self._by_place(callee)
        return self._undecorated[callee]

    def _by_place(self, callee: FunctionInfo) -> Handler | None:
        """Return how a function is called by its class, or by its parameters."""
        engine = self._engine
        names = () if callee.owner is None else engine.hierarchy.names(callee.owner)
        known = by_class(engine.catalogue, callee.name, names)
        if known is None:
            rows = engine.catalogue.named_handlers
            known = by_name(rows, callee, engine.lowered(callee).parameters)
        return known


def _of_group(
    engine: Knowing, frame: Frame, callee: FunctionInfo, decorator: ir.Expr
) -> Handler | None:
    """Return how the function is called that is made a command of another function."""
    if not isinstance(decorator, ir.Attr) or decorator.name not in GROUP_DECORATORS:
        return None
    group = evaluate(frame, decorator.target).target
    if not isinstance(group, FunctionInfo) or group is callee:
        return None
    found = engine.handler(group)
    return found if found is not None and found.kind is EntryKind.SCRIPT else None
