"""The log is SARIF 2.1.0, and says what the run says."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from jsonschema import Draft7Validator

from countermine.core.coverage import CoverageRecord
from countermine.core.runs import Run, RunState
from countermine.core.spans import TreePath
from countermine.core.targets import TargetKind
from countermine.core.weakness import WeaknessId
from countermine.report.sarif import render_sarif, sarif_chunks
from countermine.testing.run_texts import sample_texts
from countermine.testing.runs import (
    empty_run,
    hostile_path,
    hostile_run,
    hostile_texts,
    sample_run,
)
from countermine.weaknesses.facts_index import ALL_FACTS

SCHEMA = json.loads(
    (Path(__file__).resolve().parents[2] / "schemas" / "sarif-schema-2.1.0.json").read_text()
)


def log_of(run: Run, texts: dict[TreePath, bytes] | None = None) -> dict[str, Any]:
    text = render_sarif(run, ALL_FACTS, sample_texts() if texts is None else texts)
    log: dict[str, Any] = json.loads(text)
    validator = Draft7Validator(SCHEMA, format_checker=Draft7Validator.FORMAT_CHECKER)
    assert [f"{e.json_path}: {e.message}" for e in validator.iter_errors(log)] == []
    return log["runs"][0]


def results(run: Run) -> dict[str, dict[str, Any]]:
    return {result["ruleId"]: result for result in log_of(run)["results"]}


@pytest.mark.parametrize(
    ("run", "texts"),
    [
        (sample_run(), sample_texts()),
        (sample_run(), {}),
        (empty_run(), {}),
        (hostile_run(), hostile_texts()),
        (replace(sample_run(), cases=()), sample_texts()),
        *((replace(sample_run(), state=state), sample_texts()) for state in RunState),
    ],
)
def test_log_validates_against_the_official_schema(run: Run, texts: dict[TreePath, bytes]) -> None:
    log_of(run, texts)


def test_results_stand_in_the_order_of_the_findings() -> None:
    run = sample_run()
    found = [result["partialFingerprints"]["countermine/v1"] for result in log_of(run)["results"]]
    assert found[:-1] == [finding.fingerprint for finding in run.findings]


def test_place_is_line_and_column_of_the_sink() -> None:
    location = results(sample_run())["path-traversal"]["locations"][0]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "shop/documents.py", "uriBaseId": "%SRCROOT%", "index": 0},
        "region": {
            "startLine": 9,
            "startColumn": 10,
            "endLine": 9,
            "endColumn": 26,
            "snippet": {"text": 'open(path, "rb")'},
        },
    }
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "read_invoice"


def test_columns_are_utf16_units() -> None:
    finding = sample_run().findings[0]
    text = "'\N{PILE OF POO}'; open(path)".encode()
    start = text.index(b"open")
    moved = replace(finding.location, start_byte=start, end_byte=len(text))
    run = replace(sample_run(), cases=(), findings=(replace(finding, location=moved, trace=()),))
    log = log_of(run, {finding.location.path: text})
    assert log["columnKind"] == "utf16CodeUnits"
    region = log["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endColumn"]) == (7, 17)


def test_trace_is_a_code_flow_from_source_to_sink() -> None:
    flow = results(sample_run())["path-traversal"]["codeFlows"][0]["threadFlows"][0]["locations"]
    places = [
        (
            step["kinds"],
            step["location"]["physicalLocation"]["artifactLocation"]["uri"],
            step["location"]["physicalLocation"]["region"]["startLine"],
        )
        for step in flow
    ]
    assert places == [
        (["source"], "shop/views.py", 13),
        (["call"], "shop/views.py", 14),
        (["pass"], "shop/documents.py", 8),
        (["sink"], "shop/documents.py", 9),
    ]


def test_every_index_leads_to_what_it_names() -> None:
    log = log_of(sample_run())
    rules = log["tool"]["driver"]["rules"]
    for result in log["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert log["artifacts"][artifact["index"]]["location"]["uri"] == artifact["uri"]


def test_rules_carry_cwe_help_and_severity() -> None:
    rules = {rule["id"]: rule for rule in log_of(sample_run())["tool"]["driver"]["rules"]}
    assert set(rules) == {fact.id for fact in ALL_FACTS}
    rule = rules["path-traversal"]
    assert rule["properties"]["tags"] == ["security", "external/cwe/cwe-022"]
    assert rule["properties"]["security-severity"] == "8.0"
    assert rule["relationships"][0]["target"]["id"] == "22"
    assert "CWE-22" in rule["help"]["markdown"]


def test_every_cwe_that_is_referred_to_is_in_the_taxonomy() -> None:
    log = log_of(sample_run())
    (taxonomy,) = log["taxonomies"]
    known = {taxon["id"] for taxon in taxonomy["taxa"]}
    assert taxonomy["name"] == "CWE"
    assert {str(fact.cwe) for fact in ALL_FACTS} <= known
    assert all(taxon["id"] in known for result in log["results"] for taxon in result["taxa"])
    assert all(
        not taxon["shortDescription"]["text"].startswith("CWE-") for taxon in taxonomy["taxa"]
    )


def test_a_weakness_that_nobody_described_still_has_a_rule() -> None:
    foreign = replace(sample_run().findings[0], weakness=WeaknessId("imported-rule"))
    log = log_of(replace(sample_run(), cases=(), findings=(foreign,)))
    rule = log["tool"]["driver"]["rules"][log["results"][0]["ruleIndex"]]
    assert rule["id"] == "imported-rule"
    assert rule["relationships"][0]["target"]["id"] == "22"


def test_a_fix_gives_the_patched_text_when_it_is_applied() -> None:
    run = sample_run()
    case = run.cases[0]
    (fix,) = results(run)["path-traversal"]["fixes"]
    (change,) = fix["artifactChanges"]
    lines = sample_texts()[case.finding.location.path].decode().splitlines(keepends=True)
    for replacement in reversed(change["replacements"]):
        region = replacement["deletedRegion"]
        start, end = region["startLine"] - 1, region["endLine"] - 1
        before = lines[start][: region["startColumn"] - 1]
        after = lines[end][region["endColumn"] - 1 :] if end < len(lines) else ""
        lines[start : end + 1] = [before + replacement["insertedContent"]["text"] + after]
    assert "is_relative_to(Path(folder).resolve())" in "".join(lines)
    assert "".join(lines).count("os.path.join") == 1


def test_a_patch_that_running_refuted_is_no_fix() -> None:
    found = results(sample_run())
    assert "fixes" not in found["sql-injection"]
    assert found["sql-injection"]["properties"]["verdict"] == "still-exploitable"
    assert "fixes" not in found["code-injection"]
    assert "fixes" in found["command-injection"]


def test_a_fix_that_would_show_a_secret_is_left_out() -> None:
    run = sample_run()
    case = run.cases[0]
    assert case.patch is not None
    edit = replace(case.patch.edits[0], after='password = "hunter2"\n')
    case = replace(case, patch=replace(case.patch, edits=(edit,)))
    found = results(replace(run, cases=(case,)))
    assert "fixes" not in found["path-traversal"]


def test_code_with_a_secret_in_it_is_not_shown() -> None:
    run = sample_run()
    text = sample_texts()[TreePath("shop/store.py")]
    line = b'PASSWORD = "correct-horse-battery"'
    start = text.index(line)
    span = replace(
        run.findings[0].location,
        path=TreePath("shop/store.py"),
        start_byte=start,
        end_byte=start + len(line),
    )
    finding = replace(run.findings[0], location=span, trace=(), message=line.decode())
    log = log_of(replace(run, cases=(), findings=(finding,)))
    region = log["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert "snippet" not in region
    assert "correct-horse" not in json.dumps(log)


def test_what_the_user_set_aside_is_suppressed_with_the_reason() -> None:
    result = log_of(sample_run())["results"][-1]
    assert result["ruleId"] == "predictable-randomness"
    assert result["suppressions"] == [
        {
            "kind": "external",
            "justification": "coupons are checked by hand",
            "properties": {"place": "countermine.toml", "expires": "2026-12-31"},
        }
    ]


def test_a_comment_in_the_code_is_a_suppression_in_source() -> None:
    run = sample_run()
    item = replace(run.suppressed[0], place="shop/tokens.py:14", expires=None)
    (suppression,) = log_of(replace(run, suppressed=(item,)))["results"][-1]["suppressions"]
    assert suppression["kind"] == "inSource"


@pytest.mark.parametrize("state", list(RunState))
def test_only_a_finished_run_was_successful(state: RunState) -> None:
    (invocation,) = log_of(replace(sample_run(), state=state))["invocations"]
    assert invocation["executionSuccessful"] is (state is RunState.FINISHED)


def test_what_was_not_looked_at_is_a_warning() -> None:
    (invocation,) = log_of(sample_run())["invocations"]
    said = [
        (note["level"], note["descriptor"]["id"], note["message"]["text"])
        for note in invocation["toolExecutionNotifications"]
    ]
    assert said[:3] == [
        ("warning", "coverage", "skipped: 200 MB: larger than the bound of 5 MB"),
        ("warning", "coverage", "partial: a syntax error in line 3 hides 12 lines"),
        ("note", "left-out", "1 files were left out on purpose: vendored."),
    ]
    assert invocation["properties"]["coverageComplete"] is False


def test_the_time_can_be_left_out() -> None:
    run = sample_run()
    assert log_of(run)["invocations"][0]["startTimeUtc"] == run.started
    assert "startTimeUtc" not in log_of(replace(run, started=None))["invocations"][0]


def test_a_repository_that_others_can_reach_is_named() -> None:
    run = sample_run()
    target = replace(
        run.target, kind=TargetKind.GIT, spec="https://git.example/shop.git", revision="abc"
    )
    assert log_of(replace(run, target=target))["versionControlProvenance"] == [
        {"repositoryUri": "https://git.example/shop.git", "revisionId": "abc"}
    ]
    assert "versionControlProvenance" not in log_of(run)


def test_a_path_is_percent_encoded_byte_by_byte() -> None:
    log = log_of(hostile_run(), hostile_texts())
    uri = log["artifacts"][0]["location"]["uri"]
    assert uri.isascii()
    assert not set(uri) & set("<>\"'{}[]\\ \n\r\x1b")
    assert unquote_to_bytes(uri) == hostile_path().encode("utf-8", "surrogateescape")


def test_a_message_is_one_line_and_no_link() -> None:
    run = sample_run()
    finding = replace(run.findings[0], message="see [here](http://x.example)\n\x1b[0m")
    log = log_of(replace(run, cases=(), findings=(finding,)))
    text = log["results"][0]["message"]["text"]
    assert text == "see \\[here\\](http://x.example)\\\\n\\\\x1b\\[0m"


def test_log_is_written_in_pieces_of_one_result() -> None:
    chunks = list(sarif_chunks(sample_run(), ALL_FACTS, sample_texts()))
    assert sum('"ruleIndex"' in chunk for chunk in chunks) == len(sample_run().findings) + 1
    assert max(chunk.count('"ruleIndex"') for chunk in chunks) == 1


def test_complete_coverage_says_so() -> None:
    run = replace(empty_run(), coverage=CoverageRecord(files=1, lines=2, entries=()))
    (invocation,) = log_of(run)["invocations"]
    assert invocation["toolExecutionNotifications"] == []
    assert invocation["properties"]["coverageComplete"] is True


def test_writing_loads_nothing_heavy() -> None:
    code = "import sys, countermine.report.sarif; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"rich", "jinja2", "pygments", "pydantic", "libcst", "dbos", "sqlalchemy"}


def test_a_template_is_no_python() -> None:
    run = sample_run()
    finding = run.findings[0]
    place = replace(finding.location, path=TreePath("shop/templates/page.html"))
    texts = sample_texts() | {place.path: sample_texts()[finding.location.path]}
    log = log_of(replace(run, findings=(replace(finding, location=place),), cases=()), texts)
    languages = {a["location"]["uri"]: a["sourceLanguage"] for a in log["artifacts"]}
    assert languages.pop("shop/templates/page.html") == "html"
    assert set(languages.values()) == {"python"}
