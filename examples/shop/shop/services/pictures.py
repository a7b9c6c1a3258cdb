"""Product pictures, which the photographer sends as archives."""

import os
import tarfile
import zipfile
from pathlib import Path
from typing import IO


def unpack_tar(stream: IO[bytes], folder: Path) -> list[str]:
    """Unpack a tar archive of pictures and return the names in it."""
    with tarfile.open(fileobj=stream) as archive:
        archive.extractall(folder)
        return archive.getnames()


def unpack_tar_checked(stream: IO[bytes], folder: Path) -> list[str]:
    """Unpack a tar archive of pictures, whose members stay in the folder."""
    with tarfile.open(fileobj=stream) as archive:
        archive.extractall(folder, filter="data")
        return archive.getnames()


def unpack_zip(stream: IO[bytes], folder: Path) -> list[str]:
    """Unpack a zip archive of pictures and return the names in it."""
    with zipfile.ZipFile(stream) as archive:
        for member in archive.infolist():
            path = os.path.join(folder, member.filename)
            with open(path, "wb") as picture:
                picture.write(archive.read(member))
        return archive.namelist()


def unpack_zip_checked(stream: IO[bytes], folder: Path) -> list[str]:
    """Unpack a zip archive of pictures; ``extract`` keeps members in the folder."""
    with zipfile.ZipFile(stream) as archive:
        for member in archive.infolist():
            archive.extract(member, folder)
        return archive.namelist()
