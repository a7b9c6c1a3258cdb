from pathlib import Path

import pytest

from countermine.core.errors import SandboxUnavailableError
from countermine.sandbox.features import NEEDED, probe


def program(folder: Path, options: tuple[str, ...], version: str) -> str:
    path = folder / "bwrap"
    listed = "\n".join(f"    {option} ARG      Does something" for option in options)
    path.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap {version} || cat <<E\n{listed}\nE\n'
    )
    path.chmod(0o755)
    return str(folder)


def test_a_missing_bubblewrap_is_told_with_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(SandboxUnavailableError, match="not installed; get it with apt-get install"):
        probe(str(tmp_path))


def test_version_and_options_are_asked_for(tmp_path: Path) -> None:
    found = probe(program(tmp_path, (*NEEDED, "--size"), "0.11.0"))
    assert (found.version, found.has("--size"), found.has("--perms")) == ("0.11.0", True, False)
    assert not found.setuid


def test_a_version_that_lacks_what_is_needed_is_refused(tmp_path: Path) -> None:
    options = tuple(option for option in NEEDED if option != "--seccomp")
    with pytest.raises(SandboxUnavailableError, match=r"bubblewrap 0\.1 at .* lacks --seccomp"):
        probe(program(tmp_path, options, "0.1"))


def test_a_program_that_cannot_be_run_is_told(tmp_path: Path) -> None:
    (tmp_path / "bwrap").write_text("#!/nonexistent/shell\n")
    (tmp_path / "bwrap").chmod(0o755)
    with pytest.raises(SandboxUnavailableError, match="does not answer"):
        probe(str(tmp_path))
