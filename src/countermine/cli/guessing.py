"""``find`` with models: a run that ends after the search, so that no paid answer is lost."""

from countermine.cli.exits import ExitCode
from countermine.cli.options import Against, Asking, Choice, Outputs, Wishes
from countermine.cli.requests import Aims
from countermine.cli.starting import start
from countermine.core.errors import BadUsageError


def found_with_models(
    target: str,
    wishes: Wishes,
    only: list[str] | None,
    against: Against,
    asking: Asking,
    outputs: Outputs,
) -> ExitCode:
    """Search a target with what models say of it beside what is found.

    Raises:
        BadUsageError: If it is to be compared with another search: what models say differs from
            one time to the next, so that nothing would follow from a difference.
    """
    if against.baseline is not None or against.since is not None:
        message = (
            "--baseline and --since compare two searches, and what models say is no search; "
            "leave out --hypotheses and --kept-rows, or give --no-models"
        )
        raise BadUsageError(message)
    aims = Aims(choice=Choice(only=only), asking=asking, prove=False, cases=False)
    return start(target, wishes, aims, outputs)
