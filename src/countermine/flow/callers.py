"""The callers of functions into which something dangerous flows."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from countermine.core.spans import TreePath
from countermine.flow import ir
from countermine.flow.engine import FlowEngine
from countermine.flow.frame import CallSite
from countermine.flow.index import FunctionInfo, ModuleInfo
from countermine.flow.mentions import Mentions, Target
from countermine.flow.named_places import named_at
from countermine.flow.slicing import Seed

Search = Callable[[frozenset[str]], dict[str, list[tuple[TreePath, int]]]]
"""Finds where names stand as words: path and offset, in order."""
Hands = Callable[[CallSite], bool]
"""Tells whether a call hands on what flows into the function called."""

Apart = Callable[[TreePath, TreePath], bool]
"""Tells whether two files cannot know of each other."""

MENTIONS_LOOKED_AT = 40
"""A function that mentions more of them is run as a whole."""


@dataclass(slots=True, eq=False)
class Wanted:
    """Functions and classes of one name whose callers are looked for."""

    targets: dict[Target, TreePath] = field(default_factory=dict)
    """With the files that a note on them is about."""


class Callers:
    """Finds callers, and tells which of them are worth running as a whole."""

    def __init__(self, engine: FlowEngine, search: Search, hands: Hands, apart: Apart) -> None:
        """Look with this engine; ``search`` looks through every file that may hold callers."""
        self._engine = engine
        self._apart = apart
        self._search = search
        self._hands = hands
        self._mentions = Mentions(engine)
        self.seen: list[CallSite] = []
        """Calls in functions that were not worth more than a look."""

    def of(self, wanted: dict[str, Wanted]) -> list[FunctionInfo]:
        """Return the functions that may hand something to these, in the order of the files."""
        found: dict[tuple[str, int], FunctionInfo] = {}
        offsets: dict[tuple[str, int], list[int]] = {}
        places = self._search(frozenset(wanted))
        for name in sorted(wanted):
            holders = self._holders(name, wanted[name], places.get(name, ()), offsets)
            found.update(holders)
        return [found[key] for key in sorted(found) if self._is_worth(found[key], offsets[key])]

    def _holders(
        self,
        name: str,
        wanted: Wanted,
        places: Iterable[tuple[TreePath, int]],
        offsets: dict[tuple[str, int], list[int]],
    ) -> dict[tuple[str, int], FunctionInfo]:
        """Return the functions in which a name stands, and gather where it does."""
        engine = self._engine
        targets = frozenset(wanted.targets)
        homes = sorted({target.module.path for target in targets})
        near: dict[TreePath, bool] = {}
        holders: dict[tuple[str, int], FunctionInfo] = {}
        for path, offset in places:
            if not engine.project.counts(path):
                continue
            if path not in near:
                near[path] = not all(self._apart(path, home) for home in homes)
            if not near[path]:
                continue
            module = engine.project.module(path)
            function = None if module is None else function_at(module, offset)
            if module is None or function is None:
                continue
            key = (path, function.start)
            if key in holders and len(offsets[key]) > MENTIONS_LOOKED_AT:
                continue
            if not self._mentions.may_be(module, function, offset, name, targets):
                continue
            holders[key] = function
            offsets.setdefault(key, []).append(offset)
            if len(holders) >= engine.bounds.callers:
                reason = f"{name} is mentioned in more than {engine.bounds.callers} functions"
                engine.unknown(min(wanted.targets.values()), reason)
                break
        return holders

    def _is_worth(self, caller: FunctionInfo, offsets: list[int]) -> bool:
        """Tell whether a caller hands something on, or that cannot be told without running it.

        Most hand on constants, or call something else of that name.
        """
        if self._engine.is_analysed(caller) or len(offsets) > MENTIONS_LOOKED_AT:
            return True
        named = named_at(self._engine.lowered(caller), offsets)
        if named is None:
            return True
        seeds: list[Seed] = []
        for one in named:
            if not isinstance(one.node, ir.Call):
                return True
            whole = one.assigned if one.assigned is not None else one.node
            run = None if one.assigned is not None else one.node
            seeds.append(Seed(whole.start, whole.end, run))
        frame = self._engine.parts.seeded(caller, seeds)
        if frame is None or self._engine.is_cut_short or any(map(self._hands, frame.calls)):
            return True
        self.seen += frame.calls
        return False


def _begins(function: FunctionInfo) -> int:
    return function.start


def function_at(module: ModuleInfo, offset: int) -> FunctionInfo | None:
    """Return the function around an offset, decorators included; the module's body outside."""
    place = bisect_right(module.functions, offset, key=_begins) - 1
    following = module.functions[place + 1] if place + 1 < len(module.functions) else None
    if following is not None and any(d.start <= offset < d.end for d in following.decorators):
        return following
    if place >= 0 and offset < module.functions[place].end:
        return module.functions[place]
    return module.body
