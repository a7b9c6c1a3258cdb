"""An error of a step is told alike by the process that made the step and by one that resumes."""

import errno

import pytest

from countermine.core.errors import CountermineError, EnvironmentLacksError
from countermine.loop.retrying import raised_again


@pytest.mark.parametrize("kind", [CountermineError, EnvironmentLacksError])
def test_errors_of_ours_keep_their_class(kind: type[CountermineError]) -> None:
    again = raised_again(kind.__name__, "no space")
    assert (type(again), str(again)) == (kind, "no space")


def test_a_full_disk_stays_a_full_disk() -> None:
    again = raised_again("OSError", str(OSError(errno.ENOSPC, "No space left on device")))
    assert isinstance(again, OSError)
    assert again.errno == errno.ENOSPC


@pytest.mark.parametrize("name", ["ValueError", "annotations", "__name__"])
def test_a_defect_keeps_its_name(name: str) -> None:
    assert str(raised_again(name, "what")) == f"{name}: what"
