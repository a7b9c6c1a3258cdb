"""Methods that call each other on one receiver: what they keep in it is the same for all."""

from countermine.flow.engine import FlowEngine
from countermine.flow.frame import Analysed, CallSite
from countermine.flow.index import ClassInfo
from countermine.flow.origins import Origin
from countermine.flow.variants import decorator_names


class Receivers:
    """Which methods hand their own receiver on to which others."""

    def __init__(self, engine: FlowEngine) -> None:
        """Begin with no method known."""
        self._engine = engine
        self._outer: dict[str, set[str]] = {}
        self._inner: dict[str, set[str]] = {}
        self._handing: set[CallSite] = set()

    def own(self, key: str, origin: Origin) -> ClassInfo | None:
        """Return the class of the receiver, where an attribute of it is what flows."""
        if origin.index != 0 or not origin.trail or origin.trail[0][0] != ".":
            return None
        analysed = self._engine.analysed.get(key)
        return None if analysed is None else self.receiver(analysed)

    def receiver(self, analysed: Analysed) -> ClassInfo | None:
        """Return the class of a method's first parameter; ``None`` where it is no receiver."""
        if analysed.own is None or analysed.key in self._engine.closures:
            return None
        decorated = analysed.info.decorators
        static = decorated and "staticmethod" in decorator_names(analysed.info)
        return None if static else analysed.own

    def take(self, caller: Analysed, call: CallSite) -> bool:
        """Remember a call; return whether a method hands its own receiver on to another."""
        callee = self._engine.analysed.get(call.callee)
        if not call.arguments or callee is None:
            return False
        if self.receiver(callee) is None or self.receiver(caller) is None:
            return False
        value = call.arguments[0]
        if len(value.taints) != 1:
            return False
        origin = value.taints[0].origin
        if origin.owner != caller.key or origin.index != 0 or origin.trail:
            return False
        self._outer.setdefault(call.callee, set()).add(caller.key)
        self._inner.setdefault(caller.key, set()).add(call.callee)
        self._handing.add(call)
        return True

    def hands_on(self, call: CallSite) -> bool:
        """Tell whether a method calls another one of its receiver."""
        return call in self._handing

    def keeps(self, call: CallSite, origin: Origin) -> bool:
        """Tell whether a call leaves that attribute of the receiver as its method found it."""
        if call not in self._handing or origin.index != 0 or not origin.trail:
            return False
        fields = call.arguments[0].fields
        return origin.trail[0][0] == "." and (fields is None or origin.trail[0] not in fields)

    def outside(self, key: str) -> list[str]:
        """Return the methods from which one is reached on the same receiver, itself left out."""
        return _closure(key, self._outer)

    def inside(self, key: str) -> list[str]:
        """Return the methods that one reaches on its own receiver, itself left out."""
        return _closure(key, self._inner)


def _closure(key: str, edges: dict[str, set[str]]) -> list[str]:
    found = {key: None}
    waiting = [key]
    while waiting:
        for other in sorted(edges.get(waiting.pop(), ())):
            if other not in found:
                found[other] = None
                waiting.append(other)
    del found[key]
    return list(found)
