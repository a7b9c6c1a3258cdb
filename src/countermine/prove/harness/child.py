"""What the process of one stimulus does: watch, drive, close."""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import sys
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from countermine.prove.harness import channel, lines, programs
from countermine.prove.harness.inputs import BENIGN, Scene, value
from countermine.prove.harness.lacking_folders import with_folders
from countermine.prove.harness.loading import NotDrivenError, extend_namespaces, search_path
from countermine.prove.harness.results import failure, normalised

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from countermine.prove.harness.guard import Guard
    from countermine.prove.harness.jobs import Job, StimulusJob
    from countermine.prove.harness.loading import EntryJob
    from countermine.prove.harness.observer import Observer

    class Driver(Protocol):
        """A module that knows one kind of entry point."""

        def load(self, entry: EntryJob, scene: Scene) -> Any:  # noqa: ANN401 - each its own
            """Load the target as far as it is the same for every stimulus."""

        def drive(self, loaded: Any, entry: EntryJob, scene: Scene, observer: Observer) -> str:  # noqa: ANN401 - likewise
            """Enter what was loaded, and return the result as text."""


DRIVERS = {
    "function": "drivers_function",
    "method": "drivers_function",
    "script": "drivers_script",
    "flask-view": "drivers_flask",
    "django-view": "drivers_django",
    "asgi-route": "drivers_web",
}
REQUESTED = frozenset({"function", "method"})
"""Kinds that are handlers of a web framework where their values come in a request."""
CHANNELS = frozenset(
    {"query", "form", "json", "body", "path", "header", "cookie", "upload-name", "upload-content"}
)
"""What a request carries."""
THREAD_S = 1.0
"""How long work that the target left to threads may go on."""


class Run(NamedTuple):
    """What all stimuli of a job share."""

    job: Job
    driver: Driver
    observer: Observer
    guard: Guard


class Loaded(NamedTuple):
    """What a driver loaded before the stimulus was known."""

    what: Any
    generator: Any
    """State of the generator of random numbers, which a copy of a process would seed anew."""


def driver_of(job: Job) -> Driver:
    """Return the driver of a job; the others are not even loaded."""
    if job.script is not None:
        user = importlib.import_module("countermine.prove.harness.drivers_user")
        return user.UserDriver(job.script)  # type: ignore[no-any-return]  # one
    if job.driver is not None:
        read = importlib.import_module("countermine.prove.harness.drivers_text")
        return read.TextDriver(job.driver)  # type: ignore[no-any-return]  # one
    if job.test is not None:
        through = importlib.import_module("countermine.prove.harness.drivers_test")
        return through.TestDriver(job.test)  # type: ignore[no-any-return]  # one
    name = DRIVERS[job.entry.kind]
    if job.entry.kind in REQUESTED and job.entry.channel in CHANNELS:
        name = DRIVERS["asgi-route"]
    return importlib.import_module(f"countermine.prove.harness.{name}")


def word(key: bytes, moment: str) -> str:
    """Return what a probe says: nobody without the key can say it."""
    return channel.sign(key, moment)


def run(of: Run, stimulus: StimulusJob, fd: int, key: bytes, loaded: Loaded | None) -> None:
    """Drive one stimulus and report; does not return."""
    job, observer = of.job, of.observer
    base = job.scratch
    if loaded is None:
        surroundings(job)
    else:
        importlib.import_module("random").setstate(loaded.generator)
    before, after = word(key, "before"), word(key, "after")
    values = tuple(value(item, job.canary, base) for item in stimulus.inputs)

    def leave() -> None:
        _probe(observer, job.canary, after)
        observer.close()
        os._exit(0)

    scene = Scene(
        values,
        base,
        job.canary,
        stimulus.is_attack,
        leave=leave,
        methods=job.entry.methods,
    )
    observer.start(channel.writer(fd, key), (job.canary, BENIGN, f"{base}/outside"))
    del key
    _probe(observer, job.canary, before)
    _drive(of, scene, loaded)
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join(THREAD_S)
    leave()


def surroundings(job: Job) -> None:
    """Make the process as the target expects it to be when it is loaded."""
    os.chdir(job.root)
    for name, folder in (("TMPDIR", "tmp"), ("HOME", "home")):
        os.environ[name] = f"{job.scratch}/{folder}"  # noqa: TID251 - the target's own
    sys.path[:0] = search_path(job.entry)
    extend_namespaces(search_path(job.entry))
    # The generators start the same each time: two controls that both use them can be compared.
    importlib.import_module("random").seed(0)


def _probe(observer: Observer, canary: str, said: str) -> None:
    observer.probe(said)
    with contextlib.suppress(OSError):
        open(f"/countermine-probe/{canary}/{said}").close()  # noqa: PTH123 - to be seen


def _drive(of: Run, scene: Scene, loaded: Loaded | None) -> None:
    observer, driver, entry = of.observer, of.driver, of.job.entry
    ran = lines.Lines(of.job.root) if of.job.lines else None
    try:
        what = _loaded(driver, entry, scene) if loaded is None else loaded.what
        if ran is not None:
            ran.start()
        drive = functools.partial(driver.drive, what, entry, scene, observer)
        result = _driven(of.job, lambda: with_folders(drive, entry.root, scene.values))
        observer.tell("reached", {"result": normalised(result, scene.base)})
    except NotDrivenError as problem:
        observer.tell("not-driven", {"reason": normalised(str(problem), scene.base)})
    except BaseException as problem:  # noqa: BLE001 - whatever the target raises is its result
        observer.tell("reached", {"error": normalised(failure(problem), scene.base)})
    if ran is not None:
        observer.tell("lines", {"lines": ran.stop()})


def _loaded(driver: Driver, entry: EntryJob, scene: Scene) -> Any:  # noqa: ANN401 - each its own
    return with_folders(lambda: driver.load(entry, scene), entry.root, scene.values)


def _driven(job: Job, drive: Callable[[], str]) -> str:
    """Return the result of a drive, made once more without real programs where it fails with."""
    if not job.programs:
        return drive()
    try:
        return drive()
    except NotDrivenError:
        raise
    except Exception:  # noqa: BLE001 - whatever the target raises may come from a program
        stood_in = programs.StoodIn()
        stood_in.begin()
        return stood_in.result(drive())
