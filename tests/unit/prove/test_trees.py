import os
from dataclasses import replace
from pathlib import Path

import pytest

from countermine.core.errors import BadTargetError, EditConflictError
from countermine.core.spans import tree_path
from countermine.prove.options import ProveOptions
from countermine.prove.trees import leads_away, private_tree, read_texts
from countermine.testing.proving import adding, rewrite, write_tree

OPTIONS = ProveOptions()


def listed(tree: Path) -> list[str]:
    return sorted(path.relative_to(tree).as_posix() for path in tree.rglob("*"))


def test_a_copy_has_the_files_and_not_what_no_test_needs(tmp_path: Path) -> None:
    files = {
        "app.py": "A = 1\n",
        "data/x.json": "{}",
        ".git/config": "",
        "pkg/__pycache__/a.pyc": "",
        "env/pyvenv.cfg": "",
        "env/bin/python": "",
    }
    write_tree(tmp_path, files)
    with private_tree(tmp_path, OPTIONS) as tree:
        assert listed(tree) == ["app.py", "data", "data/x.json", "pkg"]
        assert (tree / "app.py").read_text() == "A = 1\n"
        kept = tree
    assert not kept.exists()


def test_the_original_stays_as_it_is(tmp_path: Path) -> None:
    write_tree(tmp_path, {"app.py": "A = 1\n"})
    patch = rewrite("app.py", b"A = 1\n", "1", "2")
    with private_tree(tmp_path, OPTIONS, patch, adding("new/b.py", "B = 1\n")) as tree:
        assert (tree / "app.py").read_text() == "A = 2\n"
        assert (tree / "new/b.py").read_text() == "B = 1\n"
        (tree / "app.py").write_text("gone")
    assert listed(tmp_path) == ["app.py"]
    assert (tmp_path / "app.py").read_text() == "A = 1\n"


def test_executable_files_stay_so_and_others_do_not_become_so(tmp_path: Path) -> None:
    write_tree(tmp_path, {"run.sh": "", "a.py": ""})
    (tmp_path / "run.sh").chmod(0o4755)
    with private_tree(tmp_path, OPTIONS) as tree:
        assert (tree / "run.sh").stat().st_mode & 0o7777 == 0o755
        assert (tree / "a.py").stat().st_mode & 0o7777 == 0o644


def test_links_are_kept_only_inside_the_tree(tmp_path: Path) -> None:
    write_tree(tmp_path, {"root/a.py": "A = 1\n", "root/pkg/b.py": "", "outside.py": "secret"})
    root = tmp_path / "root"
    (root / "link.py").symlink_to("a.py")
    (root / "folder").symlink_to("pkg")
    (root / "loop").symlink_to("loop")
    (root / "up.py").symlink_to("../outside.py")
    (root / "absolute.py").symlink_to(tmp_path / "outside.py")
    with private_tree(root, OPTIONS) as tree:
        assert listed(tree) == ["a.py", "folder", "link.py", "loop", "pkg", "pkg/b.py"]
        assert (tree / "link.py").is_symlink()


def test_pipes_are_left_out(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": ""})
    os.mkfifo(tmp_path / "pipe")
    with private_tree(tmp_path, OPTIONS) as tree:
        assert listed(tree) == ["a.py"]


@pytest.mark.parametrize("bound", [{"tree_files": 1}, {"tree_bytes": 3}])
def test_a_tree_beyond_the_bounds_is_refused(tmp_path: Path, bound: dict[str, int]) -> None:
    write_tree(tmp_path, {"a.py": "AA", "b.py": "BB"})
    with (
        pytest.raises(BadTargetError, match="larger than what is copied"),
        private_tree(tmp_path, replace(OPTIONS, **bound)),
    ):
        pass


def test_a_tree_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(BadTargetError, match="cannot be read"),
        private_tree(tmp_path / "none", OPTIONS),
    ):
        pass


def test_a_patch_that_does_not_apply_is_refused(tmp_path: Path) -> None:
    write_tree(tmp_path, {"app.py": "A = 3\n"})
    patch = rewrite("app.py", b"A = 1\n", "1", "2")
    with pytest.raises(EditConflictError), private_tree(tmp_path, OPTIONS, patch):
        pass


def test_a_patch_below_a_link_is_refused(tmp_path: Path) -> None:
    write_tree(tmp_path, {"pkg/app.py": "A = 1\n"})
    (tmp_path / "link").symlink_to("pkg")
    patch = rewrite("link/app.py", b"A = 1\n", "1", "2")
    with (
        pytest.raises(EditConflictError, match="a link or below one"),
        private_tree(tmp_path, OPTIONS, patch),
    ):
        pass


def test_texts_are_read_from_regular_files_only(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": "A", "pkg/b.py": "B"})
    (tmp_path / "link").symlink_to("pkg")
    paths = tuple(map(tree_path, ["a.py", "link/b.py", "pkg", "none.py"]))
    assert read_texts(tmp_path, paths) == {"a.py": b"A"}
    assert leads_away(tmp_path, tree_path("link/b.py"))
    assert not leads_away(tmp_path, tree_path("pkg/b.py"))
