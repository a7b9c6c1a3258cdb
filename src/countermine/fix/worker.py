"""Runs in a process of its own: tries remedies on a finding and sends the outcome as JSON."""

import sys
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from countermine.core.findings import Finding
from countermine.core.knowledge import NamedRemedy, NoRemedy
from countermine.core.patches import Patch
from countermine.core.spans import TreePath

ANSWER: Final[TypeAdapter[Patch | NoRemedy]] = TypeAdapter(Patch | NoRemedy)
"""How the worker's answer is written and checked: it comes from a process that read the target."""


def try_remedies(
    finding: Finding, texts: Mapping[TreePath, bytes], remedies: Sequence[NamedRemedy]
) -> Patch | NoRemedy:
    """Return the first patch that a remedy proposes, or the reasons of all of them."""
    reasons: list[str] = []
    for one in remedies:
        try:
            outcome = one.propose(finding, texts)
        except RecursionError:
            outcome = NoRemedy(reason="the code is nested too deeply to be rewritten")
        if isinstance(outcome, Patch):
            return outcome
        if outcome.reason and outcome.reason not in reasons:
            reasons.append(outcome.reason)
    return NoRemedy(reason="; ".join(reasons) or "no remedy is for a call of this kind")


def work(
    answers: Connection,
    finding: Finding,
    texts: Mapping[TreePath, bytes],
    remedies: Sequence[NamedRemedy],
    bounds: tuple[int, int],
) -> None:
    """Answer with the outcome as JSON.

    Args:
        answers: Where the answer goes.
        finding: What to fix.
        texts: Texts of the files that the remedies may look at.
        remedies: Tried in this order.
        bounds: Bytes of memory beyond what the process has now, and seconds of processor time.
    """
    _bind(*bounds)
    try:
        outcome = try_remedies(finding, texts, remedies)
    except MemoryError:
        outcome = NoRemedy(reason="rewriting needs more memory than it may have")
    except Exception as error:  # noqa: BLE001 - the worker's border: its trouble is an answer
        outcome = NoRemedy(reason=f"a remedy failed: {type(error).__name__}: {error}")
    answers.send_bytes(ANSWER.dump_json(outcome))
    answers.close()


def _bind(memory_bytes: int, processor_s: int) -> None:
    """Set the bounds of this process, where the system has them."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not there on Windows

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (processor_s, processor_s + 1))
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
