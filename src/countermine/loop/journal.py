"""Turns what a step left behind into an entry of the ledger: digests and outcomes, no contents."""

import hashlib
import json
from collections.abc import Iterable, Mapping

from countermine.core.entries import Entry
from countermine.loop.codec import Json
from countermine.ports.ledger import Ledger

_ACTIONS = {
    "open": "target-read",
    "find": "found",
    "specify": "libraries-described",
    "hypothesise": "hypotheses-made",
    "specify-again": "libraries-described",
    "hypothesise-again": "hypotheses-made",
    "prepare": "environment-built",
    "baseline": "baseline-taken",
    "baseline-again": "baseline-taken",
    "admit": "case-admitted",
    "witness": "witnessed",
    "fix": "patched",
    "opinion": "opinion-given",
    "driver": "driver-written",
    "suggest": "suggested",
    "judge": "judged",
}


class Journal:
    """Records steps in the ledger."""

    def __init__(self, ledger: Ledger, run: str) -> None:
        """Record for one run."""
        self._ledger, self._run = ledger, run

    def record(self, step: str, result: Json, duration_ms: int) -> None:
        """Record that a step was carried out.

        The duration is left to the reports: an entry says the same whenever it is made.
        """
        del duration_ms
        word, _, subject = step.partition(" ")
        facts = {"sha256": _digest(result), **_outcome(result)}
        self._ledger.append(
            actor=_actor(word, result),
            action=_ACTIONS[word],
            subject=subject or self._run,
            facts=facts,
        )


def unwritten(steps: Mapping[str, Json], run: str, entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return the recorded steps that a run's ledger should tell of and does not.

    An entry is on the disk before its step is recorded: a run that was killed between the two
    has an entry without a step, never a step without an entry.
    """
    known = {(entry.action, entry.subject, dict(entry.facts).get("sha256")) for entry in entries}
    lacking: list[str] = []
    for step, result in steps.items():
        word, _, subject = step.partition(" ")
        if word in _ACTIONS and (_ACTIONS[word], subject or run, _digest(result)) not in known:
            lacking.append(step)
    return tuple(lacking)


def _digest(result: Json) -> str:
    canonical = json.dumps(result, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(canonical).hexdigest()


def _actor(word: str, result: Json) -> str:
    patch = result.get("patch") if word in {"fix", "suggest"} and isinstance(result, dict) else None
    return str(patch["author"]) if isinstance(patch, dict) else "countermine"


def _outcome(result: Json) -> dict[str, str]:
    if isinstance(result, bool):
        return {"outcome": "yes" if result else "no"}
    if not isinstance(result, dict):
        return {}
    facts: dict[str, str] = {}
    if isinstance(result.get("kind"), str):
        facts["outcome"] = result["kind"]
    for part in ("verdict", "witnessing"):
        inner = result.get(part)
        if isinstance(inner, dict) and isinstance(inner.get("kind"), str):
            facts["outcome"] = inner["kind"]
    if isinstance(result.get("findings"), list):
        facts["findings"] = str(len(result["findings"]))
    return facts
