"""Begins a run: checks what can be checked at once, makes its folder, and carries it out."""

from pathlib import Path

from countermine.cli.exits import ExitCode
from countermine.cli.files import check_file, check_folder
from countermine.cli.interrupts import begun
from countermine.cli.options import Outputs, Wishes
from countermine.cli.requests import Aims, only_of, request_for, terms_of
from countermine.cli.running import carry, means_for, new_run_id
from countermine.cli.searching import plan
from countermine.cli.surroundings import SystemClock, state_folder
from countermine.core.errors import BadUsageError
from countermine.loop.asked import note_request
from countermine.loop.folder import begin
from countermine.target.inventory import resolve_root
from countermine.target.spec import DirectorySpec, GitSpec


def start(
    target: str, wishes: Wishes, aims: Aims, outputs: Outputs, *, programs: str | None = None
) -> ExitCode:
    """Begin a run and carry it to its end.

    Args:
        target: As the user wrote it.
        wishes: What the command line says about the search.
        aims: What the run is for.
        outputs: Where results go.
        programs: Where the sandbox's program is looked for; ``None`` for the usual folders.

    Raises:
        BadUsageError: If what is asked cannot be done for this kind of target.
        CountermineError: As ``carry``.
    """
    for path in outputs.files:
        check_file(path)
    if aims.delivery.patches is not None:
        check_folder(aims.delivery.patches)
    if aims.delivery.bundles is not None:
        if not aims.prove:
            message = "--bundles needs something that was run: use `countermine run`"
            raise BadUsageError(message)
        check_folder(aims.delivery.bundles)
    only_of(aims.choice)
    planned = plan(target, wishes)
    if isinstance(planned.spec, DirectorySpec):
        root = Path(resolve_root(planned.spec.path))
        if aims.delivery.branch is not None:
            from countermine.deliver.branch import check_branch  # noqa: PLC0415 - dulwich

            check_branch(root, aims.delivery.branch)
        if aims.delivery.apply:
            from countermine.deliver.apply import check_clean  # noqa: PLC0415 - dulwich

            check_clean(root)
    elif aims.delivery.branch or aims.delivery.apply:
        kind = "repository's clone" if isinstance(planned.spec, GitSpec) else "fetched release"
        message = (
            f"--branch and --apply change a directory of yours, not a {kind}; use --patches DIR"
        )
        raise BadUsageError(message)
    if aims.asking.estimate:
        terms_of(planned, aims.asking)
        from countermine.cli.estimating import estimate  # noqa: PLC0415 - not without models

        return estimate(planned, aims, outputs)
    clock = SystemClock()
    folder = begin(state_folder(), new_run_id(clock))
    request = request_for(planned, aims, outputs, run=folder.id, started=clock.now_iso())
    note_request(folder, request)
    begun(folder.id)
    means = means_for(request, folder.scratch, programs)
    return carry(folder, request, means, outputs, resumed=False)
