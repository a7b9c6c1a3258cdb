"""The job that comes in on standard input, and the answers that go out."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from countermine.prove.harness.channel import sign
from countermine.prove.harness.loading import EntryJob

READY = "ready"


class StimulusJob(NamedTuple):
    """One stimulus, its placeholders not yet filled."""

    name: str
    is_attack: bool
    inputs: tuple[dict[str, Any], ...]
    files: tuple[tuple[str, str], ...]


class Job(NamedTuple):
    """Everything that the parent is asked to do."""

    key: bytes
    canary: str
    root: str
    pristine: str
    scratch: str
    entry: EntryJob
    script: str | None
    stimulus_s: float
    stimuli: tuple[StimulusJob, ...]


def parsed(data: bytes) -> Job:
    """Return the job that standard input holds."""
    raw: dict[str, Any] = json.loads(data)
    entry: dict[str, Any] = raw["entry"]
    return Job(
        key=bytes.fromhex(raw["key"]),
        canary=raw["canary"],
        root=raw["root"],
        pristine=raw["pristine"],
        scratch=raw["scratch"],
        entry=EntryJob(**{**entry, "import_roots": tuple(entry["import_roots"])}),
        script=raw["script"],
        stimulus_s=raw["stimulus_s"],
        stimuli=tuple(
            StimulusJob(
                one["name"],
                one["is_attack"],
                tuple(one["inputs"]),
                tuple((name, content) for name, content in one["files"]),
            )
            for one in raw["stimuli"]
        ),
    )


def line(key: bytes, answer: object) -> bytes:
    """Return an answer as a signed line."""
    body = json.dumps(answer, sort_keys=True)
    return f"{sign(key, body)} {body}\n".encode("utf-8", "surrogatepass")
