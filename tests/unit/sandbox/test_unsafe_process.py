import time
from pathlib import Path

import pytest

from countermine.core.errors import SandboxUnavailableError
from countermine.ports.sandbox import Access, Bound, Exited, Limits, Mount, SandboxCommand, Stopped
from countermine.sandbox.unsafe_process import UnsafeProcessSandbox

SH = "/bin/sh"


def command(*argv: str, cwd: str = "/", **more: object) -> SandboxCommand:
    return SandboxCommand(argv=argv, cwd=cwd, **more)  # type: ignore[arg-type]


def test_it_says_that_it_is_no_sandbox() -> None:
    assert (UnsafeProcessSandbox().name, UnsafeProcessSandbox().isolated) == (
        "unsafe-process",
        False,
    )


def test_results_are_passed_on_and_the_environment_is_made_from_nothing(tmp_path: Path) -> None:
    outcome = UnsafeProcessSandbox().run(
        command(SH, "-c", "cat; env | sort; pwd; exit 3", cwd=str(tmp_path), stdin=b"in\n",
                env={"GIVEN": "yes"})
    )  # fmt: skip
    assert isinstance(outcome, Exited)
    assert outcome.exit_code == 3
    lines = outcome.stdout.decode().splitlines()
    assert lines[0] == "in"
    assert lines[-1] == str(tmp_path)
    names = {line.partition("=")[0] for line in lines[1:-1]}
    assert names - {"PWD", "OLDPWD", "SHLVL", "_", "LC_CTYPE"} == {"GIVEN", "LANG", "PATH"}


def test_time_output_and_file_size_are_bounded(tmp_path: Path) -> None:
    run = UnsafeProcessSandbox().run
    slow = run(command(SH, "-c", "sleep 30", limits=Limits(wall_s=0.2)))
    assert isinstance(slow, Stopped)
    assert slow.bound is Bound.WALL
    loud = run(command(SH, "-c", "yes", limits=Limits(output_bytes=1000)))
    assert isinstance(loud, Stopped)
    assert (loud.bound, len(loud.stdout)) == (Bound.OUTPUT, 1000)
    run(command(SH, "-c", "yes > file", cwd=str(tmp_path), limits=Limits(file_bytes=4096)))
    assert (tmp_path / "file").stat().st_size == 4096


def test_children_of_the_same_group_end_with_the_command() -> None:
    started = time.monotonic()
    outcome = UnsafeProcessSandbox().run(command(SH, "-c", "sleep 30 & echo done"))
    assert isinstance(outcome, Exited)
    assert outcome.stdout == b"done\n"
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("mount", "message"),
    [
        (Mount(host=Path("/usr"), inside="/usr", access=Access.OVERLAY), "cannot overlay"),
        (Mount(host=Path("/usr"), inside="/elsewhere"), "cannot show '/usr' at '/elsewhere'"),
        (Mount(host=Path("/nonexistent"), inside="/nonexistent"), "no such file"),
    ],
)
def test_what_only_a_sandbox_can_do_is_refused(mount: Mount, message: str) -> None:
    with pytest.raises(SandboxUnavailableError, match=message):
        UnsafeProcessSandbox().run(command(SH, mounts=(mount,)))


def test_a_missing_folder_is_refused_and_a_missing_program_told() -> None:
    with pytest.raises(SandboxUnavailableError, match="has no folder '/nonexistent'"):
        UnsafeProcessSandbox().run(command(SH, cwd="/nonexistent"))
    with pytest.raises(SandboxUnavailableError, match="cannot start '/nonexistent'"):
        UnsafeProcessSandbox().run(command("/nonexistent"))
