"""Findings that the user set aside: by a comment at the place, or by a row of the configuration.

A reason is mandatory and a date can end it. What is set aside is reported as such, never dropped.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from countermine.core.findings import Finding
from countermine.core.runs import Suppressed
from countermine.core.spans import TreePath

_COMMENT = re.compile(rb"#\s*countermine:\s*ignore\[([^\]\n]*)\][ \t]*([^\n]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionRule:
    """A row of the configuration."""

    id: str
    """Weakness id or fingerprint."""
    reason: str
    path: str
    """Pattern as in ``.gitignore``."""
    expires: str | None
    """ISO date from which the rule no longer holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """Findings that count, findings that were set aside, and what to tell the user about it."""

    kept: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    notes: tuple[str, ...]


def suppress(
    findings: Sequence[Finding],
    texts: Mapping[TreePath, bytes],
    rules: Sequence[SuppressionRule],
    *,
    today: str,
    origin: str,
) -> Sorted:
    """Set aside what comments and rules name.

    Args:
        findings: In the order they are reported; the order is kept.
        texts: Contents of the files that hold them.
        rules: Rows of the configuration.
        today: ISO date; a rule that expires on it or before holds no longer.
        origin: Name of the configuration file, for the report.
    """
    kept: list[Finding] = []
    suppressed: list[Suppressed] = []
    live = [rule for rule in rules if rule.expires is None or rule.expires > today]
    notes = [
        f"the suppression of {rule.id} in {origin} expired on {rule.expires}"
        for rule in rules
        if rule not in live
    ]
    matchers = [(rule, _Matcher(rule.path)) for rule in live]
    for finding in findings:
        ruled = next(
            (rule for rule, matches in matchers if _named(rule.id, finding) and matches(finding)),
            None,
        )
        if ruled is not None:
            aside = Suppressed(
                finding=finding, reason=ruled.reason, place=origin, expires=ruled.expires
            )
            suppressed.append(aside)
            continue
        said = _comment(finding, texts.get(finding.location.path, b""))
        if isinstance(said, Suppressed):
            suppressed.append(said)
            continue
        if said is not None:
            notes.append(said)
        kept.append(finding)
    return Sorted(kept=tuple(kept), suppressed=tuple(suppressed), notes=tuple(notes))


class _Matcher:
    def __init__(self, pattern: str) -> None:
        from pathspec import GitIgnoreSpec  # noqa: PLC0415 - only where there is a rule

        self._spec = GitIgnoreSpec.from_lines([pattern])

    def __call__(self, finding: Finding) -> bool:
        return self._spec.match_file(finding.location.path)


def _named(name: str, finding: Finding) -> bool:
    return name in {finding.weakness, finding.fingerprint}


def _comment(finding: Finding, text: bytes) -> Suppressed | str | None:
    """Return what a comment at the finding's place says; a text when it is not honoured."""
    for number, line in _lines_of(finding, text):
        for match in _COMMENT.finditer(line):
            names = {name.strip() for name in match[1].decode("utf-8", "replace").split(",")}
            if not any(_named(name, finding) for name in names):
                continue
            place = f"{finding.location.path}:{number}"
            reason = match[2].decode("utf-8", "replace").strip()
            if not reason:
                return f"{place}: ignore[{finding.weakness}] has no reason and does not count"
            return Suppressed(finding=finding, reason=reason, place=place)
    return None


def _lines_of(finding: Finding, text: bytes) -> Iterable[tuple[int, bytes]]:
    """Yield the lines (1-based) on which the finding's place begins and ends."""
    for byte in sorted({finding.location.start_byte, max(finding.location.end_byte - 1, 0)}):
        start = text.rfind(b"\n", 0, byte) + 1
        end = text.find(b"\n", byte)
        yield text.count(b"\n", 0, byte) + 1, text[start : end if end >= 0 else len(text)]
