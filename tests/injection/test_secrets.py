"""A fix of a line with a secret reaches the user's file whole, and what is hidden nowhere else."""

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from countermine.core.patches import apply
from countermine.find.hypotheses.asking import SaidClaims
from countermine.find.hypotheses.driving import SaidDriver
from countermine.find.hypotheses.opinions import SaidOpinion
from countermine.find.specify.asking import SaidRows
from countermine.fix.suggest.question import SaidPatch, SuggestRequest
from countermine.fix.suggest.suggest import NotSuggested, Suggested, suggest
from countermine.loop.explaining import SaidWords
from countermine.models.hidden import OF_TARGET, PLACEHOLDER
from countermine.target.texts import read_texts
from countermine.weaknesses.registry import weakness as known
from tests.injection.obedient import GOOD, SINK, Obedient, flaw_in, found, obedient

SECRET = "zq81Kd02mmXw9"
APP = f"""\
import subprocess

from flask import Flask, request

app = Flask(__name__)


@app.route("/ping")
def ping():
    host = request.args["host"]
    subprocess.run(["curl", "-u", "admin:{SECRET}", "http://log"], env={{"TOKEN": "{SECRET}"}})
    return {SINK}
"""
WORDS = frozenset(
    {"summary", "reason", "words", "why", "weakness", "way", "name", "kind", "keyword", "channel",
     "form", "level", "returns"}
)  # fmt: skip
"""Fields of answers that are a model's own words, or name what is no text of the target's."""


def asked(folder: Path, answer: str) -> tuple[Suggested | NotSuggested, Obedient, dict[str, bytes]]:
    root = folder / "target"
    root.mkdir()
    (root / "app.py").write_text(APP, encoding="utf-8")
    finding = flaw_in(found(root), "ping")
    facts = known(finding.weakness)
    assert facts is not None
    texts = read_texts(str(root), [finding.location.path])
    model = obedient(folder, answer)
    request = SuggestRequest(finding=finding, facts=facts.facts, texts=texts)
    return suggest(request, model.roster), model, dict(texts)


def answer(search: str, replace: str, summary: str = "Use REDACTED-SECRET-1 no more") -> str:
    edit = {"path": "app.py", "search": search, "replace": replace}
    return json.dumps({"summary": summary, "edits": [edit, GOOD]})


def test_an_edit_of_a_line_with_a_secret_reaches_the_file(tmp_path: Path) -> None:
    said = answer('{"TOKEN": "REDACTED-SECRET-1"}', '{"TOKEN": token()}')
    made, model, texts = asked(tmp_path, said)
    assert isinstance(made, Suggested), made
    (request,) = [heard.request for heard in model.transport.heard]
    assert SECRET not in request.text
    assert request.hidden >= 1
    after = apply(made.patch, texts)["app.py"].decode()
    assert '{"TOKEN": token()}' in after
    assert f"admin:{SECRET}" in after
    assert PLACEHOLDER.search(after) is None
    assert SECRET not in made.patch.summary


@pytest.mark.parametrize(
    ("search", "replace"),
    [
        ('    host = request.args["host"]', '    host = "REDACTED-SECRET-1"'),
        ('    host = request.args["host"]', '    host = "REDACTED-SECRET-9"'),
        ('"REDACTED-SECRET-1"', '"REDACTED-SECRET-1" + "REDACTED-SECRET-1"'),
    ],
)
def test_no_secret_and_no_placeholder_gets_to_another_place(
    tmp_path: Path, search: str, replace: str
) -> None:
    made, model, _ = asked(tmp_path, answer(search, replace))
    assert isinstance(made, NotSuggested)
    assert SECRET not in made.reason
    assert all(SECRET not in heard.request.text for heard in model.transport.heard)


@pytest.mark.parametrize(
    "form", [SaidPatch, SaidClaims, SaidOpinion, SaidDriver, SaidRows, SaidWords]
)
def test_each_text_of_an_answer_is_known_as_the_targets_or_as_words(form: type) -> None:
    assert texts_of(form) <= OF_TARGET | WORDS


def texts_of(form: Any) -> set[str]:
    """Return the names of all fields that hold text, in a form and the forms within it."""
    hints = get_type_hints(form)
    names: set[str] = set()
    for one in fields(form):
        parts = (hints[one.name], *get_args(hints[one.name]))
        names |= {one.name} if str in parts else set()
        names = names.union(*(texts_of(part) for part in parts if is_dataclass(part)))
    return names
