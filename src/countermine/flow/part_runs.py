"""Runs parts of functions, where the whole would cost more than it could tell."""

from collections.abc import Sequence
from typing import Protocol

from countermine.flow import ir
from countermine.flow.frame import Engine, Frame
from countermine.flow.index import ClassInfo, FunctionInfo
from countermine.flow.pieces import Pieces, pieces_of
from countermine.flow.slicing import Seed, part_of, storing_part
from countermine.flow.values import UNKNOWN, Value


class Runner(Engine, Protocol):
    """What parts are run with."""

    def storing(self, owner: ClassInfo, name: str) -> list[FunctionInfo]:
        """Return the methods of a class and its bases that may set an attribute."""
        ...

    def begin(self, callee: FunctionInfo, key: str, arguments: list[Value]) -> list[Value]:
        """Return what a function sees of its arguments."""
        ...

    def run_part(self, frame: Frame, parameters: list[Value]) -> None:
        """Run a part in the name of the whole function."""
        ...


class Parts:
    """Parts of the functions of one project."""

    def __init__(self, runner: Runner) -> None:
        """Run them with this engine, which remembers what they call."""
        self._runner = runner
        self._pieces: dict[FunctionInfo, Pieces] = {}

    def seeded(self, root: FunctionInfo, seeds: Sequence[Seed]) -> Frame | None:
        """Run the part of a function that some expressions depend on, if there is one."""
        function = self._runner.lowered(root)
        pieces = self._of(root, function)
        part = part_of(function, root.module.text, pieces, seeds, self._is_stored(root))
        return None if part is None else self._run(root, part)

    def stored(self, method: FunctionInfo, name: str) -> Frame | None:
        """Run the part of a method that sets an attribute of its receiver, if there is one."""
        function = self._runner.lowered(method)
        pieces = self._of(method, function)
        part = storing_part(function, method.module.text, pieces, name, self._is_stored(method))
        return None if part is None else self._run(method, part)

    def _of(self, function: FunctionInfo, lowered: ir.Function) -> Pieces:
        found = self._pieces.get(function)
        if found is None:
            method = function.owner is not None
            found = self._pieces[function] = pieces_of(lowered, function.module.text, method=method)
        return found

    def _is_stored(self, function: FunctionInfo) -> "_Stored":
        return _Stored(self._runner, function.owner)

    def _run(self, root: FunctionInfo, part: ir.Function) -> Frame:
        key = f"{root.module.path}:{root.qualname}:{root.start}~"
        frame = Frame(self._runner, root, part, key, root.qualname)
        parameters = self._runner.begin(root, key, [UNKNOWN] * len(part.parameters))
        self._runner.run_part(frame, parameters)
        return frame


class _Stored:
    """Tells whether another method than a constructor may set an attribute."""

    def __init__(self, runner: Runner, owner: ClassInfo | None) -> None:
        self.runner = runner
        self.owner = owner

    def __call__(self, name: str) -> bool:
        if self.owner is None:
            return False
        storing = self.runner.storing(self.owner, name)
        return any(method.name not in ("__init__", "__new__") for method in storing)
