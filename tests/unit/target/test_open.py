import subprocess
import sys
from pathlib import Path

import pytest

from countermine.core.errors import BadTargetError
from countermine.core.targets import Target, TargetKind
from countermine.target.open import OpenOptions, open_target, open_with_inventory
from countermine.target.spec import parse_spec


def opened(path: Path) -> Target:
    return open_target(parse_spec(str(path)), OpenOptions(state=path / "state"))


def test_a_directory_is_opened_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    target = opened(tmp_path)
    assert target.kind is TargetKind.DIRECTORY
    assert (target.root, target.name) == (str(tmp_path), tmp_path.name)
    assert (target.revision, target.released) == (None, None)


def test_opening_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    opened(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]


def test_the_digest_tells_contents_and_names(tmp_path: Path) -> None:
    digests = []
    for name, text in [("a.py", "x"), ("a.py", "y"), ("b.py", "x"), ("a.py", "x")]:
        folder = tmp_path / f"t{len(digests)}"
        folder.mkdir()
        (folder / name).write_text(text)
        (folder / "readme").write_text(str(len(digests)))
        digests.append(opened(folder).digest)
    assert digests[0] == digests[3]
    assert len(set(digests)) == 3


def test_the_inventory_comes_with_the_target(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    target, inventory = open_with_inventory(
        parse_spec(str(tmp_path)), OpenOptions(state=tmp_path / "state")
    )
    assert [file.path for file in inventory.files] == ["a.py"]
    assert inventory.root == target.root


@pytest.mark.parametrize("packed", [False, True])
def test_the_commit_of_a_work_tree_is_told(tmp_path: Path, *, packed: bool) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    git = tmp_path / ".git"
    (git / "refs/heads").mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    commit = "0123456789" * 4
    if packed:
        (git / "packed-refs").write_text(f"# pack-refs with: peeled\n{commit} refs/heads/main\n")
    else:
        (git / "refs/heads/main").write_text(commit + "\n")
    assert opened(tmp_path).revision == commit


def test_a_detached_work_tree_tells_its_commit(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/a.py").write_text("x = 1\n")
    (tmp_path / "tree/.git").write_text("gitdir: ../repo/worktrees/tree\n")
    (tmp_path / "repo/worktrees/tree").mkdir(parents=True)
    (tmp_path / "repo/worktrees/tree/HEAD").write_text("ab" * 20)
    assert opened(tmp_path / "tree").revision == "ab" * 20


@pytest.mark.parametrize("head", ["", "ref: ../../../etc/passwd", "ref: refs/heads/gone", "junk"])
def test_a_strange_head_names_no_commit(tmp_path: Path, head: str) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/HEAD").write_text(head)
    assert opened(tmp_path).revision is None


def test_a_directory_that_is_not_there_is_a_bad_target(tmp_path: Path) -> None:
    with pytest.raises(BadTargetError, match="is not there"):
        opened(tmp_path / "gone")


def test_a_directory_is_opened_without_the_libraries_that_fetch() -> None:
    code = (
        "import sys, countermine.target.open;"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"dulwich", "pydantic", "requests", "rich", "pypi_simple", "pathspec", "packaging"}
    assert heavy & set(done.stdout.split()) == set()
