"""What the user wrote as TARGET, parsed: a directory, a git URL, or a release on the index."""

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from urllib.parse import SplitResult, urlsplit

from countermine.core.errors import BadTargetError
from countermine.target.display import one_line, showable

_FORMS = "a directory, a git URL (https, ssh or file), or pypi:NAME==VERSION"

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.!+_-]*")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_TRANSPORT = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*::")
_SCP = re.compile(r"([A-Za-z0-9_.][A-Za-z0-9_.-]*)@([A-Za-z0-9\[][A-Za-z0-9.:\]-]*?):(?!//)(.+)")
_REF = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./+-]*")
_GIT_SCHEMES = frozenset({"https", "ssh", "file"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectorySpec:
    """A directory of this machine."""

    path: str
    """As the user wrote it."""
    kind: Literal["directory"] = "directory"

    @property
    def shown(self) -> str:
        """What outputs call it."""
        return self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class GitSpec:
    """A git repository, and what to check out of it."""

    url: str = field(repr=False)
    """May hold credentials: for the transport alone, shown nowhere."""
    shown: str
    """The URL (and ref) without credentials."""
    ref: str | None
    """A branch, tag or full commit id; ``None`` for the remote's default branch."""
    kind: Literal["git"] = "git"

    @property
    def name(self) -> str:
        """The repository's short name."""
        path = self.url.rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1]
        return path.removesuffix(".git") or "repository"


@dataclass(frozen=True, slots=True, kw_only=True)
class PypiSpec:
    """A release on the package index."""

    name: str
    """Normalised as the index does: lower case, ``-`` for runs of ``-``, ``_`` and ``.``."""
    version: str
    kind: Literal["pypi"] = "pypi"

    @property
    def shown(self) -> str:
        """What outputs call it."""
        return f"pypi:{self.name}=={self.version}"


TargetSpec: TypeAlias = DirectorySpec | GitSpec | PypiSpec


def parse_spec(text: str) -> TargetSpec:
    """Parse what the user wrote as TARGET; looks at the text only, not at the disk.

    ``@REF`` or ``#REF`` after a git URL names a branch, tag or commit (``#`` when the ref holds a
    ``/``). A directory whose name looks like a URL is written with ``./`` before it.

    Raises:
        BadTargetError: If it is none of the three forms, or a form of git URL that is refused.
    """
    if not text.strip():
        message = f"the target is empty; give {_FORMS}"
        raise BadTargetError(message)
    if text.startswith("-"):
        message = f"target {one_line(text)!r} begins with '-'; give {_FORMS}"
        raise BadTargetError(message)
    if "\0" in text:
        message = f"target {one_line(text)!r} holds a NUL byte; give {_FORMS}"
        raise BadTargetError(message)
    if text.startswith("pypi:"):
        return _parse_pypi(text)
    if _TRANSPORT.match(text):
        message = (
            f"target {_without_credentials(text)!r} names a git transport helper, which would run "
            "a program; use https, ssh or file"
        )
        raise BadTargetError(message)
    if scheme := _SCHEME.match(text):
        return _parse_url(text, scheme.group(1).lower())
    if scp := _SCP.fullmatch(text):
        return _parse_scp(text, scp)
    return DirectorySpec(path=text)


def _parse_pypi(text: str) -> PypiSpec:
    name, equals, version = text.removeprefix("pypi:").partition("==")
    name, version = name.strip(), version.strip()
    if not equals or not version:
        message = f"target {one_line(text)!r} names no release; write pypi:NAME==VERSION"
        raise BadTargetError(message)
    if not _NAME.fullmatch(name):
        message = f"{one_line(name)!r} is not a package name; write pypi:NAME==VERSION"
        raise BadTargetError(message)
    if not _VERSION.fullmatch(version):
        message = f"{one_line(version)!r} is not one version; write pypi:NAME==VERSION"
        raise BadTargetError(message)
    return PypiSpec(name=re.sub(r"[-_.]+", "-", name).lower(), version=version)


def _parse_url(text: str, scheme: str) -> GitSpec:
    if scheme not in _GIT_SCHEMES:
        message = (
            f"target {_without_credentials(text)!r}: {scheme} is not taken; use https, ssh or file"
        )
        raise BadTargetError(message)
    if not showable(text) or " " in text:
        message = f"target {_without_credentials(text)!r} is not a URL: it holds a space or control"
        raise BadTargetError(message)
    parts = _split(text)
    if parts.query:
        message = f"target {_without_credentials(text)!r}: a git URL has no query ('?')"
        raise BadTargetError(message)
    if scheme != "file" and not parts.hostname:
        message = f"target {_without_credentials(text)!r} names no host"
        raise BadTargetError(message)
    host = parts.hostname or ""
    if host.startswith("-") or (parts.username or "").startswith("-"):
        message = f"target {_without_credentials(text)!r}: a host or user cannot begin with '-'"
        raise BadTargetError(message)
    if scheme == "file" and host not in {"", "localhost"}:
        message = f"target {_without_credentials(text)!r}: file URLs of another host are not taken"
        raise BadTargetError(message)
    path, ref = _split_ref(parts.path, parts.fragment or None)
    _check_repository_path(path, text)
    url = parts._replace(path=path, fragment="").geturl()
    return GitSpec(url=url, shown=_shown(_without_credentials(url), ref), ref=ref)


def _parse_scp(text: str, match: re.Match[str]) -> GitSpec:
    rest, _, fragment = match.group(3).partition("#")
    path, ref = _split_ref(rest, fragment or None)
    _check_repository_path(path, text)
    url = f"{match.group(1)}@{match.group(2)}:{path}"
    return GitSpec(url=url, shown=_shown(url, ref), ref=ref)


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        message = f"target {_without_credentials(text)!r} is not a URL: {error}"
        raise BadTargetError(message) from error
    return parts


def _split_ref(path: str, fragment: str | None) -> tuple[str, str | None]:
    ref = fragment
    if ref is None and "@" in path.rsplit("/", 1)[-1]:
        path, _, ref = path.rpartition("@")
    if ref is not None and (not _REF.fullmatch(ref) or ".." in ref or ref.endswith(("/", ".lock"))):
        message = f"{one_line(ref)!r} is not a branch, tag or commit"
        raise BadTargetError(message)
    return path, ref


def _check_repository_path(path: str, text: str) -> None:
    if not path.strip("/"):
        message = f"target {_without_credentials(text)!r} names no repository"
        raise BadTargetError(message)
    if path.startswith("-") or not showable(path):
        message = f"target {_without_credentials(text)!r}: the path of the repository is not taken"
        raise BadTargetError(message)


def _shown(url: str, ref: str | None) -> str:
    return url if ref is None else f"{url}#{ref}"


def _without_credentials(text: str) -> str:
    """Return a URL as it may be shown: no password, no user of https, no query."""
    shown = re.sub(r"(?i)(https?://)[^/#?]*@", r"\1", text)
    shown = re.sub(r"(://[^/@:#?]*):[^/#?]*@", r"\1@", shown)
    return one_line(re.sub(r"\?[^#]*", "", shown))
