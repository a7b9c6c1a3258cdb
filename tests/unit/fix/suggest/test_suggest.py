"""A model's answer becomes a patch, or why it is none."""

import json
from collections.abc import Mapping

import pytest

from countermine.core.models import Lack, ModelTask
from countermine.core.spans import TreePath, tree_path
from countermine.core.verdicts import Gate, GateOutcome, GateResult, Inconclusive, StillExploitable
from countermine.fix.suggest.question import APPROACHES, Earlier, SuggestRequest
from countermine.fix.suggest.suggest import NotSuggested, Suggested, suggest
from countermine.models.parsing import Parsed, parse
from countermine.ports.model import Answer, Answered, NoModel, Question, Unanswered
from countermine.testing.findings import finding_at
from countermine.weaknesses.facts_index import ALL_FACTS

CODE = b"""import os


def show(name):
    path = os.path.join("/srv", name)
    return open(path).read()


def other():
    return 1
"""
TEXTS = {tree_path("app.py"): CODE}
FINDING = finding_at("app.py", CODE, b"open(path)", weakness="path-traversal", sink="open")
FACTS = next(one for one in ALL_FACTS if one.id == "path-traversal")


class Fake:
    """A model that says a text, and notes what it was asked."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.asked: list[Question[object]] = []

    def ask(self, question: Question[Answer]) -> Answered[Answer] | Unanswered:
        self.asked.append(question)  # type: ignore[arg-type] # looked at, never answered
        parsed = parse(self.text, question)
        if isinstance(parsed, Parsed):
            return Answered(answer=parsed.answer, model="fake-1", calls=())
        return Unanswered(lack=Lack.UNUSABLE, reason=parsed.wrong)


def said(*edits: Mapping[str, str], summary: str = "Keep names below the folder") -> str:
    return json.dumps({"edits": edits, "summary": summary})


def edit(search: str, replace: str, path: str = "app.py") -> dict[str, str]:
    return {"path": path, "search": search, "replace": replace}


def request(
    texts: Mapping[TreePath, bytes] = TEXTS, earlier: tuple[Earlier, ...] = (), candidate: int = 1
) -> SuggestRequest:
    return SuggestRequest(
        finding=FINDING, facts=FACTS, texts=texts, earlier=earlier, candidate=candidate
    )


def test_edits_with_unique_anchors_become_a_patch_of_the_model_that_served() -> None:
    made = suggest(request(), Fake(said(edit("    return open(path)", "    return safe(path)"))))
    assert isinstance(made, Suggested)
    assert (made.patch.author, made.patch.origin.value) == ("fake-1", "model")
    assert made.patch.edits[0].before == "    return open(path)"
    assert made.patch.summary == "Keep names below the folder"


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (said(), "no edit"),
        (said(edit("    return", "    yield")), "more than once"),
        (said(edit("nowhere", "here")), "does not stand"),
        (said(edit("", "here")), "empty"),
        (said(edit("import os", "import os")), "the same as the new one"),
        (said(edit("x", "y", path="../../etc/passwd")), "edit 1"),
        (said(edit("x", "y", path="/etc/passwd")), "edit 1"),
        (said(edit("x", "y", path="tests/test_app.py")), "no file"),
        (said(edit("import os", "a"), edit("mport o", "b")), "overlap"),
        (said(*[edit("import os", "a")] * 13), "more than 12 edits"),
    ],
)
def test_edits_that_are_no_patch_are_told_and_nothing_is_taken(answer: str, wrong: str) -> None:
    made = suggest(request(), Fake(answer))
    assert isinstance(made, NotSuggested)
    assert wrong in made.reason


def test_a_summary_is_one_short_line() -> None:
    answer = said(edit("import os", "import os as o"), summary="A\nlong  " + "word " * 40)
    made = suggest(request(), Fake(answer))
    assert isinstance(made, Suggested)
    assert made.patch.summary.startswith("A long word")
    assert len(made.patch.summary) < 70
    assert "\n" not in made.patch.summary


def test_the_question_holds_the_code_of_the_trace_and_no_word_of_the_target_as_an_instruction() -> (
    None
):
    fake = Fake(said(edit("import os", "import os as o")))
    suggest(request(), fake)
    (question,) = fake.asked
    assert question.task is ModelTask.PATCH
    assert "open(path)" in "".join(part.text for part in question.material)
    assert "open(path)" not in question.instruction


def test_a_large_file_is_shown_by_its_functions() -> None:
    code = CODE + b"\n\ndef filler():\n" + b"    x = 1\n" * 2_000
    fake = Fake(said(edit("import os", "import os as o")))
    suggest(request({tree_path("app.py"): code}), fake)
    shown = "".join(part.text for part in fake.asked[0].material)
    assert "def show(name):" in shown
    assert "import os" in shown
    assert "filler" not in shown


def test_an_earlier_patch_is_shown_with_what_the_gate_saw_and_another_way_is_asked_for() -> None:
    first = suggest(request(), Fake(said(edit("import os", "import os as o"))))
    assert isinstance(first, Suggested)
    failed = GateResult(gate=Gate.GREEN, outcome=GateOutcome.FAILED, reason="dot-dot still works")
    verdict = StillExploitable(gates=(failed,), after="dot-dot")
    fake = Fake(said(edit("import os", "import os, re")))
    earlier = (Earlier(patch=first.patch, verdict=verdict),)
    suggest(request(earlier=earlier, candidate=2), fake)
    shown = "".join(part.text for part in fake.asked[0].material)
    assert "import os as o" in shown
    assert "gate green: dot-dot still works" in shown
    assert APPROACHES[1] in fake.asked[0].instruction


def test_an_earlier_patch_that_is_left_open_is_not_called_refused() -> None:
    first = suggest(request(), Fake(said(edit("import os", "import os as o"))))
    assert isinstance(first, Suggested)
    stopped = GateResult(
        gate=Gate.CONTROL_AGAIN, outcome=GateOutcome.INCONCLUSIVE, reason="cannot be told"
    )
    verdict = Inconclusive(gates=(stopped,), reason=stopped.reason)
    fake = Fake(said(edit("import os", "import os, re")))
    suggest(request(earlier=(Earlier(patch=first.patch, verdict=verdict),)), fake)
    titles = [part.title for part in fake.asked[0].material]
    assert "why it was left open" in titles
    assert not [title for title in titles if "refused" in title]


def test_without_a_model_there_is_no_patch_and_a_reason() -> None:
    made = suggest(request(), NoModel())
    assert isinstance(made, NotSuggested)
    assert made.lack is Lack.NO_MODEL
