"""What made a proof: this program by the digest of its texts, and the libraries it stands on."""

import hashlib
import re
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import countermine

_SUFFIXES = (".py", ".toml", ".json", ".bpf", ".so", ".html", ".css")


def program_digest() -> str:
    """Return the SHA-256, in hex, over the names and texts of all files of this program."""
    own = Path(countermine.__file__).parent
    whole = hashlib.sha256()
    files = sorted(path for path in own.rglob("*") if path.suffix in _SUFFIXES)
    for path in files:
        name = path.relative_to(own).as_posix()
        whole.update(f"{name}\0".encode("utf-8", "surrogateescape"))
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def libraries() -> tuple[tuple[str, str], ...]:
    """Return the libraries that this program declares, with the versions in use, sorted."""
    names = {
        canonicalize_name(Requirement(one).name)
        for one in requires("countermine") or ()
        if not re.search(r"\bextra\b", one)
    }
    return tuple((name, found) for name in sorted(names) if (found := _version(name)))


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
