"""What the drivers of the web frameworks share: bodies out, responses in, benign fillings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from countermine.prove.harness.inputs import BENIGN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import CodeType

    from countermine.prove.harness.inputs import Scene
    from countermine.prove.harness.observer import Observer

MAX_HEADER = 2000
MAX_BODY = 64_000
BOUNDARY = "countermine-boundary"
CONTENT = b"countermine control\n" * 4000
"""What a file holds whose name is under attack: more than is read at once by who reads a part."""
BODY_CHANNELS = ("form", "json", "body", "upload-name", "upload-content")


class Upload(NamedTuple):
    """A file of a form."""

    field: str
    name: str
    content: bytes


class Response(NamedTuple):
    """What came back, whatever the framework."""

    status: int
    content_type: str
    location: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    """Those of the application, names in small letters; empty where they are not looked at."""


SESSION = f"{BENIGN}session"
"""Key of a cookie that stands for a session with something in it."""
_MOST_IN_SESSION = 20
_OF_SERVERS = frozenset({"connection", "content-length", "date", "server", "transfer-encoding"})
_MOST_HEADERS = 50


def tell(observer: Observer, response: Response) -> str:
    """Report a response, and return it as a result."""
    body = response.body[:MAX_BODY].decode("utf-8", "replace")
    facts = {"status": str(response.status), "content_type": response.content_type, "body": body}
    if response.location:
        facts["location"] = response.location
    for name, value in response.headers[:_MOST_HEADERS]:
        if name not in _OF_SERVERS:
            observer.tell("header", {"name": name[:MAX_HEADER], "text": value[:MAX_HEADER]})
    observer.tell("response", facts)
    place = f"\n{response.location}" if response.location else ""
    return f"{response.status} {response.content_type}{place}\n{body}"


def tell_session(observer: Observer, session: Mapping[str, object]) -> None:
    """Report what a visitor's session holds after a request."""
    for key in sorted(map(str, session))[:_MOST_IN_SESSION]:
        facts = {"key": key[:MAX_HEADER], "text": str(session.get(key))[:MAX_HEADER]}
        observer.tell("session", facts)


def uploads(scene: Scene) -> list[Upload]:
    """Return the files of a form: name and content are under attack apart or together."""
    found: dict[str, Upload] = {}
    for value in scene.of("upload-name", "upload-content"):
        field = value.key or "file"
        one = found.get(field, Upload(field, f"{BENIGN}.txt", CONTENT))
        if value.channel == "upload-name":
            one = one._replace(name=value.text)
        else:
            one = one._replace(content=value.data)
        found[field] = one
    return list(found.values())


def plain_uploads(fields: Iterable[str]) -> list[Upload]:
    """Return harmless files for fields that are required."""
    return [Upload(field, f"{BENIGN}.txt", b"countermine control\n") for field in fields]


def multipart(fields: dict[str, str], files: Iterable[Upload]) -> tuple[bytes, str]:
    """Return a body of form fields and files, and its content type."""
    parts: list[bytes] = []
    for name, text in fields.items():
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        parts.append(head.encode() + text.encode("utf-8", "surrogatepass") + b"\r\n")
    for upload in files:
        name = upload.name.replace('"', "%22").replace("\r", "").replace("\n", "")
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{upload.field}"; '
            f'filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        )
        parts.append(head.encode("utf-8", "surrogatepass") + upload.content + b"\r\n")
    parts.append(f"--{BOUNDARY}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={BOUNDARY}"


def method(scene: Scene, allowed: Iterable[str]) -> str:
    """Return the method that carries the values: one with a body where they need it."""
    able = {one.upper() for one in allowed}
    leading = able.intersection(scene.methods)
    if leading and not (leading == {"GET"} and scene.of(*BODY_CHANNELS)):
        able = leading
    wanted = ("POST", "PUT", "PATCH", "GET", "DELETE")
    if not scene.of(*BODY_CHANNELS):
        wanted = ("GET", "POST", "PUT", "PATCH", "DELETE")
    return next(
        (one for one in wanted if one in able), "POST" if scene.of(*BODY_CHANNELS) else "GET"
    )


def likely_keys(codes: Iterable[CodeType]) -> list[str]:
    """Return the string constants of functions that may be names of fields they require."""
    found: set[str] = set()
    for code in _with_inner(codes):
        for constant in code.co_consts:
            items = constant if isinstance(constant, tuple) else (constant,)
            found.update(item for item in items if isinstance(item, str) and _is_key(item))
    return sorted(found)


def _with_inner(codes: Iterable[CodeType]) -> Iterator[CodeType]:
    for code in codes:
        yield code
        yield from _with_inner(one for one in code.co_consts if hasattr(one, "co_consts"))


def _is_key(text: str) -> bool:
    return 0 < len(text) <= 30 and text.replace("-", "_").replace(".", "_").isidentifier()  # noqa: PLR2004 - longer is prose


def likely_value(key: str) -> str:
    """Return a harmless value for a field of that name."""
    numeric = ("id", "page", "count", "limit", "offset", "size", "num", "number", "age", "year")
    return "1" if key.lower().rsplit("_", 1)[-1] in numeric else BENIGN


def modules_that_mention(root: str, word: bytes, limit: int = 40) -> list[str]:
    """Return the modules of the target that hold a word, those nearest the root first."""
    found: list[tuple[int, str]] = []
    for folder, folders, names in os.walk(root):
        skipped = {"tests", "test", "docs", "node_modules", "migrations", ".git", "examples"}
        folders[:] = sorted(one for one in folders if one not in skipped)
        for name in sorted(names):
            path = f"{folder.rstrip('/')}/{name}"
            if name.endswith(".py") and not name.startswith("test_") and _holds(path, word):
                found.append((path.count("/"), path))
    return [path for _, path in sorted(found)[:limit]]


def _holds(path: str, word: bytes) -> bool:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib would be loaded for this alone
            return word in file.read(1 << 20)
    except OSError:
        return False
