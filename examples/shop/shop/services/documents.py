"""Documents that customers fetch."""

import os
from pathlib import Path


def read_invoice(folder: Path, name: str) -> bytes:
    """Return an invoice."""
    path = os.path.join(folder, name)
    with open(path, "rb") as stream:
        return stream.read()


def read_receipt(folder: Path, name: str) -> bytes:
    """Return an invoice, which must stand in the folder.

    Raises:
        FileNotFoundError: If there is none of that name in the folder.
    """
    base = folder.resolve()
    path = (base / name).resolve()
    if not path.is_relative_to(base):
        raise FileNotFoundError(name)
    return path.read_bytes()
