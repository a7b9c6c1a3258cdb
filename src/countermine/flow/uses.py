"""What a function does with one thing: a variable, or the result of a call."""

from dataclasses import dataclass, field

from countermine.flow import ir
from countermine.flow.nodes import parts

_INNER = (ir.Define, ir.Lambda, ir.DefineClass)
Thing = str | tuple[int, int]
"""The name of a variable, or the place of a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """That a thing is an argument of a call."""

    place: tuple[int, int]
    """The call."""
    position: int
    keyword: str | None


@dataclass(slots=True)
class Uses:
    """Every use of a thing."""

    times: int = 0
    """Assignments to it, for a variable."""
    name: str = ""
    """The variable that it is assigned to."""
    handed: list[Handed] = field(default_factory=list)
    stored: bool = False
    """It is put into an attribute of the receiver."""
    stays: bool = True
    """Nothing else is done with it than to read and set its attributes, and to call its methods."""


def uses_of(body: list[ir.Stmt], thing: Thing, receiver: str | None = None) -> Uses:
    """Return what a function of this body does with a thing.

    Args:
        body: Of the function.
        thing: A variable, or a call.
        receiver: The name of the method's receiver.
    """
    looking = _Looking(thing, receiver)
    looking.through(body)
    return looking.found


class _Looking:
    def __init__(self, thing: Thing, receiver: str | None) -> None:
        self.thing = thing
        self.receiver = receiver
        self.found = Uses()

    def through(self, body: list[ir.Stmt]) -> None:
        waiting: list[tuple[object, bool]] = [(body, False)]
        while waiting:
            node, inner = waiting.pop()
            if isinstance(node, (list, tuple)):
                waiting.extend((one, inner) for one in node)
            elif isinstance(node, ir.Global):
                if self.thing in node.names:
                    self.found.stays = False
            elif isinstance(node, ir.Node):
                within = inner or isinstance(node, _INNER)
                if self._is_it(node):
                    self.found.stays = False
                rest = list(parts(node)) if within else self._seen(node)
                waiting.extend((one, within) for one in rest)

    def _seen(self, node: ir.Node) -> list[object]:
        """Note a use; return the parts of a node that are to be looked at."""
        match node:
            case ir.Attr():
                return self._inside(node.target)
            case ir.Evaluate():
                return self._inside(node.value)
            case ir.Assign():
                return self._assigned(node)
            case ir.Call():
                return [node.function, *self._given(node)]
            case _:
                return list(parts(node))

    def _inside(self, node: ir.Expr) -> list[object]:
        """Return what stands in an expression, the thing itself left out."""
        if not self._is_it(node):
            return [node]
        return [node.function, *self._given(node)] if isinstance(node, ir.Call) else []

    def _assigned(self, node: ir.Assign) -> list[object]:
        rest: list[object] = []
        for target in node.targets:
            if self._is_it(target):
                self.found.times += 1
            else:
                rest.append(target)
        if not self._is_it(node.value):
            return [*rest, node.value]
        target = node.targets[0]
        if len(node.targets) == 1 and isinstance(target, ir.Name) and not self.found.name:
            if isinstance(self.thing, str):
                self.found.stays = False
            self.found.name = target.name
        elif len(node.targets) == 1 and self._is_own(target):
            self.found.stored = True
        else:
            self.found.stays = False
        return [*rest, *self._inside(node.value)]

    def _is_own(self, target: ir.Expr) -> bool:
        if not isinstance(target, ir.Attr) or not isinstance(target.target, ir.Name):
            return False
        return target.target.name == self.receiver

    def _given(self, call: ir.Call) -> list[object]:
        rest: list[object] = []
        for position, argument in enumerate(call.arguments):
            if self._is_it(argument.value) and not argument.stars:
                place = (call.start, call.end)
                handed = Handed(place=place, position=position, keyword=argument.name)
                self.found.handed.append(handed)
                rest += self._inside(argument.value)
            else:
                rest.append(argument.value)
        return rest

    def _is_it(self, node: ir.Node) -> bool:
        if isinstance(self.thing, str):
            return isinstance(node, ir.Name) and node.name == self.thing
        return isinstance(node, ir.Call) and (node.start, node.end) == self.thing
