"""What agents are told of a case: all of it, no secret, and no more than fits."""

from dataclasses import replace
from pathlib import Path

import pytest

from countermine.core.cases import Case
from countermine.core.verdicts import Evidence, Gate, GateOutcome, GateResult, Inconclusive
from countermine.loop.calls.store import SqliteCalls
from countermine.loop.folder import RunFolder
from countermine.loop.prefix import Recorded
from countermine.loop.records import RunRequest
from countermine.report.sources import Sources
from countermine.serve.mcp.shelf import KeptCase, KeptRun
from countermine.serve.mcp.telling import (
    MAX_EVIDENCE,
    MAX_TEXT,
    case_answer,
    coverage_answer,
    evidence_of,
    finding_answer,
    record_of,
    shown_answer,
)
from countermine.testing.run_texts import sample_texts
from countermine.testing.runs import sample_run

RUN = sample_run()
REQUEST = RunRequest(run="20260131-120000-0a1b", version="0.1.0", target="/x", started="2026")
KEPT = KeptRun(
    folder=RunFolder(path=Path("/state/runs/20260131-120000-0a1b")),
    record=Recorded(
        request=REQUEST, status="SUCCESS", steps={}, calls=SqliteCalls(Path("/none/calls"))
    ),
    run=RUN,
    texts=sample_texts(),
)


def kept(case: Case) -> KeptCase:
    return KeptCase(kept=KEPT, case=case)


@pytest.mark.parametrize("case", RUN.cases, ids=lambda case: case.id)
def test_a_case_is_told_as_the_record_has_it(case: Case) -> None:
    answer = case_answer(kept(case), state="done")
    assert answer.run == "20260131-120000-0a1b"
    assert answer.status == case.finding.status.value
    if case.verdict is None:
        assert answer.verdict is None
    else:
        assert answer.verdict is not None
        assert answer.verdict.kind == case.verdict.kind
        assert [one.number for one in answer.gates] == [int(one.gate) for one in case.verdict.gates]
    shown = shown_answer(kept(case), state="done")
    assert shown.finding == finding_answer(case.finding, Sources(KEPT.texts))
    assert len(shown.trace) == len(case.finding.trace)
    assert shown.model_dump_json()


def test_code_around_places_is_exact_and_in_one_piece() -> None:
    case = RUN.cases[0]
    (first, *_) = shown_answer(kept(case), state="done").code
    lines = KEPT.texts[case.finding.location.path].decode().split("\n")
    told = first.text.split("\n")
    assert told == lines[first.first_line - 1 : first.first_line - 1 + len(told)]


def test_long_texts_are_cut_and_secrets_hidden() -> None:
    secret = "AKIA" + "ABCDEFGHIJKLMNOP"
    gate = GateResult(
        gate=Gate.RED,
        outcome=GateOutcome.INCONCLUSIVE,
        reason=f"it said aws_access_key_id = '{secret}'",
        evidence=(Evidence(title="output", text="x" * 100_000),),
    )
    verdict = Inconclusive(gates=(gate,), reason="verdict: proven")
    case = replace(RUN.cases[0], verdict=verdict)
    answer = case_answer(kept(case), state="done")
    assert answer.verdict is not None
    assert answer.verdict.kind == "inconclusive"
    assert secret not in answer.model_dump_json()
    assert len(answer.gates[0].evidence[0]) <= MAX_EVIDENCE + 4
    assert len(evidence_of(kept(case))[0].evidence[0]) <= MAX_TEXT + 4
    record, cut = record_of(kept(case))
    assert cut
    assert secret not in str(record)


def test_what_was_not_looked_at_is_told() -> None:
    told = coverage_answer(RUN.coverage)
    assert not told.complete
    assert told.missed_count == 2
    assert told.missed[0].startswith("shop/huge.py: 200 MB")
