"""A name means the module that stands nearest to whoever imports it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermine.core.spans import TreePath, tree_path
from countermine.flow.module_names import ModuleNames

SERVICES = [
    "a/app/__init__.py", "a/app/db.py", "a/main.py", "b/app/__init__.py", "b/app/db.py",
    "b/jobs/nightly.py", "main.py",
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "near", "file"),
    [
        ("app.db", "a/main.py", "a/app/db.py"),
        ("app.db", "b/jobs/nightly.py", "b/app/db.py"),
        ("app.db", "main.py", "a/app/db.py"),
        ("app.db", None, "a/app/db.py"),
        ("b.app.db", "a/main.py", "b/app/db.py"),
        ("main", "b/jobs/nightly.py", "main.py"),
        ("other", "a/main.py", None),
    ],
)
def test_the_nearest_module_is_meant(name: str, near: str | None, file: str | None) -> None:
    names = ModuleNames(map(tree_path, SERVICES))
    assert names.file(name, None if near is None else tree_path(near)) == file


FOLDERS = st.lists(st.sampled_from("abc"), max_size=4)


@given(st.sets(FOLDERS.map(tuple), min_size=1), FOLDERS)
def test_no_module_of_the_name_stands_nearer(places: set[tuple[str, ...]], near: list[str]) -> None:
    paths = [TreePath("/".join([*place, "tool.py"])) for place in places]
    found = ModuleNames(paths).file("tool", TreePath("/".join([*near, "user.py"])))
    if found is None:
        assert TreePath("tool.py") not in paths
        return
    assert shared(near, found) == max(shared(near, one) for one in paths)


def shared(folders: list[str], path: TreePath) -> int:
    pairs = list(zip(folders, path.split("/")[:-1], strict=False))
    same = [one == other for one, other in pairs]
    return same.index(False) if False in same else len(same)
