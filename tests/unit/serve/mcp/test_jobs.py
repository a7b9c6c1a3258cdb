"""Runs are carried out one at a time, and end when they are taken back."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from countermine.core.cases import Case
from countermine.core.errors import BadTargetError, CountermineError
from countermine.core.runs import Run
from countermine.loop.folder import RunFolder
from countermine.loop.prefix import Recorded
from countermine.loop.records import RunRequest
from countermine.ports.progress import Progress
from countermine.serve.mcp.host import Asked
from countermine.serve.mcp.jobs import MAX_WAITING, Job, Jobs, JobState

ASKED = Asked(tool="find", by="mcp:one", target=Path("/x"), case=None)


@dataclass
class HeldHost:
    """Holds every run until it is let go; counts how many go on at once."""

    state: Path = Path("/none")
    error: Exception | None = None
    go: threading.Event = field(default_factory=threading.Event)
    begun: int = 0
    at_once: int = 0
    most: int = 0

    def begin(self, asked: Asked) -> tuple[RunFolder, RunRequest]:
        self.begun += 1
        name = f"run-{self.begun}"
        request = RunRequest(run=name, version="1", target=str(asked.target), started="2026")
        return RunFolder(path=self.state / name), request

    def carry(
        self, folder: RunFolder, request: RunRequest, progress: Progress, stopped: threading.Event
    ) -> None:
        del folder, request, stopped
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            progress.stage("find")
            while not self.go.wait(0.01):
                progress.step("a file")
            if self.error is not None:
                raise self.error
        finally:
            self.at_once -= 1

    def bundle(self, run: Run, record: Recorded, case: Case) -> str:
        raise NotImplementedError

    def ledger(self, folder: RunFolder) -> list[str]:
        raise NotImplementedError


@pytest.fixture
def host() -> HeldHost:
    return HeldHost()


@pytest.fixture
def jobs(host: HeldHost) -> Iterator[Jobs]:
    made = Jobs(host)
    yield made
    made.close()


def ended(job: Job) -> JobState:
    assert job.ended.wait(10)
    return job.state


def test_runs_wait_for_their_turn(jobs: Jobs, host: HeldHost) -> None:
    made = [jobs.begin(ASKED) for _ in range(4)]
    assert len(jobs.going_on()) == 4
    host.go.set()
    assert [ended(one) for one in made] == [JobState.DONE] * 4
    assert host.most == 1
    assert jobs.going_on() == ()


def test_a_run_that_is_taken_back_ends_and_makes_room(jobs: Jobs) -> None:
    first, second = jobs.begin(ASKED), jobs.begin(ASKED)
    for one in (second, first):
        one.stopped.set()
        assert ended(one) is JobState.CANCELLED
    assert "resume" in str(first.error)
    assert jobs.named("run-1") is first
    assert jobs.named("run-9") is None


def test_no_more_runs_wait_than_the_bound(jobs: Jobs) -> None:
    for _ in range(MAX_WAITING):
        jobs.begin(ASKED)
    with pytest.raises(CountermineError, match="busy"):
        jobs.begin(ASKED)


@pytest.mark.parametrize(
    ("error", "said"),
    [(BadTargetError("it is gone"), "it is gone"), (KeyError("x"), "internal error: KeyError")],
)
def test_an_error_is_kept_for_whoever_asks(
    jobs: Jobs, host: HeldHost, error: Exception, said: str
) -> None:
    host.error = error
    host.go.set()
    job = jobs.begin(ASKED)
    assert ended(job) is JobState.FAILED
    assert said in str(job.error)


def test_closing_stops_everything_and_takes_nothing_more(jobs: Jobs) -> None:
    made = [jobs.begin(ASKED) for _ in range(2)]
    jobs.close()
    assert [one.state for one in made] == [JobState.CANCELLED] * 2
    with pytest.raises(CountermineError):
        jobs.begin(ASKED)
