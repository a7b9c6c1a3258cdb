from pathlib import Path

import pytest

from countermine.core.cases import Case
from countermine.core.errors import BadTargetError, BadUsageError, CountermineError
from countermine.deliver.branch import Signature, make_branch
from countermine.weaknesses.facts_index import ALL_FACTS
from tests.unit.deliver.conftest import case_for, run_git, texts_of

SIGNATURE = Signature(identity="Countermine <countermine@localhost>", at_s=1_769_860_800)


def two_cases(folder: Path) -> list[Case]:
    texts = texts_of(folder, "app.py", "lib/util.py")
    first, second = texts.values()
    return [
        case_for("app.py", first, "eval(x)", "literal_eval(x)", test="test_app.py"),
        case_for("lib/util.py", second, "eval(t)", "literal_eval(t)"),
    ]


def test_a_branch_has_one_commit_for_each_case_and_touches_nothing_else(repository: Path) -> None:
    before = run_git(repository, "status", "--porcelain"), run_git(repository, "rev-parse", "HEAD")
    made = make_branch(two_cases(repository), repository, "fixes", ALL_FACTS, SIGNATURE)
    assert len(made.commits) == 2
    assert (
        run_git(repository, "status", "--porcelain"),
        run_git(repository, "rev-parse", "HEAD"),
    ) == before
    names = run_git(repository, "diff", "--name-only", "main", "fixes~1").split()
    assert names == ["app.py", "tests/test_app.py"]
    assert run_git(repository, "diff", "--name-only", "fixes~1", "fixes").split() == ["lib/util.py"]
    assert "literal_eval(x)" in run_git(repository, "show", "fixes:app.py")
    run_git(repository, "fsck", "--strict")


def test_a_commit_explains_flaw_fix_and_evidence(repository: Path) -> None:
    make_branch(two_cases(repository), repository, "fixes", ALL_FACTS, SIGNATURE)
    message = run_git(repository, "log", "-1", "--format=%B", "fixes~1")
    lines = message.splitlines()
    assert lines[0] == "Read literals in app.py"
    assert lines[1] == ""
    assert "Code injection (CWE-95)" in message
    assert "Proven in a sandbox" in message
    assert max(len(line) for line in lines) <= 80


def test_modes_of_files_are_kept(repository: Path) -> None:
    make_branch(two_cases(repository), repository, "fixes", ALL_FACTS, SIGNATURE)
    assert run_git(repository, "ls-tree", "fixes", "lib/util.py").startswith("100755")


def test_the_same_run_makes_the_same_commits(repository: Path) -> None:
    cases = two_cases(repository)
    first = make_branch(cases, repository, "one", ALL_FACTS, SIGNATURE)
    second = make_branch(cases, repository, "two", ALL_FACTS, SIGNATURE)
    assert first.commits == second.commits


def test_a_target_below_the_root_of_its_repository_is_committed_in_its_place(
    repository: Path,
) -> None:
    text = (repository / "lib" / "util.py").read_bytes()
    case = case_for("util.py", text, "eval(t)", "literal_eval(t)")
    make_branch([case], repository / "lib", "fixes", ALL_FACTS, SIGNATURE)
    assert run_git(repository, "diff", "--name-only", "main", "fixes").split() == ["lib/util.py"]


@pytest.mark.parametrize("name", ["-x", "a..b", "a b", "x.lock", "/x", "x/", "a@{1}", "", "x."])
def test_names_that_cannot_be_branches_are_refused(repository: Path, name: str) -> None:
    with pytest.raises(BadUsageError, match="cannot be the name"):
        make_branch(two_cases(repository), repository, name, ALL_FACTS, SIGNATURE)


def test_a_branch_that_is_there_is_not_moved(repository: Path) -> None:
    with pytest.raises(BadUsageError, match="is there already"):
        make_branch(two_cases(repository), repository, "main", ALL_FACTS, SIGNATURE)


def test_a_file_with_changes_that_are_not_committed_is_refused(repository: Path) -> None:
    cases = two_cases(repository)
    (repository / "app.py").write_text("changed\n")
    with pytest.raises(CountermineError, match="not as it was committed"):
        make_branch(cases, repository, "fixes", ALL_FACTS, SIGNATURE)


def test_a_folder_in_no_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTargetError, match="no git repository"):
        make_branch([], tmp_path, "fixes", ALL_FACTS, SIGNATURE)


def test_nothing_of_a_hostile_repository_runs(repository: Path, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {marker}\ncat\n")
    script.chmod(0o755)
    for name in ("pre-commit", "post-commit", "reference-transaction", "post-checkout"):
        hook = repository / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(script.read_text())
        hook.chmod(0o755)
    with (repository / ".git" / "config").open("a") as file:
        file.write(
            f"[core]\n\tfsmonitor = {script}\n\teditor = {script}\n\tpager = {script}\n"
            f'[filter "x"]\n\tclean = {script}\n\tsmudge = {script}\n\tprocess = {script}\n'
            f"[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = {script}\n"
            f'[alias]\n\tcommit = "!{script}"\n'
        )
    (repository / ".gitattributes").write_text("*.py filter=x\n")
    make_branch(two_cases(repository), repository, "fixes", ALL_FACTS, SIGNATURE)
    assert not marker.exists()


def test_a_git_file_that_leads_to_another_repository_is_refused(
    repository: Path, tmp_path: Path
) -> None:
    hostile = tmp_path / "hostile"
    hostile.mkdir()
    (hostile / "app.py").write_bytes((repository / "app.py").read_bytes())
    (hostile / ".git").write_text(f"gitdir: {repository / '.git'}\n")
    case = case_for("app.py", (hostile / "app.py").read_bytes(), "eval(x)", "literal_eval(x)")
    with pytest.raises(BadTargetError, match="repository elsewhere"):
        make_branch([case], hostile, "fixes", ALL_FACTS, SIGNATURE)
    assert "fixes" not in run_git(repository, "branch", "--list")


def test_a_linked_work_tree_of_ones_own_is_served(repository: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    run_git(repository, "worktree", "add", "--quiet", str(linked), "-b", "topic")
    case = case_for("app.py", (linked / "app.py").read_bytes(), "eval(x)", "literal_eval(x)")
    made = make_branch([case], linked, "fixes", ALL_FACTS, SIGNATURE)
    assert len(made.commits) == 1
