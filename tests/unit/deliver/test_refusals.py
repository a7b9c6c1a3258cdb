"""A refused delivery ends with the code that docs/exit-codes.md gives for it."""

from pathlib import Path

import pytest

from countermine.cli.exits import ExitCode, code_of
from countermine.core.errors import CountermineError
from countermine.deliver.apply import check_clean
from countermine.deliver.branch import Signature, check_branch, make_branch
from countermine.weaknesses.facts_index import ALL_FACTS
from tests.unit.deliver.conftest import case_for, run_git, texts_of


def test_changes_that_are_not_committed_are_a_bad_target(repository: Path) -> None:
    (repository / "app.py").write_text("changed = True\n")
    with pytest.raises(CountermineError) as caught:
        check_clean(repository)
    assert code_of(caught.value) is ExitCode.BAD_TARGET


def test_no_repository_or_commit_for_a_branch_is_a_bad_target(tmp_path: Path) -> None:
    for prepare in ([], ["init", "--quiet"]):
        if prepare:
            run_git(tmp_path, *prepare)
        with pytest.raises(CountermineError) as caught:
            check_branch(tmp_path, "fixes")
        assert code_of(caught.value) is ExitCode.BAD_TARGET


def test_a_branch_that_is_there_is_bad_usage(repository: Path) -> None:
    with pytest.raises(CountermineError) as caught:
        check_branch(repository, "main")
    assert code_of(caught.value) is ExitCode.BAD_USAGE


def test_a_file_that_is_not_as_committed_fails_a_branch(repository: Path) -> None:
    texts = texts_of(repository, "app.py")
    case = case_for("app.py", texts[next(iter(texts))], "eval(x)", "literal_eval(x)")
    (repository / "app.py").write_text("changed = True\n")
    signature = Signature(identity="Tester <tester@example.test>", at_s=0)
    with pytest.raises(CountermineError) as caught:
        make_branch([case], repository, "fixes", ALL_FACTS, signature)
    assert code_of(caught.value) is ExitCode.FAILED
