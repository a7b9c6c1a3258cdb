"""A machine that lacks something: rights, space, bubblewrap. Each program has a view of its own.

Mounts are made in a mount namespace of the program alone. Where the tests are not run as root,
that needs user namespaces, as the sandbox does.
"""

import ctypes
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.conftest import FLAW, Answer

FINDINGS, TARGET, LACKS = 1, 4, 5

PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2

PROGRAM = (sys.executable, "-m", "countermine")
NAMESPACE = ("unshare", "--mount", *(() if os.geteuid() == 0 else ("--user", "--map-root-user")))

CALCULATOR = "def compute(expression):\n    return eval(expression)\n"

Program = Callable[..., Answer]


def obey_modes() -> None:
    """Make file modes count for root too, from the next program on."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


@pytest.fixture
def program(state: Path) -> Program:
    """Run the program, or a shell script that has it as ``"$@"``, as a process of its own."""

    def run(*arguments: str | Path, script: str = "") -> Answer:
        words = [*PROGRAM, *map(str, arguments)]
        if script:
            words = [*NAMESPACE, "sh", "-euc", script, "sh", *words]
        done = subprocess.run(
            words,
            env={**os.environ, "COUNTERMINE_STATE": str(state)},
            preexec_fn=None if script else obey_modes,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Answer(code=done.returncode, out=done.stdout, err=done.stderr)

    return run


@pytest.fixture
def calculator(tree: Path) -> Path:
    (tree / "calc.py").write_text(CALCULATOR)
    return tree


def reasons(answer: Answer) -> dict[str, str]:
    entries = json.loads(answer.out)["coverage"]["entries"]
    return {entry["path"]: entry["reason"] for entry in entries}


def test_unreadable_files_and_folders_stand_in_the_coverage(program: Program, tree: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    (tree / "shut.py").write_text(FLAW)
    (tree / "shut.py").chmod(0)
    (tree / "private").mkdir()
    (tree / "private" / "inner.py").write_text(FLAW)
    (tree / "private").chmod(0)
    try:
        answer = program("find", tree, "--json")
    finally:
        (tree / "private").chmod(0o700)
    found = [item["location"]["path"] for item in json.loads(answer.out)["findings"]]
    assert found == ["app.py"]
    assert {"shut.py", "private"} <= set(reasons(answer))
    assert answer.code == FINDINGS


def test_a_tree_that_cannot_be_entered_is_one_line(program: Program, tree: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    tree.chmod(0)
    try:
        answer = program("find", tree)
    finally:
        tree.chmod(0o700)
    assert answer.code == TARGET
    assert "tree" in answer.line


def test_a_read_only_state_folder_is_one_line(
    program: Program, calculator: Path, state: Path
) -> None:
    state.mkdir()
    state.chmod(0o555)
    answer = program("run", calculator)
    assert answer.code == LACKS
    assert "COUNTERMINE_STATE" in answer.line


def test_a_read_only_state_folder_does_not_keep_from_searching(
    program: Program, calculator: Path, state: Path
) -> None:
    state.mkdir()
    state.chmod(0o555)
    answer = program("find", calculator)
    assert (answer.code, answer.err) == (FINDINGS, "")
    assert "code-injection" in answer.out


def test_a_disk_that_is_full_at_the_start_is_one_line(
    program: Program, calculator: Path, state: Path
) -> None:
    state.mkdir()
    answer = program(
        "run", calculator, script=f'mount -t tmpfs -o size=64k none "{state}"; exec "$@"'
    )
    assert answer.code == LACKS
    assert "full" in answer.line


@pytest.mark.slow
def test_a_disk_that_fills_loses_nothing_that_was_recorded(
    program: Program, calculator: Path, state: Path
) -> None:
    state.mkdir()
    answer = program(
        "run",
        calculator,
        "--quiet",
        script=f"""
            cd "{state}"
            mount -t tmpfs -o size=8m none .
            cd "{state}"
            "$@" >&2 &
            until [ -s runs/*/ledger.jsonl ]; do sleep 0.05; done
            cat /dev/zero > filler 2> /dev/null || true
            code=0; wait $! || code=$?
            echo "$code"
            rm filler
            mount -o remount,size=400m none .
            {sys.executable} -m countermine resume --quiet >&2 || true
            {sys.executable} -m countermine ledger verify
            {sys.executable} -m countermine report --json
        """,
    )
    code, verified, report = answer.out.split("\n", 2)
    assert int(code) in {FINDINGS, LACKS}
    assert len(answer.err.splitlines()) <= 1, answer.err
    assert "Traceback" not in answer.err
    assert "the chain holds" in verified
    run = json.loads(report)
    assert run["state"] == "finished"
    assert len(run["cases"]) == 1


@pytest.mark.slow
def test_without_bubblewrap_findings_stay_and_the_lack_is_named(
    program: Program, calculator: Path
) -> None:
    hide = 'for found in $(which -a bwrap); do mount --bind /dev/null "$found"; done; exec "$@"'
    answer = program("run", calculator, "--json", script=hide)
    run = json.loads(answer.out)
    (case,) = run["cases"]
    assert case["finding"]["weakness"] == "code-injection"
    assert case["verdict"]["kind"] == "inconclusive"
    assert "bubblewrap" in json.dumps(case["verdict"])
    assert answer.code == LACKS
    assert "install" in answer.line


@pytest.mark.slow
def test_without_the_index_findings_stay_and_the_lack_is_named(
    program: Program, calculator: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (calculator / "requirements.txt").write_text("six\n")
    with socket.socket() as probe:
        # Bound and not listening: nobody answers there, and nobody else can have it.
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}/simple"
        monkeypatch.setenv("UV_DEFAULT_INDEX", address)
        answer = program("run", calculator, "--json")
    run = json.loads(answer.out)
    (case,) = run["cases"]
    assert case["finding"]["weakness"] == "code-injection"
    assert case["verdict"]["kind"] == "inconclusive"
    assert any("package index" in note for note in run["notes"])
    assert "Traceback" not in answer.err
