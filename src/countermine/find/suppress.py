"""Findings that the user set aside: by a comment at the place, or by a row of the configuration.

A reason is mandatory and a date can end it. What is set aside is reported as such, never dropped.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from countermine.core.cases import case_id
from countermine.core.findings import Finding
from countermine.core.runs import Suppressed
from countermine.core.spans import TreePath, is_python_name
from countermine.find.naming import Names
from countermine.find.remarks import Remark, remarks

MOST_NOTES = 20
"""Comments that are told of; a tree may hold any number of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionRule:
    """A row of the configuration."""

    id: str
    """Weakness id, alias, case id or fingerprint."""
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
    names: Names,
    *,
    today: str,
    origin: str,
) -> Sorted:
    """Set aside what comments and rules name.

    Args:
        findings: In the order they are reported; the order is kept.
        texts: Contents of the files that hold them, and of all others that hold comments.
        rules: Rows of the configuration.
        names: What weaknesses are called.
        today: ISO date; a rule that expires on it or before holds no longer.
        origin: Name of the configuration file, for the report.
    """
    table = _Table(rules, names, today=today, origin=origin)
    comments = _Comments(texts, names)
    kept: list[Finding] = []
    suppressed: list[Suppressed] = []
    for finding in findings:
        ruled, said = table.aside(finding), comments.aside(finding)
        aside = ruled or said
        if aside is None:
            kept.append(finding)
        else:
            suppressed.append(aside)
    notes = (*table.notes(), *comments.notes())
    return Sorted(kept=tuple(kept), suppressed=tuple(suppressed), notes=notes)


class _Table:
    """The rows of the configuration, and which of them served."""

    def __init__(
        self, rules: Sequence[SuppressionRule], names: Names, *, today: str, origin: str
    ) -> None:
        self._names, self._origin = names, origin
        self._expired = [rule for rule in rules if rule.expires and rule.expires <= today]
        live = [rule for rule in rules if rule not in self._expired]
        self._rows = [_Row(rule, names.canonical(rule.id), _Matcher(rule.path)) for rule in live]

    def aside(self, finding: Finding) -> Suppressed | None:
        for row in self._rows:
            if row.name in _names_of(finding) and row.matches(finding):
                row.served = True
                rule = row.rule
                return Suppressed(
                    finding=finding, reason=rule.reason, place=self._origin, expires=rule.expires
                )
        return None

    def notes(self) -> list[str]:
        return [
            *(
                f"the suppression of {rule.id} in {self._origin} expired on {rule.expires}"
                for rule in self._expired
            ),
            *(
                f"{self._origin}: suppress: {self._names.unknown(row.rule.id)}"
                for row in self._rows
                if row.name is None
            ),
            *(
                f"the suppression of {row.rule.id} in {self._origin} set nothing aside"
                for row in self._rows
                if row.name is not None and not row.served
            ),
        ]


@dataclass(slots=True)
class _Row:
    rule: SuppressionRule
    name: str | None
    matches: "_Matcher"
    served: bool = False


class _Matcher:
    def __init__(self, pattern: str) -> None:
        from pathspec import GitIgnoreSpec  # noqa: PLC0415 - only where there is a rule

        self._spec = GitIgnoreSpec.from_lines([pattern])

    def __call__(self, finding: Finding) -> bool:
        return self._spec.match_file(finding.location.path)


@dataclass(slots=True)
class _Place:
    """A comment in its file, and what came of it."""

    path: TreePath
    remark: Remark
    names: frozenset[str]
    """Those that are known."""
    met: list[Finding] = field(default_factory=list)


class _Comments:
    """The comments of the tree, and which of them served."""

    def __init__(self, texts: Mapping[TreePath, bytes], names: Names) -> None:
        self._texts, self._names = texts, names
        self._places = [
            _Place(
                path=path,
                remark=remark,
                names=frozenset(filter(None, map(names.canonical, remark.names))),
            )
            for path in sorted(texts)
            for remark in remarks(texts[path], python=is_python_name(path))
        ]
        self._at: dict[tuple[TreePath, int], list[_Place]] = {}
        for place in self._places:
            self._at.setdefault((place.path, place.remark.line), []).append(place)

    def aside(self, finding: Finding) -> Suppressed | None:
        """Set a finding aside by a comment on the lines where its place begins and ends."""
        path = finding.location.path
        found: Suppressed | None = None
        for line in _lines_of(finding, self._texts.get(path, b"")):
            for place in self._at.get((path, line), ()):
                if not place.names & _names_of(finding):
                    continue
                place.met.append(finding)
                reason = place.remark.reason
                if reason and found is None:
                    found = Suppressed(finding=finding, reason=reason, place=f"{path}:{line}")
        return found

    def notes(self) -> list[str]:
        said = [note for place in self._places for note in self._of(place)]
        more = len(said) - MOST_NOTES
        return [*said[:MOST_NOTES], *([f"and {more} more such comments"] if more > 0 else [])]

    def _of(self, place: _Place) -> Iterable[str]:
        remark, where = place.remark, f"{place.path}:{place.remark.line}"
        if not remark.names:
            yield f"{where}: ignore names no weakness and does not count; write ignore[ID] reason"
            return
        for name in remark.names:
            if self._names.canonical(name) is None:
                yield f"{where}: {self._names.unknown(name)}"
        if place.met and not remark.reason:
            yield f"{where}: ignore[{place.met[0].weakness}] has no reason and does not count"
        elif place.names and not place.met:
            named = ", ".join(remark.names)
            yield f"{where}: ignore[{named}] set nothing aside; it stands on the line of the sink"


def _names_of(finding: Finding) -> frozenset[str]:
    return frozenset({finding.weakness, finding.fingerprint, case_id(finding)})


def _lines_of(finding: Finding, text: bytes) -> list[int]:
    """Return the lines (1-based) on which the finding's place begins and ends."""
    ends = {finding.location.start_byte, max(finding.location.end_byte - 1, 0)}
    return sorted({text.count(b"\n", 0, byte) + 1 for byte in ends})
