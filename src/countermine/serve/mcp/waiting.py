"""Waits for runs from a coroutine: with progress, and with an end when the call is taken back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import anyio
import anyio.to_thread
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError

from countermine.core.errors import CountermineError
from countermine.report.wording import safe
from countermine.serve.mcp.desk import told
from countermine.serve.mcp.host import Asked
from countermine.serve.mcp.jobs import Job, Jobs
from countermine.serve.mcp.proposals import author_of

LOOK_S = 0.1
"""Between two looks at how far a run is."""

_Answer = TypeVar("_Answer")


@contextmanager
def typed() -> Iterator[None]:
    """Turn an expected error into that of a tool: its kind, and one line."""
    try:
        yield
    except CountermineError as error:
        raise ToolError(told(error)) from error


async def aside(act: Callable[[], _Answer]) -> _Answer:
    """Do something that reads files in a thread, so that other calls are answered meanwhile."""
    return await anyio.to_thread.run_sync(act)


def client(context: Context) -> str:
    """Return what the client of a call is called on record."""
    params = context.session.client_params
    return author_of(None if params is None else params.client_info.name)


async def waited(jobs: Jobs, asked: Asked, context: Context, wait_s: float) -> Job:
    """Begin a run and wait for its end, telling of its progress; taken back, it is stopped."""
    with anyio.CancelScope(shield=True):
        job = await aside(lambda: jobs.begin(asked))
    seen = -1
    try:
        with anyio.move_on_after(wait_s):
            while not job.ended.is_set():
                if job.count != seen:
                    seen = job.count
                    await context.report_progress(seen, None, safe(job.doing)[:200])
                await anyio.sleep(LOOK_S)
    except anyio.get_cancelled_exc_class():
        job.stopped.set()
        with anyio.CancelScope(shield=True):
            await ended(job)
        raise
    return job


async def ended(job: Job) -> None:
    """Wait until a run goes on no more."""
    while not job.ended.is_set():  # noqa: ASYNC110 - a thread sets it
        await anyio.sleep(LOOK_S)
