"""Text that a gate keeps: bounded, without secrets, and the same from run to run."""

import re

from countermine.core.verdicts import Evidence

MAX_EVIDENCE_CHARS = 4000
"""Enough for a traceback of some thirty lines; a verdict holds some twenty such texts."""

MAX_NAMES = 20
"""Names listed in one sentence or evidence before the rest is counted."""

_UNSTABLE = (
    (re.compile(r"\b0x[0-9a-fA-F]{4,}\b"), "0x…"),
    (re.compile(r"\b\d+\.\d+ ?(?:s|ms|seconds)\b"), "… s"),
    (re.compile(r"/var/tmp/[\w.+-]+"), "<tmp>"),  # noqa: S108 - recognises paths, opens none
    (re.compile(r"/tmp/[\w.+-]+"), "<tmp>"),  # noqa: S108 - recognises paths, opens none
    (re.compile(r"\bcountermine-[\w]{6,}\b"), "<tmp>"),
    (re.compile(r"\b(pid|port)([ =:]+)\d+"), r"\1\2…"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?"), "<time>"),
)
"""What differs from run to run: addresses, durations, private folders, numbers of the host."""

_SECRETS = (
    re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
    ),
    re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    re.compile(r"\bgh[pousr]_[A-Za-z0-9]{20,}\b"),
    re.compile(r"\bxox[abpr]-[A-Za-z0-9-]{10,}\b"),
    re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}\b"),
    re.compile(
        r"(?i)(?<=[\w\"' ])(?:password|passwd|secret|api_?key|auth_?token)[\"']?\s*[=:]\s*"
        r"[\"']?(?!None\b)[^\s\"',;)]{6,}"
    ),
)
"""Shapes of secrets that a test's output is known to carry; the text is replaced as a whole."""


def clean(text: str) -> str:
    """Return text that can be kept: bounded, without secrets, addresses, times or private paths."""
    for pattern in _SECRETS:
        text = pattern.sub("<secret>", text)
    for pattern, instead in _UNSTABLE:
        text = pattern.sub(instead, text)
    text = text.strip()
    if len(text) <= MAX_EVIDENCE_CHARS:
        return text
    half = MAX_EVIDENCE_CHARS // 2
    left_out = len(text) - 2 * half
    return f"{text[:half]}\n… {left_out} characters left out …\n{text[-half:]}"


def evidence(title: str, text: str) -> Evidence:
    """Return a piece of evidence whose text is cleaned."""
    return Evidence(title=title, text=clean(text))


def named(names: "list[str] | tuple[str, ...]") -> str:
    """Return names joined by commas; beyond ``MAX_NAMES`` the rest is counted."""
    shown = ", ".join(names[:MAX_NAMES])
    rest = len(names) - MAX_NAMES
    return f"{shown} and {rest} more" if rest > 0 else shown
