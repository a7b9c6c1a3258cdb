"""Starts the workflow engine on a run, and carries the run to its end.

Source: https://docs.dbos.dev/python/tutorials/workflow-tutorial (recovery).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from dbos import (
    DBOS,
    DBOSConfig,
    DBOSPortableJSONSerializer,
    PortableWorkflowError,
    SetWorkflowID,
)

from countermine.loop.codec import to_json
from countermine.loop.folder import RunFolder
from countermine.loop.records import RunRequest
from countermine.loop.retrying import raised_again
from countermine.loop.workflow import RunWorkflow


@contextmanager
def launched(folder: RunFolder, version: str, executor: str) -> Iterator[None]:
    """Start the workflow engine on a run's store, and stop it at the end.

    Args:
        folder: The run's folder, locked by this process.
        version: Of Countermine; the engine recovers only what the same version began.
        executor: Name of this process; unique, so that nobody's work is taken for ours.
    """
    DBOS(
        config=DBOSConfig(
            name="countermine",
            system_database_url=f"sqlite:///{folder.store}",
            application_version=version,
            executor_id=executor,
            serializer=DBOSPortableJSONSerializer(),
            log_level="CRITICAL",
            # Nothing of ours listens or is scheduled, and each look costs. The stop of the engine
            # waits for the listener.
            notification_listener_polling_interval_sec=0.2,
            scheduler_polling_interval_sec=30.0,
        )
    )
    DBOS.launch()
    try:
        yield
    finally:
        DBOS.destroy(workflow_completion_timeout_sec=0)


def carry_out(workflow: RunWorkflow, request: RunRequest) -> str:
    """Begin a run and carry it to its end in this thread."""
    with SetWorkflowID(request.run):
        return workflow.run(to_json(request, RunRequest))


def carry_on(run: str) -> str:
    """Carry on a run that another process began; returns when it is finished.

    Raises:
        CountermineError: If a step raised one; other errors of steps likewise.
    """
    for status in DBOS.list_workflows(status=["PENDING", "ENQUEUED"], load_input=False):
        if status.workflow_id != run:
            DBOS.resume_workflow(status.workflow_id)
    handle = DBOS.resume_workflow(run)
    try:
        result: str = handle.get_result(polling_interval_sec=0.05)
    except PortableWorkflowError as error:
        raise raised_again(error.name, error.message) from error
    return result
