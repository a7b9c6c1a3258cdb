"""The job that comes in on standard input, and the answers that go out."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from countermine.prove.harness.channel import sign
from countermine.prove.harness.loading import EntryJob

if TYPE_CHECKING:
    from collections.abc import Sequence

READY = "ready"
KEY_BYTES = 32


class StimulusJob(NamedTuple):
    """One stimulus, its placeholders not yet filled."""

    name: str
    is_attack: bool
    inputs: tuple[dict[str, Any], ...]
    files: tuple[tuple[str, str], ...]


class Job(NamedTuple):
    """Everything that the parent is asked to do."""

    canary: str
    root: str
    pristine: str
    scratch: str
    entry: EntryJob
    script: str | None
    driver: str | None
    test: dict[str, str] | None
    """A test of the target that calls the entry point: its ``path``, ``id`` and ``runner``."""
    compares_in: str | None
    """File whose comparisons are watched."""
    logs: bool
    """Whether records of logs are watched."""
    regexes: bool
    """Whether matches of regular expressions are watched."""
    xpaths: bool
    """Whether expressions of XPath are watched."""
    unpacking: bool
    """Whether it is counted how much is unpacked."""
    network: bool
    """Whether connections are watched, and answered."""
    programs: bool
    """Whether programs may be stood in for, where their starts are what is watched."""
    stimulus_s: float
    load_once: bool
    """Load the target in one process for all stimuli, where that makes no difference to them."""
    lines: bool
    """Tell which lines of the target each stimulus runs."""
    stimuli: tuple[StimulusJob, ...]


LENGTH = 12
"""Digits before the job: what follows the job is its key, which is read later."""


def framed(job: bytes, key: bytes) -> bytes:
    """Return what standard input has to hold."""
    return b"%0*d%b%b" % (LENGTH, len(job), job, key)


def exactly(fd: int, count: int) -> bytes:
    """Return so many bytes, and leave what comes behind them.

    Raises:
        EOFError: If there are fewer.
    """
    data = b""
    while len(data) < count:
        chunk = os.read(fd, count - len(data))
        if not chunk:
            message = f"standard input ends after {len(data)} of {count} bytes"
            raise EOFError(message)
        data += chunk
    return data


def parsed(data: bytes) -> Job:
    """Return the job that standard input holds."""
    raw: dict[str, Any] = json.loads(data)
    entry: dict[str, Any] = raw["entry"]
    return Job(
        canary=raw["canary"],
        root=raw["root"],
        pristine=raw["pristine"],
        scratch=raw["scratch"],
        entry=EntryJob(
            **{
                **entry,
                "import_roots": tuple(entry["import_roots"]),
                "methods": tuple(entry.get("methods", ())),
            }
        ),
        script=raw["script"],
        driver=raw.get("driver"),
        test=raw.get("test"),
        compares_in=raw["compares_in"],
        logs=raw["logs"],
        regexes=raw["regexes"],
        xpaths=raw["xpaths"],
        unpacking=raw["unpacking"],
        network=raw["network"],
        programs=raw["programs"],
        stimulus_s=raw["stimulus_s"],
        load_once=raw["load_once"],
        lines=raw["lines"],
        stimuli=tuple(
            _stimulus((one["name"], one["is_attack"], one["inputs"], one["files"]))
            for one in raw["stimuli"]
        ),
    )


def _stimulus(fields: Sequence[Any]) -> StimulusJob:
    name, is_attack, inputs, files = fields
    return StimulusJob(name, is_attack, tuple(inputs), tuple((at, data) for at, data in files))


def stimulus_of(data: bytes) -> StimulusJob:
    """Return a stimulus that was sent as JSON."""
    return _stimulus(json.loads(data))


def line(key: bytes, answer: object) -> bytes:
    """Return an answer as a signed line."""
    body = json.dumps(answer, sort_keys=True)
    return f"{sign(key, body)} {body}\n".encode("utf-8", "surrogatepass")
