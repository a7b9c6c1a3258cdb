"""Drives an entry point through a test of the target: its set-up, with one argument replaced.

The process ends when the entry point has come back: what the test does afterwards, with a value
that its authors never gave it, says nothing of the target.
"""

# ruff: noqa: ANN401 - functions of a target have any type

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import sys
from typing import TYPE_CHECKING, Any

from countermine.prove.harness import drivers_function, hooking, loading, running_tests
from countermine.prove.harness.fitting import fitted
from countermine.prove.harness.loading import NotDrivenError
from countermine.prove.harness.results import consumed, described, failure, normalised

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from countermine.prove.harness.inputs import Scene
    from countermine.prove.harness.loading import EntryJob
    from countermine.prove.harness.observer import Observer


class TestDriver:
    """Drives by one test."""

    __test__ = False

    def __init__(self, test: dict[str, str]) -> None:
        """Take the test: its ``path``, ``id`` and ``runner``."""
        self._test = test

    def load(self, entry: EntryJob, _scene: Scene) -> ModuleType:
        """Import the entry point's module, and the runner."""
        running_tests.prepare(entry.root)
        importlib.import_module(self._test["runner"])
        return loading.load(entry)

    def drive(self, module: ModuleType, entry: EntryJob, scene: Scene, observer: Observer) -> str:
        """Run the test until the entry point has come back; that ends the process.

        Raises:
            NotDrivenError: If the test never called it.
        """
        call = _Call(entry, scene, observer)
        hooking.stand_at(module, entry, call.around)
        running_tests.run(self._test["runner"], self._test["path"], self._test["id"])
        message = f"the test {self._test['id']} did not get to {entry.qualname}"
        raise NotDrivenError(call.problem or message)


class _Call:
    """The first call of the entry point that has the argument in question."""

    def __init__(self, entry: EntryJob, scene: Scene, observer: Observer) -> None:
        self._entry = entry
        self._scene = scene
        self._observer = observer
        self._inside = False
        self.problem = ""

    def around(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Call the function with the argument replaced, and end with what it led to."""
        if self._inside:
            return function(*args, **kwargs)
        try:
            args, kwargs = self._replaced(function, args, kwargs)
        except NotDrivenError as problem:
            self.problem = self.problem or str(problem)
            return function(*args, **kwargs)
        self._inside = True
        if inspect.iscoroutinefunction(function):
            return self._awaited(function(*args, **kwargs))
        try:
            result = drivers_function.finished(function(*args, **kwargs))
        except BaseException as problem:  # noqa: BLE001 - whatever the target raises is its result
            return self._leave({"error": failure(problem)})
        return self._ended(result)

    async def _awaited(self, coming: Any) -> Any:
        try:
            result = consumed(await coming)
        except BaseException as problem:  # noqa: BLE001 - likewise
            return self._leave({"error": failure(problem)})
        return self._ended(result)

    def _replaced(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        values = self._scene.of("parameter", "file-content")
        if not values:
            return args, kwargs
        place, given = hooking.place_of(function, args, kwargs, self._entry.key)
        if place is None:
            message = f"the test calls {self._entry.qualname} without {self._entry.key}"
            raise NotDrivenError(message)
        put = fitted(given, values[0], self._scene)
        if isinstance(place, int):
            return (*args[:place], put, *args[place + 1 :]), kwargs
        return args, {**kwargs, place: put}

    def _ended(self, result: Any) -> Any:
        drivers_function.tell_text(result, self._observer)
        return self._leave({"result": described(result)})

    def _leave(self, detail: dict[str, str]) -> None:
        base = self._scene.base
        self._observer.tell(
            "reached", {key: normalised(text, base) for key, text in detail.items()}
        )
        for stream in (sys.stdout, sys.stderr):
            # A test may have closed or replaced them.
            with contextlib.suppress(Exception):
                stream.flush()
        if self._scene.leave is not None:
            self._scene.leave()
        os._exit(1)
