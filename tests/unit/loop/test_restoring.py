"""What `clean` removed is fetched again into the place that a run's record names."""

import shutil
from pathlib import Path

import pytest
from dulwich.objects import Blob, Commit, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo

from countermine.core.errors import BadTargetError
from countermine.loop.means import Means
from countermine.loop.records import Opened, RunRequest
from countermine.loop.refusals import unchanged
from countermine.loop.restoring import restore
from countermine.loop.stages import Stages
from countermine.target.fetched import IndexOptions
from countermine.testing.clocks import StillClock
from countermine.testing.package_index import FolderIndex, sdist


def means_of(state: Path, index: FolderIndex) -> Means:
    return Means(
        state=state,
        index=IndexOptions(url=index.url),
        sandbox=None,
        clock=StillClock(),
        scratch=state / "x",
    )


@pytest.fixture
def index(tmp_path: Path) -> FolderIndex:
    index = FolderIndex(root=tmp_path / "index")
    index.add("thing", "thing-1.0.tar.gz", sdist("thing", "1.0", {"thing.py": "x = 1\n"}))
    return index


def asked(target: str) -> RunRequest:
    return RunRequest(run="r", version="1", target=target, started="2026-01-31")


def opened(means: Means, request: RunRequest) -> Opened:
    answer = Stages(means, request).open(request)
    assert isinstance(answer, Opened)
    return answer


def commit(repo: Repo, text: bytes) -> None:
    blob, tree, made = Blob.from_string(text), Tree(), Commit()
    tree.add(b"thing.py", 0o100644, blob.id)
    made.tree, made.message, made.encoding = tree.id, b"change", b"UTF-8"
    made.author = made.committer = b"A <a@example.org>"
    made.author_time = made.commit_time = made.author_timezone = made.commit_timezone = 0
    for each in (blob, tree, made):
        repo.object_store.add_object(each)
    repo.refs[Ref(b"refs/heads/master")] = made.id


def test_a_removed_release_is_fetched_again(tmp_path: Path, index: FolderIndex) -> None:
    means, request = means_of(tmp_path / "state", index), asked("pypi:thing==1.0")
    before = opened(means, request)
    shutil.rmtree(tmp_path / "state" / "releases")
    restore(before, request, means)
    unchanged(before, request)


def test_a_removed_clone_is_fetched_again_at_the_commit_that_was_searched(
    tmp_path: Path, index: FolderIndex
) -> None:
    origin = tmp_path / "origin.git"
    with Repo.init_bare(origin, mkdir=True) as repo:
        commit(repo, b"x = 1\n")
        means, request = means_of(tmp_path / "state", index), asked(f"file://{origin}")
        before = opened(means, request)
        commit(repo, b"x = 2\n")
    shutil.rmtree(tmp_path / "state" / "repositories")
    restore(before, request, means)
    unchanged(before, request)


def test_a_release_that_now_belongs_elsewhere_is_refused_with_what_to_do(
    tmp_path: Path, index: FolderIndex
) -> None:
    request = asked("pypi:thing==1.0")
    before = opened(means_of(tmp_path / "state", index), request)
    shutil.rmtree(tmp_path / "state")
    with pytest.raises(BadTargetError, match="set COUNTERMINE_STATE and the package index") as told:
        restore(before, request, means_of(tmp_path / "other", index))
    assert "\n" not in str(told.value)


def test_a_directory_that_is_gone_is_not_made_again(tmp_path: Path, index: FolderIndex) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "app.py").write_text("x = 1\n")
    means, request = means_of(tmp_path / "state", index), asked(str(tree))
    before = opened(means, request)
    shutil.rmtree(tree)
    restore(before, request, means)
    with pytest.raises(BadTargetError, match="is not there"):
        unchanged(before, request)
