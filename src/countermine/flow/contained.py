"""Instances of which all that is done to them is seen: they are only used, and handed to methods.

What such an instance keeps in its attributes reaches methods by the values at the calls of them;
another instance of its class has nothing of it.
"""

import re

from countermine.flow.engine import FlowEngine
from countermine.flow.frame import CallSite
from countermine.flow.index import ClassInfo
from countermine.flow.uses import Handed, Uses, uses_of

_HEADS = re.compile(rb"\bdef[ \t]+\w+[ \t]*\([ \t\n]*self\b|\bsuper\([\w.]+,[ \t]*self\)")
_GIVEN_AWAY = re.compile(rb"(?<![.\w])self\b(?![ \t]*[.\w])")
_DEPTH = 3
"""Calls in which it is looked at what becomes of an instance that is handed on."""


class Contained:
    """Tells which calls of constructors make such instances; remembers what it found."""

    def __init__(self, engine: FlowEngine) -> None:
        """Look at the functions that this engine ran."""
        self._engine = engine
        self._known: dict[tuple[str, int, int], bool] = {}
        self._closed: dict[ClassInfo, bool] = {}

    def holds(self, call: CallSite) -> bool:
        """Tell whether a call makes an instance of which every use is seen."""
        key = (call.caller, call.start, call.end)
        known = self._known.get(key)
        if known is None:
            self._known[key] = False
            known = self._known[key] = self._made(call, _DEPTH)
        return known

    def _made(self, call: CallSite, depth: int) -> bool:
        caller = self._engine.analysed.get(call.caller)
        callee = self._engine.analysed.get(call.callee)
        if caller is None or callee is None or callee.info.name != "__init__":
            return False
        made = call.arguments[0].type if call.arguments else None
        if not isinstance(made, ClassInfo) or not self._is_closed(made):
            return False
        uses = uses_of(caller.function.body, (call.start, call.end))
        if uses.name and uses.stays:
            named = uses_of(caller.function.body, uses.name)
            return named.times == 1 and self._stay(call.caller, named, depth)
        return not uses.name and self._stay(call.caller, uses, depth)

    def _stay(self, caller: str, uses: Uses, depth: int) -> bool:
        """Tell whether an instance stays in sight where it is used like this."""
        if not uses.stays or uses.stored:
            return False
        return all(self._is_kept_by(caller, handed, depth - 1) for handed in uses.handed)

    def _is_kept_by(self, caller: str, handed: Handed, depth: int) -> bool:
        """Tell whether a call that is given an instance keeps it in sight."""
        analysed = self._engine.analysed.get(caller)
        if depth < 0 or analysed is None:
            return False
        calls = [c for c in analysed.calls if (c.start, c.end) == handed.place]
        return bool(calls) and all(self._in_callee(call, handed, depth) for call in calls)

    def _in_callee(self, call: CallSite, handed: Handed, depth: int) -> bool:
        callee = self._engine.analysed.get(call.callee)
        if callee is None or call.callee in self._engine.closures:
            return False
        parameters = callee.function.parameters
        first = 0 if callee.own is None else 1
        place = first + handed.position
        if handed.keyword is not None:
            named = [n for n, p in enumerate(parameters) if p.name == handed.keyword]
            place = named[0] if named else len(parameters)
        if place >= len(parameters) or parameters[place].stars:
            return False
        receiver = parameters[0].name if first else None
        uses = uses_of(callee.function.body, parameters[place].name, receiver)
        if not uses.stays or uses.times:
            return False
        if uses.stored and not (callee.info.name == "__init__" and self._made(call, depth)):
            return False
        return all(self._is_kept_by(call.callee, one, depth - 1) for one in uses.handed)

    def _is_closed(self, owner: ClassInfo) -> bool:
        """Tell whether no method of a class gives its receiver away."""
        known = self._closed.get(owner)
        if known is None:
            line = self._engine.hierarchy.line(owner)
            known = all(isinstance(o, ClassInfo) or o == "object" for o in line)
            for one in line if known else ():
                if isinstance(one, ClassInfo):
                    text = _HEADS.sub(b"", one.module.text[one.start : one.end])
                    known = known and _GIVEN_AWAY.search(text) is None
            self._closed[owner] = known
        return known
