"""What the process of one stimulus does: watch, drive, close."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import threading
from typing import TYPE_CHECKING

from countermine.prove.harness import (
    channel,
    drivers_asgi,
    drivers_django,
    drivers_flask,
    drivers_function,
    drivers_script,
)
from countermine.prove.harness.inputs import BENIGN, Scene, value
from countermine.prove.harness.loading import NotDrivenError, search_path
from countermine.prove.harness.results import failure, normalised

if TYPE_CHECKING:
    from countermine.prove.harness.jobs import Job, StimulusJob
    from countermine.prove.harness.observer import Observer

DRIVERS = {
    "function": drivers_function.drive,
    "method": drivers_function.drive,
    "script": drivers_script.drive,
    "flask-view": drivers_flask.drive,
    "django-view": drivers_django.drive,
    "asgi-route": drivers_asgi.drive,
}
THREAD_S = 1.0
"""How long work that the target left to threads may go on."""


def word(key: bytes, moment: str) -> str:
    """Return what a probe says: nobody without the key can say it."""
    return channel.sign(key, moment)


def run(job: Job, stimulus: StimulusJob, observer: Observer, fd: int, key: bytes) -> None:
    """Drive one stimulus and report; does not return."""
    base = job.scratch
    _surroundings(job, base)
    before, after = word(key, "before"), word(key, "after")
    values = tuple(value(item, job.canary, base) for item in stimulus.inputs)
    scene = Scene(values, base, job.canary, stimulus.is_attack)
    observer.start(channel.writer(fd, key), (job.canary, BENIGN, f"{base}/outside"))
    del key
    _probe(observer, job.canary, before)
    _drive(job._replace(key=b""), scene, observer)
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join(THREAD_S)
    _probe(observer, job.canary, after)
    observer.close()
    os._exit(0)


def _surroundings(job: Job, base: str) -> None:
    os.chdir(job.root)
    for name, folder in (("TMPDIR", "tmp"), ("HOME", "home")):
        os.environ[name] = f"{base}/{folder}"  # noqa: TID251 - the target's own
    sys.path[:0] = search_path(job.entry)
    # The generators start the same each time: two controls that both use them can be compared.
    importlib.import_module("random").seed(0)


def _probe(observer: Observer, canary: str, said: str) -> None:
    observer.probe(said)
    with contextlib.suppress(OSError):
        open(f"/countermine-probe/{canary}/{said}").close()  # noqa: PTH123 - to be seen


def _drive(job: Job, scene: Scene, observer: Observer) -> None:
    try:
        if job.script is not None:
            result = drivers_function.drive_script(job.script, scene, observer)
        else:
            result = DRIVERS[job.entry.kind](job.entry, scene, observer)
        observer.tell("reached", {"result": normalised(result, scene.base)})
    except NotDrivenError as problem:
        observer.tell("not-driven", {"reason": normalised(str(problem), scene.base)})
    except BaseException as problem:  # noqa: BLE001 - whatever the target raises is its result
        observer.tell("reached", {"error": normalised(failure(problem), scene.base)})
