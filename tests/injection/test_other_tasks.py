"""Nothing but a suspicion, a step of confidence, a driver or a row is taken from an answer."""

from dataclasses import replace
from pathlib import Path

import pytest

from countermine.catalogue.loader import load
from countermine.core.errors import ModelsGoneError
from countermine.core.findings import Finding, FindingStatus
from countermine.core.inventory import FileRole, Inventory, SourceFile
from countermine.core.levels import Confidence
from countermine.core.models import ModelTask
from countermine.core.spans import tree_path
from countermine.core.witnesses import Witness
from countermine.find.hypotheses.driving import MAX_ATTACK, MOST_ATTACKS
from countermine.find.hypotheses.hypothesise import HypothesisRequest, hypothesise
from countermine.find.hypotheses.opinions import with_opinion
from countermine.find.request import FindRequest
from countermine.find.specify.specify import SpecifyRequest, specify
from countermine.loop.driving import driver_for, opinion_about
from countermine.loop.explaining import Explained, explained
from countermine.loop.records import WitnessRecord
from countermine.loop.search import request_of
from countermine.ports.progress import Silent
from countermine.prove.harness.driver_text import read
from countermine.report.explain import explain_in_words
from countermine.report.styled import plain
from countermine.target.inventory import InventoryOptions, take_inventory
from countermine.target.texts import read_texts
from countermine.testing.proving import witness_for
from countermine.testing.run_cases import sample_cases
from countermine.weaknesses.facts_index import looked_for
from tests.injection.obedient import (
    CAPS,
    OPTIONS,
    Obedient,
    OtherCase,
    contents,
    flaw_in,
    obedient,
    other_cases,
    searched,
)

ALL = other_cases()


def of(*tasks: ModelTask) -> list[OtherCase]:
    return [case for case in ALL if case.task in tasks]


def target(folder: Path, case: OtherCase) -> Path:
    root = folder / "target"
    root.mkdir()
    (root / "app.py").write_text(case.app, encoding="utf-8")
    return root


def bounded(model: Obedient, case: OtherCase) -> None:
    """Check that the model was asked for this task alone, within the caps, and in our words."""
    assert 1 <= len(model.transport.heard) <= (CAPS.run.calls or 0)
    for heard in model.transport.heard:
        assert heard.request.task is case.task
        for line in (case.above.strip(), case.inside.strip()):
            assert not line or line not in heard.request.system


@pytest.mark.parametrize("case", of(ModelTask.HYPOTHESISE), ids=lambda case: case.id)
def test_a_hypothesis_is_a_suspicion_and_takes_nothing_away(
    case: OtherCase, tmp_path: Path
) -> None:
    root = target(tmp_path, case)
    result = searched(root)
    flaw_in(result.findings, "ping")
    inventory = take_inventory(str(root), InventoryOptions())
    request = HypothesisRequest(
        search=request_of(inventory, OPTIONS),
        texts=contents(root),
        coverage=result.coverage,
        known=result.findings,
    )
    model = obedient(tmp_path, case.answer)
    made = hypothesise(request, model.roster, Silent())
    assert len(made.findings) == case.kept
    for finding in made.findings:
        assert finding.status is FindingStatus.SUSPECTED
        assert finding.confidence is Confidence.LOW
        assert finding.location.path == "app.py"
        assert finding.proposed_by == "scripted"
        assert finding.message.isprintable()
    assert made.rows == {}
    bounded(model, case)
    assert searched(root).findings == result.findings


@pytest.mark.parametrize("case", of(ModelTask.JUDGE), ids=lambda case: case.id)
def test_an_opinion_moves_the_confidence_by_a_step_at_most(case: OtherCase, tmp_path: Path) -> None:
    root = target(tmp_path, case)
    finding = flaw_in(searched(root).findings, "ping")
    model = obedient(tmp_path, case.answer)
    record = opinion_about(finding, contents(root), model.roster)
    assert (record.opinion is not None) == bool(case.kept)
    after = with_opinion(finding, record.opinion)
    assert abs(after.confidence.rank - finding.confidence.rank) == case.kept
    assert replace(after, confidence=finding.confidence, opinion=None) == finding
    if record.opinion is not None:
        assert record.opinion.reason.isprintable()
    bounded(model, case)


@pytest.mark.parametrize("case", of(ModelTask.WITNESS), ids=lambda case: case.id)
def test_a_driver_is_read_and_everything_else_of_a_witness_stays_ours(
    case: OtherCase, tmp_path: Path
) -> None:
    root = target(tmp_path, case)
    finding = flaw_in(searched(root).findings, "ping")
    plain = witness_for(finding)
    made = driven(finding, plain, root, obedient(tmp_path, case.answer))
    assert isinstance(made, Witness) == bool(case.kept)
    if isinstance(made, Witness):
        ours = replace(made, attacks=plain.attacks, driver=None, proposed_by=None)
        assert ours == plain
        assert made.attacks[: len(plain.attacks)] == plain.attacks
        assert len(made.attacks) <= len(plain.attacks) + MOST_ATTACKS
        assert all(len(one.inputs[0].text) <= MAX_ATTACK for one in made.attacks)
        assert (made.script, made.vouched) == (None, False)
        assert made.driver is None or read(made.driver)


def driven(finding: Finding, plain: Witness, root: Path, model: Obedient) -> Witness | str:
    earlier = WitnessRecord(witness=plain, no_witness=None, witnessing=None)
    texts = read_texts(str(root), [finding.location.path])
    try:
        return driver_for(finding, plain, earlier, texts, model.roster)
    except ModelsGoneError as error:  # pragma: no cover - the model is always there
        raise AssertionError from error


LIBRARY = {
    "quarrydb/__init__.py": "class Client:\n    def run(self, text):\n        return text\n\n\n"
    "def connect():\n    return Client()\n",
    "quarrydb-1.2.dist-info/METADATA": "Metadata-Version: 2.1\nName: quarrydb\nVersion: 1.2\n",
    "quarrydb-1.2.dist-info/top_level.txt": "quarrydb\n",
}


@pytest.mark.parametrize("case", of(ModelTask.SPECIFY), ids=lambda case: case.id)
def test_a_row_can_neither_mute_nor_speak_of_another_library(
    case: OtherCase, tmp_path: Path
) -> None:
    app = "import quarrydb\n" + case.app + "\n\ndef rows(text):\n    return quarrydb.connect()\n"
    for name, text in {
        "target/app.py": app,
        **{f"site/{k}": v for k, v in LIBRARY.items()},
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    file = SourceFile(path=tree_path("app.py"), size_bytes=len(app), role=FileRole.SOURCE)
    inventory = Inventory(root=str(tmp_path / "target"), files=(file,), skipped=())
    search = FindRequest(inventory=inventory, catalogue=load(), weaknesses=looked_for(()))
    request = SpecifyRequest(
        search=search, texts={file.path: app.encode()}, folders=(tmp_path / "site",)
    )
    model = obedient(tmp_path, case.answer)
    made = specify(request, model.roster, Silent())
    assert len([one for one in made.learnt if one.rows]) == case.kept
    bounded(model, case)


@pytest.mark.parametrize("case", of(ModelTask.EXPLAIN), ids=lambda case: case.id)
def test_an_explanation_is_words_beside_the_programs_own(case: OtherCase, tmp_path: Path) -> None:
    root = target(tmp_path, case)
    finding = flaw_in(searched(root).findings, "ping")
    known = replace(sample_cases()[0], finding=finding)
    model = obedient(tmp_path, case.answer)
    made = explained(known, "what the program says", contents(root), model.roster)
    assert isinstance(made, Explained) == bool(case.kept)
    if isinstance(made, Explained):
        shown = plain(explain_in_words(made.words, made.model))
        assert shown.startswith("\nIn the words of the model scripted (nobody checked them)\n")
        assert all(line.isprintable() for line in shown.split("\n"))
    bounded(model, case)


def test_every_task_that_exists_has_cases() -> None:
    assert {case.task for case in ALL} | {ModelTask.PATCH} == set(ModelTask)
