"""Cases with patches, and repositories made by git itself."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from countermine.core.cases import Case, case_id
from countermine.core.patches import Edit, NewFile, Patch, PatchOrigin
from countermine.core.spans import Span, TreePath, tree_path
from countermine.core.verdicts import Gate, GateOutcome, GateResult, Proven
from countermine.testing.findings import finding_at

GIT_ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Tester",
    "GIT_AUTHOR_EMAIL": "tester@example.test",
    "GIT_COMMITTER_NAME": "Tester",
    "GIT_COMMITTER_EMAIL": "tester@example.test",
}

Git = Callable[..., str]


def run_git(folder: Path, *arguments: str, stdin: bytes | None = None) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=GIT_ENVIRONMENT,
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8", "surrogateescape")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with app.py and lib/util.py, everything committed."""
    folder = tmp_path / "repository"
    (folder / "lib").mkdir(parents=True)
    (folder / "app.py").write_text("def view(x):\n    return eval(x)\n")
    (folder / "lib" / "util.py").write_text("def load(t):\n    return eval(t)\n")
    (folder / "lib" / "util.py").chmod(0o755)
    run_git(folder, "init", "--quiet", "--initial-branch=main")
    run_git(folder, "add", ".")
    run_git(folder, "commit", "--quiet", "-m", "First")
    return folder


def case_for(path: str, text: bytes, before: str, after: str, *, test: str | None = None) -> Case:
    """Return a proven case that replaces the first ``before`` in the text."""
    finding = finding_at(path, text, before.encode())
    edit = Edit(span=finding.location, before=before, after=after)
    gate = GateResult(gate=Gate.GREEN, outcome=GateOutcome.PASSED, reason="no longer triggers")
    new = NewFile(path=tree_path(f"tests/{test}"), text="def test_it():\n    pass\n")
    return Case(
        id=case_id(finding),
        finding=finding,
        patch=patch_of(edit, summary=f"Read literals in {path}"),
        regression_test=Patch(
            edits=(),
            new_files=(new,),
            origin=PatchOrigin.REMEDY,
            author="literal-eval",
            summary="Test it",
        )
        if test
        else None,
        verdict=Proven(gates=(gate,), tests_ran=True),
    )


def patch_of(*edits: Edit, summary: str = "Change it") -> Patch:
    return Patch(edits=edits, origin=PatchOrigin.REMEDY, author="literal-eval", summary=summary)


def edit_of(path: str, start: int, before: str, after: str) -> Edit:
    end = start + len(before.encode())
    span = Span(path=tree_path(path), start_byte=start, end_byte=end)
    return Edit(span=span, before=before, after=after)


def texts_of(folder: Path, *paths: str) -> dict[TreePath, bytes]:
    return {tree_path(path): (folder / path).read_bytes() for path in paths}
