"""A package index in a folder, to be used by its file URL or served over loopback."""

# typing.override is younger than the oldest Python that this runs on.
# mypy: disable-error-code="explicit-override"

import hashlib
import io
import os
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderIndex:
    """A package index laid out as PEP 503 says."""

    root: Path
    links: dict[str, list[str]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The index as a file URL."""
        return self.root.as_uri() + "/"

    def add(
        self, project: str, name: str, data: bytes, *, day: str | None = None, sha256: str = ""
    ) -> None:
        """Add a file to a project's page.

        Args:
            project: Normalised name.
            name: Of the file.
            data: Its contents.
            day: Date (ISO 8601) of its upload, told the way that mirrors tell it.
            sha256: What the page says it is; the truth unless given.
        """
        folder = self.root / project
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        digest = sha256 or hashlib.sha256(data).hexdigest()
        time = f' data-upload-time="{day}T12:00:00Z"' if day else ""
        links = self.links.setdefault(project, [])
        links.append(f'<a href="{name}#sha256={digest}"{time}>{name}</a>')
        page = "<!DOCTYPE html><html><body>" + "\n".join(links) + "</body></html>"
        (folder / "index.html").write_text(page)


def sdist(name: str, version: str, files: Mapping[str, str]) -> bytes:
    """Return a source archive with the files in one folder."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for path, text in files.items():
            info = tarfile.TarInfo(f"{name}-{version}/{path}")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return packed.getvalue()


def wheel(files: Mapping[str, str]) -> bytes:
    """Return a zip file with the files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return packed.getvalue()


def installable(
    name: str, version: str, files: Mapping[str, str], requires: Sequence[str] = ()
) -> bytes:
    """Return a wheel that installers take."""
    folder = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    tags = "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    held = {
        **files,
        f"{folder}/METADATA": metadata + "".join(f"Requires-Dist: {one}\n" for one in requires),
        f"{folder}/WHEEL": tags,
    }
    record = "".join(f"{path},,\n" for path in (*held, f"{folder}/RECORD"))
    return wheel({**held, f"{folder}/RECORD": record})


class _Handler(SimpleHTTPRequestHandler):
    json_pages: Mapping[str, str]

    def __init__(self, *args: Any, json_pages: Mapping[str, str], **kwargs: Any) -> None:  # noqa: ANN401 - the handler's own
        self.json_pages = json_pages
        super().__init__(*args, **kwargs)

    def translate_path(self, path: str) -> str:
        """Answer with the JSON page in the place of the folder."""
        return super().translate_path("/" + self.json_pages.get(path, path).lstrip("/"))

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        """Give JSON pages the type that indexes give them."""
        if str(path).endswith(".json"):
            return "application/vnd.pypi.simple.v1+json"
        return super().guess_type(path)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@contextmanager
def served(root: Path, json_pages: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve a folder on loopback and yield its URL.

    Args:
        root: The folder.
        json_pages: Paths that are answered with a JSON file of the folder (PEP 691).
    """
    handler = partial(_Handler, directory=str(root), json_pages=json_pages or {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
