"""What ``doctor`` looks at, beyond the sandbox itself."""

import shutil
import sys
import tempfile
from pathlib import Path

from countermine.cli.surroundings import state_folder
from countermine.sandbox.detect import Check, CheckState, diagnose

LEAST_FREE_BYTES = 1 << 30
"""An environment with a web framework takes some 100 MB; less than this is asking for trouble."""


def checks() -> tuple[Check, ...]:
    """Return every check, the sandbox first."""
    return (*diagnose(), _python(), _uv(), _git_ssh(), _state(state_folder()))


def _python() -> Check:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Check(name="python", state=CheckState.OK, detail=f"{version} at {sys.executable}")


def _uv() -> Check:
    from uv import find_uv_bin  # noqa: PLC0415 - only here

    try:
        return Check(name="uv", state=CheckState.OK, detail=find_uv_bin())
    except FileNotFoundError:
        return Check(
            name="uv",
            state=CheckState.MISSING,
            detail="not found; environments of targets are built with it",
            remedy="reinstall countermine: uv is one of its dependencies",
        )


def _git_ssh() -> Check:
    ssh = shutil.which("ssh")
    if ssh:
        return Check(name="ssh", state=CheckState.OK, detail=ssh)
    return Check(
        name="ssh",
        state=CheckState.WARN,
        detail="not found; ssh URLs cannot be cloned",
        remedy="install an OpenSSH client, or use https",
    )


def _state(folder: Path) -> Check:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return Check(
            name="state folder",
            state=CheckState.MISSING,
            detail=f"{folder} cannot be written: {error.strerror}",
            remedy="set COUNTERMINE_STATE to a folder that can be written",
        )
    detail = f"{folder}, {free / 1e9:.1f} GB free"
    if free < LEAST_FREE_BYTES:
        return Check(
            name="state folder",
            state=CheckState.WARN,
            detail=detail,
            remedy="free some space, `countermine clean`, or set COUNTERMINE_STATE",
        )
    return Check(name="state folder", state=CheckState.OK, detail=detail)
