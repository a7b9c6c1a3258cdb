"""Profiles: files of ``key = value`` lines in one folder."""

import os
from pathlib import Path


def load_profile(folder: str, name: str) -> dict[str, str]:
    """Return the settings of the profile called ``name``, which may come from a user.

    Raises:
        FileNotFoundError: If the folder has no such profile.
    """
    return _parse(_read(os.path.join(folder, name)))


def load_profile_checked(folder: str, name: str) -> dict[str, str]:
    """Return the settings of the profile called ``name``, which may come from a user.

    Raises:
        FileNotFoundError: If the folder has no such profile.
    """
    base = Path(folder).resolve()
    path = (base / name).resolve()
    if not path.is_relative_to(base):
        raise FileNotFoundError(name)
    return _parse(path.read_text())


def _read(path: str) -> str:
    with open(path) as stream:
        return stream.read()


def _parse(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {key.strip(): value.strip() for key, _, value in pairs}
