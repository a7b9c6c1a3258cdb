"""Runs that agents asked for: carried out one at a time, behind the calls that wait for them."""

import threading
from dataclasses import dataclass, field
from enum import StrEnum

from countermine.core.errors import CountermineError
from countermine.loop.folder import RunFolder
from countermine.loop.records import RunRequest
from countermine.serve.mcp.host import Asked, CancelledError, Host

MAX_WAITING = 8
"""Runs that wait for their turn; whoever asks for more hears that the server is busy."""
LOOK_S = 0.1
"""Between two looks at whether a run that waits was taken back."""


class JobState(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(slots=True, eq=False)
class Job:
    """A run that this process carries out. Written by its own thread, read by any."""

    folder: RunFolder
    request: RunRequest
    asked: Asked
    stopped: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    state: JobState = JobState.WAITING
    count: int = 0
    """How many things were told; only grows."""
    doing: str = "waiting for its turn"
    error: CountermineError | None = None

    def stage(self, name: str, total: int | None = None) -> None:
        """Note that a stage begins."""
        del total
        self._tell(name)

    def step(self, subject: str, *, advance: int = 1) -> None:
        """Note what is worked on."""
        del advance
        self._tell(subject)

    def _tell(self, doing: str) -> None:
        if self.stopped.is_set():
            message = f"run {self.folder.id} was cancelled; `countermine resume` carries it on"
            raise CancelledError(message)
        self.doing = doing
        self.count += 1


class Jobs:
    """All jobs of this process."""

    def __init__(self, host: Host) -> None:
        """Carry out by what the edge built."""
        self._host = host
        self._turn = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._threads: list[threading.Thread] = []
        self._closed = False

    def begin(self, asked: Asked) -> Job:
        """Begin a run; it goes on in a thread of its own.

        Raises:
            CountermineError: If too many wait already, or the run cannot be begun.
        """
        waiting = [one for one in self._jobs.values() if not one.ended.is_set()]
        if self._closed or len(waiting) >= MAX_WAITING:
            message = f"busy: {len(waiting)} runs wait already; ask again when one has ended"
            raise CountermineError(message)
        folder, request = self._host.begin(asked)
        job = Job(folder=folder, request=request, asked=asked)
        self._jobs[folder.id] = job
        thread = threading.Thread(target=self._carry, args=(job,), name=folder.id, daemon=True)
        self._threads.append(thread)
        thread.start()
        return job

    def named(self, run: str) -> Job | None:
        """Return the job of a run, if this process began it."""
        return self._jobs.get(run)

    def going_on(self) -> tuple[Job, ...]:
        """Return the jobs that have not ended, the oldest first."""
        return tuple(one for one in self._jobs.values() if not one.ended.is_set())

    def close(self) -> None:
        """Stop everything, and return when nothing goes on any more."""
        self._closed = True
        for job in self.going_on():
            job.stopped.set()
        for thread in self._threads:
            thread.join()

    def _carry(self, job: Job) -> None:
        try:
            job.state = JobState.DONE if self._in_turn(job) else JobState.CANCELLED
        except CountermineError as error:
            job.error = error
            job.state = JobState.FAILED
        except Exception as error:  # noqa: BLE001 - the border of a thread: whoever waits is told
            job.error = CountermineError(f"internal error: {type(error).__name__}: {error}")
            job.error.__cause__ = error
            job.state = JobState.FAILED
        finally:
            if job.stopped.is_set() and job.state is not JobState.DONE:
                job.state = JobState.CANCELLED
            job.ended.set()

    def _in_turn(self, job: Job) -> bool:
        """Carry a run out when it is its turn; return whether it came to that."""
        while not self._turn.acquire(timeout=LOOK_S):
            if job.stopped.is_set():
                return False
        try:
            if job.stopped.is_set():
                return False
            job.state, job.doing = JobState.RUNNING, "beginning"
            self._host.carry(job.folder, job.request, job, job.stopped)
        finally:
            self._turn.release()
        return True
