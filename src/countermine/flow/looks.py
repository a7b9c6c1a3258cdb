"""A first look at a function: is what it names really a sink, and does taint come near it?

Most places where a sink may be named are something else: ``split`` of a text, ``execute`` of one
of the target's own classes. To see that, only what is called has to be known; and then only what
its arguments depend on. The rest of the function, and whatever else it calls, is not followed.
"""

import re
from collections.abc import Sequence

from countermine.catalogue.schema import Form
from countermine.flow import ir
from countermine.flow.calls import called_names, sink_rows
from countermine.flow.dispatch import EVALUATORS
from countermine.flow.engine import FlowEngine
from countermine.flow.evaluate import callee_of
from countermine.flow.frame import Frame, target_name
from countermine.flow.index import ClassInfo, FunctionInfo
from countermine.flow.named_places import Named, named_at
from countermine.flow.slicing import Seed
from countermine.flow.values import UNKNOWN, Closure, Value

_CALLED = re.compile(rb"(\w+)[ \t]*\(")
_WORD = re.compile(rb"\w+")


class FirstLook:
    """Tells which functions are worth running as a whole."""

    def __init__(self, engine: FlowEngine) -> None:
        """Look with this engine, which remembers what it runs."""
        self._engine = engine
        catalogue = engine.catalogue
        items = (name.removesuffix("[]") for name in catalogue.sinks if name.endswith("[]"))
        words = (word for rows in catalogue.sinks.values() for row in rows for word in row.words)
        called = (
            name
            for name, rows in catalogue.sinks.items()
            if any(r.form is Form.CALLED for r in rows)
        )
        last = (name.rpartition(".")[2] for name in (*catalogue.templates, *items, *called))
        self._elsewhere = frozenset(name.encode() for name in (*last, *words))
        """Names that stand near a sink, and are none by themselves."""

    def is_promising(self, root: FunctionInfo, offsets: Sequence[int]) -> bool:
        """Tell whether something may flow into a sink that a function names at some offsets.

        ``True`` where only running the whole function can tell.
        """
        text = root.module.text
        left = [offset for offset in offsets if not self._is_own(root, offset)]
        if not left:
            return False
        if any(self._is_elsewhere(text, offset) for offset in left):
            return True
        named = named_at(self._engine.lowered(root), left)
        return named is None or self._engine.handler(root) is not None or self._feeds(root, named)

    def _is_elsewhere(self, text: bytes, offset: int) -> bool:
        word = _WORD.match(text, offset)
        return word is not None and word[0] in self._elsewhere

    def _is_own(self, root: FunctionInfo, offset: int) -> bool:
        """Tell whether a plain name that is called is one of the target's own functions."""
        text = root.module.text
        called = _CALLED.match(text, offset)
        if called is None or text[offset - 1 : offset] == b"." or not offset:
            return False
        value = self._engine.global_value(root.module, called[1].decode())
        if value is None or not (
            isinstance(value.target, FunctionInfo) or isinstance(value.type, ClassInfo)
        ):
            return False
        once = text.count(called[1], root.start, root.end) == 1
        if once and text.find(b"import", root.start, root.end) < 0:
            return True
        name = re.escape(called[1])
        bound = rb"\b%s\b\s*:?=(?!=)|\bimport\b[^\n]*\b%s\b|\bas\s+%s\b" % (name, name, name)
        return re.search(bound, text[root.start : root.end]) is None

    def _feeds(self, root: FunctionInfo, named: list[Named]) -> bool:
        looks = {
            id(one.node): ir.Look(one.node.start, one.node.end, one.node)
            for one in named
            if isinstance(one.node, ir.Call)
        }
        if looks:
            seeds = [
                Seed(look.call.function.start, look.call.function.end, look)
                for look in looks.values()
            ]
            if self._engine.parts.seeded(root, seeds) is None or self._engine.is_cut_short:
                return True
        left = [
            one
            for one in named
            if id(one.node) not in looks or looks[id(one.node)].hit is not False
        ]
        if not left:
            return False
        frame = self._engine.parts.seeded(root, [seed_of(one) for one in left])
        return frame is None or bool(frame.flows) or self._engine.is_cut_short


def seed_of(named: Named) -> Seed:
    """Return what is run of it: with the name that it is assigned to, which may say a lot."""
    if named.assigned is not None:
        return Seed(named.assigned.start, named.assigned.end, None)
    node = named.node
    return Seed(node.start, node.end, None if isinstance(node, ir.Assign) else node)


def _look(frame: Frame, node: ir.Look) -> Value:
    callee = callee_of(frame, node.call.function)
    target = callee.target
    if isinstance(target, ClassInfo):
        node.hit = bool(node.hit) or target_name(target) in frame.engine.catalogue.sinks
    elif isinstance(target, (FunctionInfo, Closure)):
        node.hit = bool(node.hit)
    else:
        names = called_names(frame, node.call, callee)
        node.hit = bool(node.hit) or bool(sink_rows(frame, node.call, callee, names)[1])
    return UNKNOWN


EVALUATORS[ir.Look] = _look
