"""Digests: of a text, of any value of ours, and of the program itself."""

import hashlib
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import countermine

_BYTES = 20
_ENGINES = (
    "ahocorasick-rs",
    "bc-detect-secrets",
    "jinja2",
    "libcst",
    "markupsafe",
    "tree-sitter",
    "tree-sitter-python",
)
"""Packages whose version can change an answer."""
_OWN_FOLDERS = ("catalogue", "core", "find", "flow", "ports", "regexes", "syntax", "templates")
"""What a search is made of; what weaknesses are looked for is a part of what it is asked."""
_MAPPED = re.compile(r"__mypyc\.[^/\\]*$")
_OWN_SUFFIXES = (".py", ".toml", ".json", ".so", ".pyd")


def text_digest(text: bytes) -> str:
    """Return the digest of a text, in hex."""
    return hashlib.blake2b(text, digest_size=_BYTES).hexdigest()


def digest(*values: object) -> str:
    """Return the digest of values of ours; it depends on no hash seed and on no order of sets.

    Raises:
        TypeError: If there is something in them that has no one way to be written.
    """
    whole = hashlib.blake2b(digest_size=_BYTES)
    for value in values:
        whole.update(_written(value).encode("utf-8", "surrogatepass"))
        whole.update(b"\0")
    return whole.hexdigest()


def _written(value: object) -> str:
    match value:
        case None | bool() | int() | float() | str() | bytes():
            written = f"{type(value).__name__}:{value!r}"
        case re.Pattern():
            written = f"pattern:{value.pattern!r}:{value.flags}"
        case tuple() | list():
            written = f"[{','.join(map(_written, value))}]"
        case frozenset() | set():
            written = f"{{{','.join(sorted(map(_written, value)))}}}"
        case Mapping():
            pairs = sorted((_written(key), _written(item)) for key, item in value.items())
            written = f"<{','.join(f'{key}={item}' for key, item in pairs)}>"
        case _:
            written = _written_whole(value)
    return written


def _written_whole(value: object) -> str:
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if not is_dataclass(value) or isinstance(value, type):
        message = f"no digest of a {type(value).__name__}"
        raise TypeError(message)
    held = (_written(getattr(value, field.name)) for field in fields(value))
    return f"{type(value).__name__}({','.join(held)})"


@lru_cache(maxsize=1)
def program_digest() -> str:
    """Return the digest of what gives the answers: this program, its catalogue, its libraries.

    The texts of the program count, not its version alone: they may be worked on.
    """
    own = Path(countermine.__file__).parent
    whole = hashlib.blake2b(digest_size=_BYTES)
    for path in (path for name in _OWN_FOLDERS for path in _own_files(own / name)):
        whole.update(f"{path.relative_to(own).as_posix()}\0".encode("utf-8", "surrogateescape"))
        whole.update(hashlib.blake2b(path.read_bytes(), digest_size=_BYTES).digest())
    for path in _compiled():
        whole.update(hashlib.blake2b(path.read_bytes(), digest_size=_BYTES).digest())
    engines = [(name, _version(name)) for name in ("countermine", *_ENGINES)]
    return digest(whole.hexdigest(), engines, sys.version, sys.platform)


def _own_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name != "__pycache__":
            yield from _own_files(path)
        elif path.name.endswith(_OWN_SUFFIXES):
            yield path


def _compiled() -> list[Path]:
    """Return the libraries that a compiled engine runs from; decision 0017."""
    named = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    found = {str(name) for name in named if _MAPPED.search(str(name))}
    return [Path(name) for name in sorted(found)]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
