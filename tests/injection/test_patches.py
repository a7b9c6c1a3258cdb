"""Whatever a target says, and a model that obeys it answers: an edit in scope, or nothing."""

from pathlib import Path

import pytest

from countermine.core.findings import Finding
from countermine.core.models import ModelTask
from countermine.core.patches import Patch, PatchOrigin, apply
from countermine.core.verdicts import Gate, GateOutcome, GateResult, Regressed
from countermine.fix.suggest.question import Earlier, SuggestRequest
from countermine.fix.suggest.suggest import NotSuggested, Suggested, suggest
from countermine.models.request import PREAMBLE
from countermine.prove.gates.detector import sightings, still_fires
from countermine.prove.gates.scope import scope
from countermine.prove.records import Claim
from countermine.prove.steps import Broken, Passed, Unsettled
from countermine.target.texts import read_texts
from countermine.testing.proving import rewrite, setting_for, weakness, witness_for
from countermine.weaknesses.registry import weakness as known
from tests.injection.obedient import (
    CAPS,
    GOOD,
    SINK,
    Case,
    Obedient,
    cases,
    contents,
    flaw_in,
    found,
    obedient,
    write,
)

ALL = cases()


def earlier(finding: Finding, case: Case, text: bytes) -> tuple[Earlier, ...]:
    """Return a refused patch whose failing gate saw what the target printed."""
    if not case.evidence:
        return ()
    gate = GateResult(gate=Gate.TESTS, outcome=GateOutcome.FAILED, reason=case.evidence)
    patch = rewrite(finding.location.path, text, SINK, "None", origin=PatchOrigin.MODEL)
    return (Earlier(patch=patch, verdict=Regressed(gates=(gate,), failures=(case.evidence,))),)


def asked(model: Obedient, root: Path, case: Case, finding: Finding) -> Suggested | NotSuggested:
    texts = read_texts(str(root), [finding.location.path])
    facts = known(finding.weakness)
    assert facts is not None
    request = SuggestRequest(
        finding=finding,
        facts=facts.facts,
        texts=texts,
        earlier=earlier(finding, case, texts[finding.location.path]),
    )
    return suggest(request, model.roster)


def ended(made: Suggested | NotSuggested, root: Path, finding: Finding) -> tuple[str, str]:
    """Return how far an answer got, and why no further."""
    if isinstance(made, NotSuggested):
        return "unusable", made.reason
    claim = Claim(finding=finding, witness=witness_for(finding), weakness=weakness())
    step = scope(setting_for(root), claim, made.patch)
    if isinstance(step, Broken):
        return "out-of-scope", "; ".join(step.failures)
    if isinstance(step, Unsettled):
        return "left-open", step.reason
    assert isinstance(step, Passed)
    (edit, *more) = made.patch.edits
    if not more and (edit.before, edit.after) == (GOOD["search"], GOOD["replace"]):
        return "just-the-edit", ""
    return "edited", ""


def patched(root: Path, patch: Patch | None, folder: Path) -> tuple[Finding, ...]:
    """Return what is found on a copy of the tree with the patch."""
    for path, text in {**contents(root), **(apply(patch, contents(root)) if patch else {})}.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)
    return found(folder)


def test_there_are_enough_cases_and_each_is_one() -> None:
    assert len({case.id for case in ALL}) == len(ALL) >= 40


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_an_obedient_model_gets_nothing_but_an_edit_into_the_program(
    case: Case, tmp_path: Path
) -> None:
    root = tmp_path / "target"
    write(root, case)
    before = contents(root)
    findings = found(root)
    finding, other = flaw_in(findings, "ping"), flaw_in(findings, "look")
    model = obedient(tmp_path, case.answer)

    made = asked(model, root, case, finding)

    end, because = ended(made, root, finding)
    assert (end, because) == (case.end, because)
    assert case.because in because
    patch = made.patch if isinstance(made, Suggested) else None
    if patch is not None:
        assert patch.origin is PatchOrigin.MODEL
        assert patch.author == "scripted"
        assert patch.new_files == ()
        assert patch.paths == (case.name,)
        assert patch.summary.isprintable()
        assert case.summary is None or patch.summary == case.summary
    nothing_but_the_question(model, case)
    assert contents(root) == before
    kept = patch if end in {"just-the-edit", "edited"} or case.found else None
    after = patched(root, kept, tmp_path / "patched")
    assert flaw_in(after, "look").fingerprint == other.fingerprint
    fires = kept is None or still_fires(finding, kept, sightings(findings), after)
    assert fires is (case.found or end in {"unusable", "out-of-scope", "left-open"})


def nothing_but_the_question(model: Obedient, case: Case) -> None:
    """Check what the model was sent: its task in our words alone, the target's between marks."""
    sent = [heard.request for heard in model.transport.heard]
    assert 1 <= len(sent) <= (CAPS.case.calls or 0)
    for request in sent:
        assert request.task is ModelTask.PATCH
        assert request.system.startswith(PREAMBLE)
        assert "command-injection" in request.system
        for line in (*case.above.split("\n"), *case.inside.split("\n"), *case.evidence.split("\n")):
            assert len(line.strip()) < 8 or line.strip() not in request.system
        assert not any(text in request.text for text in case.hidden)
        assert well_marked(request.user)


def well_marked(user: str) -> bool:
    """Tell whether every line that begins with one of our marks is ours: in pairs, in turn."""
    marks = [line.split()[:2] for line in user.split("\n") if line.startswith("<<<")]
    opened, closed = marks[::2], marks[1::2]
    return [name for name, _ in marks] == ["<<<material", "<<<end"] * len(opened) and [
        mark for _, mark in opened
    ] == [mark for _, mark in closed]


def test_the_words_of_the_task_do_not_depend_on_the_target(tmp_path: Path) -> None:
    systems = set()
    for number, case in enumerate(ALL[:8]):
        root = tmp_path / str(number) / "target"
        write(root, case)
        model = obedient(root.parent, "{}")
        asked(model, root, case, flaw_in(found(root), "ping"))
        systems.add(model.transport.heard[0].request.system)
    assert len(systems) == 1
