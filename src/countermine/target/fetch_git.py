"""A git repository becomes a tree: one commit, laid out by us; nothing of the repository runs.

git is never started: it obeys configuration, hooks, filters and attributes of what it clones. The
objects come over the wire into a bare store, and the files of one commit are written from there.
"""

import hashlib
import re
import shutil
from collections.abc import Callable, Mapping
from contextlib import closing
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dulwich.client import (
    GitClient,
    HttpGitClient,
    HTTPUnauthorized,
    LocalGitClient,
    SSHGitClient,
    SSHVendor,
)
from dulwich.config import ConfigDict
from dulwich.errors import GitProtocolError, NotGitRepository
from dulwich.objects import ObjectID
from dulwich.refs import Ref
from dulwich.repo import Repo
from urllib3.exceptions import HTTPError

from countermine.core.errors import BadTargetError, EnvironmentLacksError
from countermine.target.commit_tree import day_of, lay_out, peel
from countermine.target.display import one_line
from countermine.target.fetched import FetchedTree, IndexOptions, read_left_out, show_left_out
from countermine.target.network import make_pool, no_answer
from countermine.target.spec import GitSpec
from countermine.target.state import fill_slot, find_slot

MAX_TRANSFER_BYTES = 2 << 30
"""Most that a server may send for one commit, objects packed: the Linux kernel takes 0.3 GB."""

_AREA = "repositories"
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")

SshVendorMaker = Callable[[], SSHVendor]
"""Makes what runs ``ssh``: starting a program is for the edge to decide."""


def fetch_git(
    spec: GitSpec, state: Path, network: IndexOptions, ssh: SshVendorMaker | None = None
) -> FetchedTree:
    """Return the tree of one commit of a repository.

    A commit that was fetched before is taken from the state folder; a full commit id needs no
    network then.

    Raises:
        BadTargetError: If there is no such repository, branch, tag or commit.
        EnvironmentLacksError: If the server does not answer, or the state folder fails.
    """
    told = hashlib.sha256(spec.shown.partition("#")[0].encode()).hexdigest()[:8]
    if spec.ref and _COMMIT.fullmatch(spec.ref):
        found = find_slot(state, _AREA, _key(spec, told, spec.ref))
        if found:
            return _tree(found.folder, found.facts)
    client, path = _connect(spec, network, ssh)
    try:
        wanted = _resolve(spec, client.get_refs(path.encode()).refs)
        slot = fill_slot(
            state,
            _AREA,
            _key(spec, told, wanted.decode()),
            lambda folder: _fetch(client, path, wanted, folder),
        )
    except NotGitRepository as error:
        message = f"there is no git repository at {spec.shown}, or it may not be read"
        raise BadTargetError(message) from error
    except HTTPUnauthorized as error:
        message = f"{spec.shown} asks for credentials, or there is no such repository"
        raise BadTargetError(message) from error
    except (HTTPError, OSError) as error:
        raise _unreachable(spec, error) from error
    except GitProtocolError as error:
        if isinstance(error.__cause__, HTTPError):
            raise _unreachable(spec, error.__cause__) from error
        message = f"{spec.shown} does not answer as a git server: {one_line(str(error))}"
        raise EnvironmentLacksError(message) from error
    return _tree(slot.folder, slot.facts)


def _connect(
    spec: GitSpec, network: IndexOptions, ssh: SshVendorMaker | None
) -> tuple[GitClient, str]:
    parts = urlsplit(spec.url) if "://" in spec.url else None
    if parts is None:
        login, _, rest = spec.url.partition("@")
        host, _, path = rest.partition(":")
        return _ssh_client(spec, ssh, host.strip("[]"), login, None), path
    if parts.scheme == "file":
        return LocalGitClient(config=ConfigDict()), unquote(parts.path)
    if parts.scheme == "ssh":
        client = _ssh_client(spec, ssh, parts.hostname or "", parts.username, parts.port)
        return client, unquote(parts.path)
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    bare = parts.netloc.rpartition("@")[2]
    base = parts._replace(netloc=bare, path="").geturl()
    client = HttpGitClient(
        base,
        pool_manager=make_pool(network.proxy),
        config=ConfigDict(),
        username=user,
        password=password,
        quiet=True,
        report_activity=transfer_meter(spec.shown),
    )
    return client, parts.path


def transfer_meter(shown: str, max_bytes: int = MAX_TRANSFER_BYTES) -> Callable[[int, str], None]:
    """Return what dulwich tells of every transfer; it ends a clone that goes beyond the bound.

    Raises:
        BadTargetError: When called, once the bound is passed.
    """
    total = 0

    def report(count: int, _direction: str) -> None:
        nonlocal total
        total += count
        if total > max_bytes:
            message = f"{shown} sends more than the bound of {max_bytes:,} bytes"
            raise BadTargetError(message)

    return report


def _unreachable(spec: GitSpec, error: Exception) -> EnvironmentLacksError:
    url = spec.url
    if "://" not in url:
        url = f"ssh://{url.partition(':')[0]}"
    return no_answer(url, error)


def _ssh_client(
    spec: GitSpec, ssh: SshVendorMaker | None, host: str, user: str | None, port: int | None
) -> GitClient:
    if ssh is None:
        message = f"{spec.shown}: ssh cannot be started from here; use the https URL"
        raise EnvironmentLacksError(message)
    return SSHGitClient(
        host,
        port=port,
        username=user,
        vendor=ssh(),
        config=ConfigDict(),
        report_activity=transfer_meter(spec.shown),
    )


def _resolve(spec: GitSpec, refs: Mapping[Ref, ObjectID | None]) -> ObjectID:
    """Return the id of what is to be checked out; a branch wins over a tag of its name."""
    names = ["HEAD"]
    if spec.ref:
        names = [f"refs/heads/{spec.ref}", f"refs/tags/{spec.ref}", spec.ref]
    for name in names:
        found = refs.get(Ref(name.encode()))
        if found:
            return found
    if spec.ref and _COMMIT.fullmatch(spec.ref):
        return ObjectID(spec.ref.encode())
    if spec.ref is None:
        message = f"{spec.shown.partition('#')[0]} is empty: it has no commit"
        raise BadTargetError(message)
    message = f"{spec.shown.partition('#')[0]} has no branch or tag {spec.ref!r}"
    near = get_close_matches(spec.ref, [name.decode().split("/", 2)[-1] for name in refs], n=3)
    raise BadTargetError(f"{message}; near: {', '.join(near)}" if near else message)


def _fetch(client: GitClient, path: str, wanted: ObjectID, folder: Path) -> Mapping[str, str]:
    objects = folder / "objects.git"
    with closing(Repo.init_bare(objects, mkdir=True)) as repo:
        try:
            client.fetch(path.encode(), repo, _only(wanted), depth=1)
        except KeyError as error:  # How dulwich says that a repository on this machine lacks it.
            message = f"the repository does not give commit {wanted.decode()}"
            raise BadTargetError(message) from error
        commit = peel(repo.object_store, wanted)
        tree = folder / "tree"
        tree.mkdir()
        left_out = lay_out(repo.object_store, commit, tree)
    shutil.rmtree(objects)
    return {
        "commit": commit.id.decode(),
        "released": day_of(commit),
        "left_out": show_left_out(left_out),
    }


def _only(wanted: ObjectID) -> Callable[..., list[ObjectID]]:
    """Return a chooser of what to fetch, which dulwich calls with what there is."""
    return lambda *_, **__: [wanted]


def _key(spec: GitSpec, told: str, commit: str) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]", "-", spec.name).lstrip(".-") or "repository"
    return f"{name[:60]}-{commit}-{told}"


def _tree(folder: Path, facts: Mapping[str, str]) -> FetchedTree:
    return FetchedTree(
        root=folder / "tree",
        revision=facts["commit"],
        released=facts["released"],
        left_out=read_left_out(facts["left_out"]),
    )
