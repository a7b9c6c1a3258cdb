"""Files of the target that may serve as legitimate content, where made-up content does not."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from countermine.prove.harness.jobs import StimulusJob

MAX_SAMPLES = 12
MAX_BYTES = 64 << 10


def candidates(root: str, endings: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield files with one of the endings and their content, in the order of their paths."""
    if not endings:
        return
    found = 0
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = f"{folder}/{name}"
            if name.lower().endswith(endings) and 0 < os.path.getsize(path) <= MAX_BYTES:  # noqa: PTH202 - without pathlib
                found += 1
                if found > MAX_SAMPLES:
                    return
                with open(path, "rb") as file:  # noqa: PTH123 - likewise
                    yield path[len(root.rstrip("/")) + 1 :], file.read()


def with_content(stimulus: StimulusJob, content: bytes) -> StimulusJob:
    """Return the stimulus with the content in place of every text that may be a sample."""
    text = content.decode("latin-1")
    inputs = tuple({**item, "text": text} if item["samples"] else item for item in stimulus.inputs)
    return stimulus._replace(inputs=inputs)
