"""The values of a stimulus, with their placeholders filled and their encoding applied."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote

BENIGN = "cmprobe"
"""What a parameter gets that is not the one under attack."""


class Value(NamedTuple):
    """One value that enters through a channel."""

    channel: str
    key: str | None
    text: str
    data: bytes
    file_name: str | None = None
    structured: bool = False
    """In a document of JSON it stands for what its text is the JSON of."""


def file_path(base: str, at: int, value: Value) -> str:
    """Return where the file with a value lies: the same for attacks and legitimate uses."""
    name = os.path.basename(value.file_name or f"{at}.txt")  # noqa: PTH119 - without pathlib
    return f"{base}/data/{BENIGN}-{name}"


class Scene(NamedTuple):
    """What a driver works with besides the entry point."""

    values: tuple[Value, ...]
    base: str
    """Scratch folder of the stimulus."""
    canary: str
    is_attack: bool
    plain: object = BENIGN
    """What a parameter gets of which nothing is known."""
    choice: int | None = None
    """Which of the texts that a parameter is compared with it gets; ``None`` for none of them."""
    leave: Callable[[], None] | None = None
    """Ends the process with all that was seen so far; does not return."""
    methods: tuple[str, ...] = ()
    """By which a request gets to where it is wanted; none where any may."""
    sparing: bool = False
    """Whether a parameter that may be ``None`` is."""
    as_data: bool = False
    """Whether a parameter of which no type is known gets the bytes of its value."""

    def of(self, *channels: str) -> list[Value]:
        """Return the values that enter through any of the channels."""
        return [value for value in self.values if value.channel in channels]

    def file(self, value: Value) -> str:
        """Return the path of a scratch file that holds a value."""
        path = file_path(self.base, self.values.index(value), value)
        with open(path, "wb") as file:  # noqa: PTH123 - without pathlib
            file.write(value.data)
        return path


def as_bytes(text: str) -> bytes:
    """Return a text as bytes: latin-1 where that can hold it, UTF-8 otherwise."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def fill(text: str, canary: str, base: str) -> str:
    """Return a text with its placeholders filled."""
    return text.replace("{canary}", canary).replace("{base}", base)


def encoded(text: str, encoding: str) -> str:
    """Return a text as an encoding writes it."""
    data = as_bytes(text)
    encoded_text = base64.b64encode(data).decode()
    written = {
        "base64": encoded_text,
        "base64-url": base64.urlsafe_b64encode(data).decode(),
        "hex": data.hex(),
        "percent": quote(data, safe=""),
        "basic": f"Basic {encoded_text}",
        "bearer": f"Bearer {text}",
    }
    return written.get(encoding, text)


def value(item: dict[str, Any], canary: str, base: str) -> Value:
    """Return the value of one input of the job."""
    text = encoded(fill(str(item["text"]), canary, base), str(item["encoding"]))
    name, structured = item["file_name"], item["encoding"] == "json"
    return Value(str(item["channel"]), item["key"], text, as_bytes(text), name, structured)
