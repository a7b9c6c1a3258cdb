"""A release on the package index becomes a tree: downloaded, checked, unpacked, never run."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import urllib3
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version
from pypi_simple import ACCEPT_ANY, DistributionPackage, ProjectPage, RepositoryPage
from pypi_simple.errors import UnsupportedContentTypeError, UnsupportedRepoVersionError

from countermine.core.errors import BadTargetError, EnvironmentLacksError
from countermine.target.archives import TAR_SUFFIXES, unpack
from countermine.target.fetched import FetchedTree, IndexOptions, read_left_out, show_left_out
from countermine.target.network import Page, download, get_page, make_pool, without_credentials
from countermine.target.spec import PypiSpec
from countermine.target.state import fill_slot, find_slot

PYPI_URL = "https://pypi.org/simple/"

MAX_DOWNLOAD_BYTES = 400 << 20
"""Largest release file: PyPI takes 100 MB unless a project asks for more."""

_NEAREST = 5
_AREA = "releases"
_TREE = "tree"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Release:
    """One file of a release, as the index describes it."""

    file: DistributionPackage
    url: str
    released: str | None


def fetch_release(spec: PypiSpec, state: Path, index: IndexOptions) -> FetchedTree:
    """Return the tree of a release: its source archive where there is one, else a wheel.

    A release that was fetched before is taken from the state folder, without the network.

    Raises:
        BadTargetError: If the index has no such package or release, or its file is refused.
        EnvironmentLacksError: If the index does not answer or the state folder fails.
    """
    wanted = _version(spec)
    indexes = (index.url or PYPI_URL, *index.extra_urls)
    told = hashlib.sha256("\n".join(map(without_credentials, indexes)).encode()).hexdigest()
    key = f"{spec.name}-{wanted}-{told[:8]}"
    slot = find_slot(state, _AREA, key)
    if slot is None:
        pool = make_pool(index.proxy)
        release = _find_release(pool, spec, wanted, indexes)
        slot = fill_slot(
            state, _AREA, key, lambda folder: _download_and_unpack(pool, release, folder)
        )
    return FetchedTree(
        root=slot.folder / slot.facts["root"],
        revision=str(wanted),
        released=slot.facts.get("released"),
        left_out=read_left_out(slot.facts["left_out"]),
    )


def release_day(spec: PypiSpec, index: IndexOptions) -> str | None:
    """Return the UTC date (ISO 8601) of a release, ``None`` where the index tells no days.

    Raises:
        BadTargetError: If the index has no such package or release.
        EnvironmentLacksError: If the index does not answer.
    """
    indexes = (index.url or PYPI_URL, *index.extra_urls)
    return _find_release(make_pool(index.proxy), spec, _version(spec), indexes).released


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedSource:
    """A package's source tree, unpacked."""

    root: Path
    version: str


def fetch_source(
    name: str,
    specifier: SpecifierSet | None,
    until: str | None,
    folder: Path,
    index: IndexOptions,
) -> FetchedSource:
    """Download and unpack the newest source archive of a package that satisfies a specifier.

    Args:
        name: Normalised name of the package.
        specifier: Which versions do; ``None`` for all.
        until: UTC date (ISO 8601) of the last day that counts, where the index tells days; when
            nothing is that old everything counts.
        folder: New folder for the tree.
        index: Where to look.

    Raises:
        BadTargetError: If there is none, or it is refused.
        EnvironmentLacksError: If the index does not answer.
    """
    pool = make_pool(index.proxy)
    for url in (index.url or PYPI_URL, *index.extra_urls):
        page = get_page(pool, f"{url.rstrip('/')}/{name}/", ACCEPT_ANY)
        files = [] if page is None else _files(page, name)
        fitting = [
            (version, release)
            for version, release in files
            if release.file.package_type == "sdist"
            and (specifier is None or specifier.contains(version, prereleases=False))
        ]
        old = [one for one in fitting if until and (one[1].released or until) <= until]
        if fitting:
            version, release = max(old or fitting, key=lambda one: one[0])
            chosen = _with_credentials_of(release, url)
            folder.mkdir()
            facts = _download_and_unpack(pool, chosen, folder)
            return FetchedSource(root=folder / facts["root"], version=str(version))
    message = f"there is no source archive of {name}{specifier or ''}"
    raise BadTargetError(message)


def _version(spec: PypiSpec) -> Version:
    try:
        return Version(spec.version)
    except InvalidVersion as error:
        message = f"{spec.version!r} is not a version (PEP 440); write pypi:NAME==VERSION"
        raise BadTargetError(message) from error


def _find_release(
    pool: urllib3.PoolManager, spec: PypiSpec, wanted: Version, indexes: tuple[str, ...]
) -> _Release:
    known: set[Version] = set()
    for url in indexes:
        page = get_page(pool, f"{url.rstrip('/')}/{spec.name}/", ACCEPT_ANY)
        if page is None:
            continue
        files = _files(page, spec.name)
        known |= {version for version, _ in files}
        fitting = [release for version, release in files if version == wanted]
        if fitting:
            chosen = min(fitting, key=_preference)
            return _with_credentials_of(chosen, url)
    if not known:
        shown = " or ".join(map(without_credentials, indexes))
        message = f"there is no package {spec.name!r} on {shown}"
        raise BadTargetError(message)
    message = (
        f"there is no release {spec.name}=={wanted} that can be unpacked; "
        f"the nearest are {', '.join(map(str, _nearest(wanted, known)))}"
    )
    raise BadTargetError(message)


def _files(page: Page, name: str) -> list[tuple[Version, _Release]]:
    found: list[tuple[Version, _Release]] = []
    for file, released in _parse(page, name):
        try:
            version = Version(file.version or "")
        except InvalidVersion:
            continue
        if _is_taken(file):
            found.append((version, _Release(file=file, url=file.url, released=released)))
    return found


def _parse(page: Page, name: str) -> list[tuple[DistributionPackage, str | None]]:
    try:
        if "json" in page.content_type:
            files = ProjectPage.from_json_data(json.loads(page.body), page.url).packages
            return [(file, _day(file.upload_time)) for file in files]
        listing = RepositoryPage.from_html(page.body, page.url)
    except (UnsupportedContentTypeError, UnsupportedRepoVersionError, ValueError) as error:
        message = f"{without_credentials(page.url)} is not a page of a package index: {error}"
        raise EnvironmentLacksError(message) from error
    found: list[tuple[DistributionPackage, str | None]] = []
    for link in listing.links:
        # An attribute that mirrors add to the pages of PEP 503, which has no upload time.
        said = str(link.attrs.get("data-upload-time", "")) if link.attrs else ""
        try:
            moment = datetime.fromisoformat(said) if said else None
        except ValueError:
            moment = None
        found.append((DistributionPackage.from_link(link, name), _day(moment)))
    return found


def _day(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).date().isoformat()


def _is_taken(file: DistributionPackage) -> bool:
    if file.package_type == "wheel":
        return True
    return file.package_type == "sdist" and file.filename.lower().endswith((*TAR_SUFFIXES, ".zip"))


def _preference(release: _Release) -> tuple[bool, bool, bool, str]:
    """Order files of one release, best first: source archives, then wheels that fit anywhere."""
    name = release.file.filename
    source = release.file.package_type == "sdist"
    return (not source, not name.endswith(".tar.gz"), not name.endswith("-none-any.whl"), name)


def _nearest(wanted: Version, known: set[Version]) -> list[Version]:
    ordered = sorted(known)
    at = sum(version < wanted for version in ordered)
    start = max(0, min(at - _NEAREST // 2, len(ordered) - _NEAREST))
    return ordered[start : start + _NEAREST]


def _with_credentials_of(release: _Release, index_url: str) -> _Release:
    """Send the index's credentials for a file only where the index itself keeps the file."""
    index, file = urlsplit(index_url), urlsplit(release.url)
    user, at, host = index.netloc.rpartition("@")
    if not at or (file.scheme, file.netloc) != (index.scheme, host):
        return release
    url = file._replace(netloc=f"{user}@{host}").geturl()
    return _Release(file=release.file, url=url, released=release.released)


def _download_and_unpack(
    pool: urllib3.PoolManager, release: _Release, folder: Path
) -> Mapping[str, str]:
    name = PurePosixPath(unquote(urlsplit(release.url).path)).name
    archive = folder / f"download-{name}"
    got = download(pool, release.url, archive, MAX_DOWNLOAD_BYTES)
    expected = release.file.digests.get("sha256")
    if expected and expected.lower() != got:
        message = f"{name!r} is not what the index describes: its SHA-256 is {got}, not {expected}"
        raise BadTargetError(message)
    tree = folder / _TREE
    tree.mkdir()
    left_out = unpack(archive, tree)
    archive.unlink()
    root = _single_folder(tree) if release.file.package_type == "sdist" else tree
    prefix = "" if root == tree else f"{root.name}/"
    shown = [replace(out, path=out.path.removeprefix(prefix)) for out in left_out]
    facts = {
        "file": release.file.filename,
        "sha256": got,
        "root": root.relative_to(folder).as_posix(),
        "left_out": show_left_out(shown),
    }
    return facts | ({"released": release.released} if release.released else {})


def _single_folder(tree: Path) -> Path:
    """Return the one folder that an archive of sources holds, or the tree itself."""
    inside = list(tree.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else tree
