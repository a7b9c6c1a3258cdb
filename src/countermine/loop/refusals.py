"""A target that cannot be had, as a value that the record keeps and as the error it was."""

from collections.abc import Mapping

from countermine.core.errors import (
    BadTargetError,
    BadUsageError,
    CountermineError,
    EnvironmentLacksError,
)
from countermine.core.targets import TargetKind
from countermine.loop.records import (
    Opened,
    OpenedTarget,
    Refused,
    RunRequest,
)
from countermine.target.inventory import InventoryOptions, take_inventory
from countermine.target.open import tree_digest


def refused(error: CountermineError) -> Refused:
    """Return an expected error as a value that the record can keep."""
    match error:
        case BadTargetError():
            return Refused(error="target", message=str(error))
        case EnvironmentLacksError():
            return Refused(error="environment", message=str(error))
        case BadUsageError():
            return Refused(error="usage", message=str(error))
        case _:
            return Refused(error="other", message=str(error))


def refusal_error(refusal: Refused) -> CountermineError:
    """Return the error that a refusal was made from."""
    kinds: Mapping[str, type[CountermineError]] = {
        "target": BadTargetError,
        "environment": EnvironmentLacksError,
        "usage": BadUsageError,
    }
    return kinds.get(refusal.error, CountermineError)(refusal.message)


def unchanged(opened: OpenedTarget, request: RunRequest) -> None:
    """Refuse to carry on over a target that is not what it was.

    Raises:
        BadTargetError: If its files differ from those that were searched, or it is gone.
    """
    if not isinstance(opened, Opened):
        return
    limits = InventoryOptions(paths=request.paths, exclude=request.exclude)
    now = tree_digest(take_inventory(opened.target.root, limits))
    if now != opened.target.digest:
        directory = opened.target.kind is TargetKind.DIRECTORY
        place = opened.target.root if directory else opened.target.spec
        message = (
            f"{place!r} was changed since run {request.run} began; "
            "begin a new run (the report of this one can still be made)"
        )
        raise BadTargetError(message)
