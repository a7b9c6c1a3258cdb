"""Payloads: texts that enter, before it is known through which entry point."""

import re
from dataclasses import dataclass

from countermine.core.entrypoints import Channel
from countermine.core.witnesses import Encoding, Packing, SetupFile

PROBE = "cmprobe"
"""What legitimate values are made of; the harness makes files of that name where one is missed."""
WORD = re.compile(r"\bcm[a-z]+", re.IGNORECASE)
"""How words of legitimate uses begin: the known one, and those that are made up like it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A text that enters, and what is special about it."""

    name: str
    text: str
    encoding: Encoding = Encoding.PLAIN
    packing: Packing | None = None
    blanks: int = 0
    """MiB of blanks behind the text, before it is packed."""
    channel: Channel | None = None
    """Another one than the entry point's."""
    file_name: str | None = None
    files: tuple[SetupFile, ...] = ()
    samples: tuple[str, ...] = ()
    """For a legitimate use: endings of files of the target that may take its place."""
    alternatives: tuple[str, ...] = ()
    """For a legitimate use: texts that are tried where this one does not work."""
