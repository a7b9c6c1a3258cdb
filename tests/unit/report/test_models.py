"""What a model had to do with a finding stands in every report, and nowhere else."""

import json
from dataclasses import replace

import pytest

from countermine.core.findings import Finding, Opinion
from countermine.core.levels import Confidence
from countermine.core.runs import Run
from countermine.loop.codec import from_json, to_json
from countermine.report.as_json import render_json
from countermine.report.explain import explain_case
from countermine.report.html import render_html
from countermine.report.markdown import render_markdown
from countermine.report.sarif import render_sarif
from countermine.report.styled import plain
from countermine.report.terminal import render_findings, render_summary
from countermine.testing.run_texts import sample_texts
from countermine.testing.runs import sample_run
from countermine.weaknesses.facts_index import ALL_FACTS

OPINION = Opinion(
    model="Judge-2", before=Confidence.MEDIUM, after=Confidence.HIGH, reason="Nothing checks it."
)
TEXTS = sample_texts()


def _of_models(run: Run) -> Run:
    def said(finding: Finding) -> Finding:
        high = Confidence.HIGH
        return replace(finding, proposed_by="Guess-1", opinion=OPINION, confidence=high)

    cases = tuple(replace(case, finding=said(case.finding)) for case in run.cases)
    return replace(run, cases=cases, findings=tuple(map(said, run.findings)))


RUN = _of_models(sample_run())
REPORTS = {
    "findings": plain(render_findings(RUN, TEXTS)),
    "summary": plain(render_summary(RUN)),
    "json": render_json(RUN, TEXTS),
    "sarif": render_sarif(RUN, ALL_FACTS, TEXTS),
    "html": render_html(RUN, ALL_FACTS, TEXTS),
    "markdown": render_markdown(RUN, ALL_FACTS, TEXTS),
    "explain": plain(explain_case(RUN, RUN.cases[0], TEXTS)),
}


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_names_the_model_that_proposed_a_finding(name: str) -> None:
    assert "Guess-1" in REPORTS[name]


@pytest.mark.parametrize("name", ["json", "sarif", "html", "explain"])
def test_a_model_that_moved_the_confidence_is_named_with_its_reason(name: str) -> None:
    assert "Judge-2" in REPORTS[name]
    assert "Nothing checks it." in REPORTS[name]


def test_a_finding_that_no_model_touched_is_recorded_as_it_always_was() -> None:
    finding = sample_run().findings[0]
    document = to_json(finding, Finding)

    assert not {"proposed_by", "opinion"} & document.keys()
    assert from_json(document, Finding) == finding


def test_what_a_model_said_of_a_finding_is_recorded_with_it() -> None:
    finding = RUN.findings[0]

    assert from_json(json.loads(json.dumps(to_json(finding, Finding))), Finding) == finding
