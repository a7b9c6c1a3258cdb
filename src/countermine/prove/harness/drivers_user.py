"""Runs what users give as a witness of their own."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, NamedTuple

from countermine.prove.harness import drivers_function
from countermine.prove.harness.loading import NotDrivenError
from countermine.prove.harness.results import described

if TYPE_CHECKING:
    from countermine.prove.harness.inputs import Scene
    from countermine.prove.harness.loading import EntryJob
    from countermine.prove.harness.observer import Observer


class UserDriver(NamedTuple):
    """The driver that a user gave: ``attack(canary)`` and ``control()``."""

    source: str

    def load(self, _entry: EntryJob, _scene: Scene) -> None:
        """Load nothing: the user's source does."""

    def drive(self, _loaded: None, _entry: EntryJob, scene: Scene, observer: Observer) -> str:
        """Run the function for the stimulus.

        Raises:
            NotDrivenError: If the source lacks it.
        """
        names: dict[str, Any] = {"__name__": "countermine_witness"}
        exec(compile(self.source, "<witness>", "exec"), names)  # noqa: S102 - run in the sandbox, by design
        wanted = "attack" if scene.is_attack else "control"
        function = names.get(wanted)
        if not callable(function):
            message = f"the witness has no function {wanted}()"
            raise NotDrivenError(message)
        takes_canary = scene.is_attack and bool(inspect.signature(function).parameters)
        result = drivers_function.finished(function(scene.canary) if takes_canary else function())
        drivers_function.tell_text(result, observer)
        return described(result)
