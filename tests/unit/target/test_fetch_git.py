import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from dulwich.objects import Blob, Commit, ObjectID, Tag, Tree
from dulwich.repo import Repo
from dulwich.server import DictBackend
from dulwich.web import make_wsgi_chain

from countermine.core.errors import BadTargetError, EnvironmentLacksError
from countermine.core.targets import TargetKind
from countermine.target.fetch_git import fetch_git, transfer_meter
from countermine.target.fetched import FetchedTree, IndexOptions
from countermine.target.open import OpenOptions, open_with_inventory
from countermine.target.spec import GitSpec, parse_spec

AUTHOR = b"A <a@example.org>"


class Repository:
    """A repository made object by object, so that it can hold what git would refuse."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.repo = Repo.init_bare(root, mkdir=True)

    def blob(self, data: bytes) -> ObjectID:
        blob = Blob.from_string(data)
        self.repo.object_store.add_object(blob)
        return blob.id

    def tree(self, *entries: tuple[bytes, int, ObjectID]) -> ObjectID:
        tree = Tree()
        for name, mode, object_id in entries:
            tree.add(name, mode, object_id)
        self.repo.object_store.add_object(tree)
        return tree.id

    def commit(self, tree: ObjectID, ref: bytes = b"refs/heads/master", day: int = 0) -> str:
        commit = Commit()
        commit.tree = tree
        commit.author = commit.committer = AUTHOR
        commit.author_time = commit.commit_time = day * 86400
        commit.author_timezone = commit.commit_timezone = 0
        commit.message = b"x"
        self.repo.object_store.add_object(commit)
        self.repo.refs[ref] = commit.id  # type: ignore[index]  # a Ref is bytes
        return commit.id.decode()

    def files(self, **files: str) -> ObjectID:
        return self.tree(
            *(
                (name.encode() + b".py", 0o100644, self.blob(text.encode()))
                for name, text in files.items()
            )
        )


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repo.git")


def fetched(repository: Repository, ref: str | None = None) -> FetchedTree:
    url = repository.root.as_uri()
    spec = parse_spec(url if ref is None else f"{url}#{ref}")
    assert isinstance(spec, GitSpec)
    return fetch_git(spec, repository.root.parent / "state", IndexOptions())


def names(tree: FetchedTree) -> list[str]:
    return sorted(p.relative_to(tree.root).as_posix() for p in tree.root.rglob("*") if p.is_file())


def test_the_default_branch_is_laid_out(repository: Repository) -> None:
    inner = repository.files(b="2")
    commit = repository.commit(
        repository.tree(
            (b"a.py", 0o100644, repository.blob(b"1")),
            (b"run", 0o100755, repository.blob(b"#!/usr/bin/python3\n")),
            (b"p", stat.S_IFDIR, inner),
        ),
        day=18_000,
    )
    tree = fetched(repository)
    assert names(tree) == ["a.py", "p/b.py", "run"]
    assert os.access(tree.root / "run", os.X_OK)
    assert (tree.revision, tree.released) == (commit, "2019-04-14")


def test_no_repository_is_left_in_the_tree(repository: Repository) -> None:
    repository.commit(repository.files(a="1"))
    tree = fetched(repository)
    assert sorted(p.name for p in tree.root.parent.iterdir()) == ["slot.json", "tree", "used"]


def test_a_branch_a_tag_and_a_commit_can_be_named(repository: Repository) -> None:
    first = repository.commit(repository.files(a="first"), b"refs/heads/fix/one")
    second = repository.commit(repository.files(a="second"))
    tag = Tag()
    tag.name, tag.message, tag.tagger = b"v1", b"x", AUTHOR
    tag.tag_time, tag.tag_timezone = 0, 0
    tag.object = (Commit, ObjectID(first.encode()))
    repository.repo.object_store.add_object(tag)
    repository.repo.refs[b"refs/tags/v1"] = tag.id  # type: ignore[index]  # a Ref is bytes
    assert fetched(repository, "fix/one").revision == first
    assert fetched(repository, "v1").revision == first
    assert fetched(repository, second).revision == second
    assert fetched(repository).revision == second


def test_a_ref_that_is_not_there_names_the_near_ones(repository: Repository) -> None:
    repository.commit(repository.files(a="1"), b"refs/heads/develop")
    with pytest.raises(BadTargetError, match="no branch or tag 'develp'; near: develop"):
        fetched(repository, "develp")


def test_a_commit_that_is_not_there_is_a_bad_target(repository: Repository) -> None:
    repository.commit(repository.files(a="1"))
    with pytest.raises(BadTargetError, match="0123456789"):
        fetched(repository, "0123456789" * 4)


def test_an_empty_repository_is_a_bad_target(repository: Repository) -> None:
    with pytest.raises(BadTargetError, match="is empty: it has no commit"):
        fetched(repository)


def test_no_repository_is_a_bad_target(tmp_path: Path) -> None:
    spec = GitSpec(url=(tmp_path / "gone").as_uri(), shown="file:///gone", ref=None)
    with pytest.raises(BadTargetError, match="there is no git repository at file:///gone"):
        fetch_git(spec, tmp_path / "state", IndexOptions())


def test_links_and_submodules_are_left_out_and_named(repository: Repository) -> None:
    commit = repository.commit(repository.files(a="1"))
    repository.commit(
        repository.tree(
            (b"a.py", 0o100644, repository.blob(b"1")),
            (b"link.py", 0o120000, repository.blob(b"/etc/passwd")),
            (b"sub", 0o160000, ObjectID(commit.encode())),
        )
    )
    target, inventory = open_with_inventory(
        parse_spec(repository.root.as_uri()), OpenOptions(state=repository.root.parent / "state")
    )
    assert (target.kind, target.name) == (TargetKind.GIT, "repo")
    assert [file.path for file in inventory.files] == ["a.py"]
    assert [(e.path, e.reason, e.expected) for e in inventory.skipped] == [
        ("link.py", "a link that was not unpacked", False),
        ("sub", "a submodule that was not unpacked", True),
    ]


@pytest.mark.parametrize("name", [b"..", b".", b"a/b", b"/etc"])
def test_a_path_that_leaves_the_folder_is_refused(repository: Repository, name: bytes) -> None:
    repository.commit(repository.tree((name, stat.S_IFDIR, repository.files(a="1"))))
    with pytest.raises(BadTargetError, match="leaves the folder"):
        fetched(repository)


def test_filters_and_hooks_of_the_repository_do_not_run(
    repository: Repository, tmp_path: Path
) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\ncat\n")
    trap.chmod(0o755)
    for hook in ("post-checkout", "pre-upload", "post-update", "reference-transaction"):
        folder = repository.root / "hooks"
        folder.mkdir(exist_ok=True)
        (folder / hook).write_text(trap.read_text())
        (folder / hook).chmod(0o755)
    with (repository.root / "config").open("a") as config:
        config.write(
            f'[filter "evil"]\nsmudge = {trap}\n[core]\nfsmonitor = {trap}\n'
            f"sshCommand = {trap}\n[uploadpack]\npackObjectsHook = {trap}\n"
        )
    repository.commit(
        repository.tree(
            (b".gitattributes", 0o100644, repository.blob(b"* filter=evil\n")),
            (b"a.py", 0o100644, repository.blob(b"plain")),
        )
    )
    tree = fetched(repository)
    assert (tree.root / "a.py").read_bytes() == b"plain"
    assert not (tmp_path / "ran").exists()


def test_a_commit_is_fetched_once(repository: Repository) -> None:
    commit = repository.commit(repository.files(a="1"))
    first = fetched(repository, commit)
    repository.root.rename(repository.root.with_name("moved"))
    assert fetched(repository, commit) == first


def test_ssh_is_refused_where_nothing_can_start_it(tmp_path: Path) -> None:
    spec = parse_spec("git@example.org:a/b.git")
    assert isinstance(spec, GitSpec)
    with pytest.raises(EnvironmentLacksError, match="use the https URL"):
        fetch_git(spec, tmp_path, IndexOptions())


def test_ssh_is_given_host_user_and_command(tmp_path: Path) -> None:
    asked: list[tuple[object, ...]] = []

    class Vendor:
        def run_command(
            self, host: str, command: bytes, username: str | None = None, **kwargs: object
        ) -> Any:
            asked.append((host, command, username, kwargs.get("port")))
            message = "closed"
            raise ConnectionRefusedError(message)

    for text in ("git@example.org:a/b.git", "ssh://me@example.org:2222/a/b.git"):
        spec = parse_spec(text)
        assert isinstance(spec, GitSpec)
        with pytest.raises(EnvironmentLacksError, match=r"example\.org does not answer"):
            fetch_git(spec, tmp_path, IndexOptions(), Vendor)  # type: ignore[arg-type]  # enough of one
    assert asked == [
        ("example.org", b"git-upload-pack 'a/b.git'", "git", None),
        ("example.org", b"git-upload-pack '/a/b.git'", "me", 2222),
    ]


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(repository: Repository) -> Iterator[str]:
    application = make_wsgi_chain(DictBackend({"/repo.git": repository.repo}))
    server = make_server("127.0.0.1", 0, application, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_served_repository_is_cloned(repository: Repository, tmp_path: Path) -> None:
    commit = repository.commit(repository.files(a="1"))
    with served(repository) as url:
        spec = GitSpec(url=f"{url}/repo.git", shown=f"{url}/repo.git", ref=None)
        tree = fetch_git(spec, tmp_path / "state", IndexOptions())
        with pytest.raises(BadTargetError, match="no git repository"):
            fetch_git(
                GitSpec(url=f"{url}/gone.git", shown="gone", ref=None),
                tmp_path / "state",
                IndexOptions(),
            )
    assert tree.revision == commit
    assert names(tree) == ["a.py"]


def test_a_server_that_sends_too_much_is_cut_off() -> None:
    report = transfer_meter("https://example.org/a", 100)
    report(60, "read")
    report(40, "read")
    with pytest.raises(BadTargetError, match="sends more than the bound of 100 bytes"):
        report(1, "read")


def test_no_network_is_an_error_of_its_own(tmp_path: Path) -> None:
    spec = GitSpec(url="http://u:hunter2@127.0.0.1:9/r", shown="http://127.0.0.1:9/r", ref=None)
    with pytest.raises(EnvironmentLacksError, match=r"127\.0\.0\.1 does not answer") as caught:
        fetch_git(spec, tmp_path, IndexOptions())
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)
