"""Content of the target's own that may serve as a legitimate use, where made-up content fails."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from countermine.prove.harness.inputs import BENIGN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from countermine.prove.harness.channel import Record
    from countermine.prove.harness.jobs import StimulusJob
    from countermine.prove.harness.loading import EntryJob

MAX_SAMPLES = 12
MAX_STRINGS = 24
MAX_BYTES = 64 << 10
MAX_COMPARED = 4
COMPARED = "{compared}"
"""As an alternative: what the target compares the text with."""
CHANGED: dict[str, Callable[[str], str]] = {
    COMPARED: str,
    "{compared:begun}": lambda text: text[: len(text) // 2],
    "{compared:longer}": lambda text: f"{text} ",
    "{compared:nothing}": lambda _text: "",
    "{compared:turned}": str.swapcase,
}
"""Texts that an alternative stands for, made of what the target compares the text with."""
_STRUCTURE = frozenset("\n:{}[]()<>=,;/.'\"")


def uses(stimulus: StimulusJob, root: str, entry: EntryJob) -> Iterator[tuple[str, StimulusJob]]:
    """Yield the stimulus with one content after the other, and what each is called.

    Files come first: what a project keeps as an example is more legitimate than what is made up.
    Its own text is called by an empty name.
    """
    endings = tuple(end for item in stimulus.inputs for end in item["samples"])
    for path, content in _files(root, endings):
        yield path, _with(stimulus, content.decode("latin-1"))
    yield "", stimulus
    if len(stimulus.inputs) != 1:
        return
    for at, text in enumerate(stimulus.inputs[0]["alternatives"], 1):
        if text in CHANGED:
            continue
        yield f"alternative {at}", _with(stimulus, text)
    if not _is_text(stimulus.inputs[0]):
        return
    for place, text in _test_strings(root, entry):
        yield place, _with(stimulus, text)


def wants_compared(stimulus: StimulusJob) -> bool:
    """Tell whether what the target compares the text with would be the better use."""
    return _change(stimulus) is not None


def _change(stimulus: StimulusJob) -> Callable[[str], str] | None:
    """Return what becomes of the text that the own text is compared with, before it is given."""
    asked = (text for item in stimulus.inputs for text in item["alternatives"])
    return next((CHANGED[text] for text in asked if text in CHANGED), None)


def compared(stimulus: StimulusJob, records: Iterable[Record]) -> Iterator[StimulusJob]:
    """Yield the stimulus with each text that its own text was seen to be compared with."""
    pairs = [
        (_side(record.detail, "left"), _side(record.detail, "right"))
        for record in records
        if record.name in {"compare", "compare-digest"}
    ]
    both = [*pairs, *((right, left) for left, right in pairs)]
    known = [text for guess, text in both if BENIGN in guess and BENIGN not in text]
    change = _change(stimulus) or str
    for text in list(dict.fromkeys(known))[:MAX_COMPARED]:
        yield _with(stimulus, change(text))


def _side(detail: Mapping[str, str], side: str) -> str:
    """Return a side of a comparison as the text of a value: bytes by their latin-1."""
    data = detail.get(f"{side}_data")
    return detail.get(side, "") if data is None else bytes.fromhex(data).decode("latin-1")


def _is_text(item: dict[str, object]) -> bool:
    """Tell whether a string of a test could stand in for a text."""
    plain = item["encoding"] == "plain" and item["channel"] != "file-content"
    return plain and all(sign.isprintable() or sign.isspace() for sign in str(item["text"]))


def _with(stimulus: StimulusJob, text: str) -> StimulusJob:
    return stimulus._replace(inputs=tuple({**item, "text": text} for item in stimulus.inputs))


def _files(root: str, endings: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    found = 0
    for path in _walk(root):
        if endings and path.lower().endswith(endings) and found < MAX_SAMPLES:
            content = _content(f"{root}/{path}")
            if content:
                found += 1
                yield path, content


def _walk(root: str) -> Iterator[str]:
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            yield f"{folder}/{name}"[len(root.rstrip("/")) + 1 :]


def _content(path: str) -> bytes:
    try:
        if os.path.getsize(path) > MAX_BYTES:  # noqa: PTH202 - without pathlib
            return b""
        with open(path, "rb") as file:  # noqa: PTH123 - likewise
            return file.read()
    except OSError:
        return b""


def _test_strings(root: str, entry: EntryJob) -> Iterator[tuple[str, str]]:
    """Yield strings of the tests, those first that look like data and stand near the entry."""
    name = entry.qualname.rsplit(".", 1)[-1].encode()
    ranked: dict[str, tuple[tuple[bool, bool, str, int], str]] = {}
    for path in _walk(root):
        if not _is_test(path):
            continue
        content = _content(f"{root}/{path}")
        for line, text in _strings(content):
            plain = not _STRUCTURE & set(text)
            rank = (name not in content, plain, path, line)
            if text not in ranked or rank < ranked[text][0]:
                ranked[text] = rank, f"{path}:{line}"
    for text, (_, place) in sorted(ranked.items(), key=lambda item: item[1])[:MAX_STRINGS]:
        yield place, text


def _is_test(path: str) -> bool:
    *folders, name = path.split("/")
    tests = any(folder in {"test", "tests", "testing"} for folder in folders)
    return name.endswith(".py") and (tests or name.startswith("test_") or name == "tests.py")


def _strings(content: bytes) -> Iterator[tuple[int, str]]:
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError):
        return
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in skipped:
            continue
        value = node.value
        if isinstance(value, bytes):
            value = value.decode("latin-1")
        if isinstance(value, str) and value:
            yield node.lineno, value
