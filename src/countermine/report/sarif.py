"""A run as a SARIF 2.1.0 log. The search uses it: nothing but ``core`` and ``json`` is loaded.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from countermine.core.coverage import CoverageEntry
from countermine.core.runs import Run, RunState
from countermine.core.spans import TreePath, is_python_name
from countermine.core.targets import TargetKind
from countermine.core.weakness import WeaknessFacts
from countermine.report.places import ColumnKind
from countermine.report.redact import redact
from countermine.report.sarif_places import ROOT_ID, Json, Locator, text_of, uri_of
from countermine.report.sarif_results import result_of, suppressed_result
from countermine.report.sarif_rules import driver_rules, taxonomy
from countermine.report.sources import Sources

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def render_sarif(run: Run, facts: Sequence[WeaknessFacts], texts: Mapping[TreePath, bytes]) -> str:
    """Return a run as a SARIF log, results surest first, each on a line of its own."""
    return "".join(sarif_chunks(run, facts, texts))


def sarif_chunks(
    run: Run, facts: Sequence[WeaknessFacts], texts: Mapping[TreePath, bytes]
) -> Iterator[str]:
    """Yield the text of the log in pieces, each result when it is asked for.

    Args:
        run: What to write; the time is left out where ``started`` is ``None``.
        facts: Every weakness that was looked for; each becomes a rule.
        texts: At least the files of the findings; without its text a place has no lines.
    """
    found = [*run.findings, *(item.finding for item in run.suppressed)]
    rules = driver_rules(facts, found)
    cwes = {finding.cwe for finding in found} | {fact.cwe for fact in facts}
    locator = Locator(Sources(texts))
    fields: Json = {
        "tool": {"driver": _driver(run, rules)},
        "taxonomies": [taxonomy(cwes)],
        "columnKind": ColumnKind.UTF16.value,
        "newlineSequences": ["\r\n", "\n", "\r"],
        "originalUriBaseIds": {ROOT_ID: {"description": {"text": "The root of the target."}}},
        "invocations": [_invocation(run)],
    }
    fields |= _provenance(run)
    yield f'{{"$schema": {_dump(SCHEMA)}, "version": "2.1.0", "runs": [{{\n'
    yield "".join(f"{_dump(name)}: {_dump(value)},\n" for name, value in fields.items())
    yield '"results": ['
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    for separator, result in zip(_separators(), _results(run, locator), strict=False):
        yield f"{separator}{_dump(result | {'ruleIndex': numbers[result['ruleId']]})}"
    artifacts = [
        {
            "location": {"uri": uri_of(path), "uriBaseId": ROOT_ID},
            "sourceLanguage": "python" if is_python_name(path) else "html",
        }
        for path in locator.artifacts
    ]
    yield f'\n],\n"artifacts": {_dump(artifacts)}\n}}]}}\n'


def _dump(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _separators() -> Iterator[str]:
    yield "\n"
    while True:
        yield ",\n"


def _results(run: Run, locator: Locator) -> Iterator[Json]:
    cases = {case.finding.fingerprint: case for case in run.cases}
    for claimed in run.findings:
        case = cases.get(claimed.fingerprint)
        finding = claimed if case is None else case.finding
        yield result_of(finding, case, locator, isolated=run.isolated)
    for item in run.suppressed:
        yield suppressed_result(item, locator)


def _driver(run: Run, rules: list[Json]) -> Json:
    return {
        "name": "Countermine",
        "version": run.version,
        "semanticVersion": run.version,
        "shortDescription": {
            "text": "Finds vulnerabilities, fixes them, and proves each fix by running it."
        },
        "supportedTaxonomies": [{"name": "CWE", "index": 0}],
        "notifications": [
            {"id": "coverage", "shortDescription": {"text": "Something was not looked at."}},
            {"id": "left-out", "shortDescription": {"text": "Something was left out on purpose."}},
            {"id": "note", "shortDescription": {"text": "What a reader must know."}},
        ],
        "rules": rules,
    }


def _invocation(run: Run) -> Json:
    invocation: Json = {"executionSuccessful": run.state is RunState.FINISHED}
    if run.started is not None:
        invocation["startTimeUtc"] = run.started
    missed = [_missed(entry) for entry in run.coverage.entries if not entry.expected]
    left_out = Counter(entry.reason for entry in run.coverage.entries if entry.expected)
    notes = [_notification("note", "note", redact(note)) for note in run.notes]
    aside = [
        _notification("left-out", "note", f"{count} files were left out on purpose: {reason}.")
        for reason, count in sorted(left_out.items())
    ]
    invocation["toolExecutionNotifications"] = missed + aside + notes
    invocation["properties"] = {
        "filesAnalysed": run.coverage.files,
        "linesAnalysed": run.coverage.lines,
        "templatesAnalysed": run.coverage.templates,
        "coverageComplete": run.coverage.complete,
        "state": run.state.value,
    }
    return invocation


def _missed(entry: CoverageEntry) -> Json:
    text = f"{entry.outcome}: {entry.reason}"
    notification = _notification("coverage", "warning", text)
    if entry.path is not None:
        artifact = {"uri": uri_of(entry.path), "uriBaseId": ROOT_ID}
        notification["locations"] = [{"physicalLocation": {"artifactLocation": artifact}}]
    return notification


def _notification(kind: str, level: str, text: str) -> Json:
    return {"descriptor": {"id": kind}, "level": level, "message": {"text": text_of(text)}}


def _provenance(run: Run) -> Json:
    """Return where the tree came from, if that is a repository that others can reach."""
    target = run.target
    if target.kind is not TargetKind.GIT or "://" not in target.spec:
        return {}
    details: Json = {"repositoryUri": target.spec}
    if target.revision is not None:
        details["revisionId"] = target.revision
    return {"versionControlProvenance": [details]}
