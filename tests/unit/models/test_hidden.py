"""What was hidden goes back to where it was, and nowhere else."""

from dataclasses import dataclass

from countermine.core.models import ModelTask
from countermine.models.hidden import Hidden, Misplaced, restored
from countermine.models.hiding import Hider
from countermine.models.host_places import Machine
from countermine.models.parsing import Parsed, Unusable, parse
from countermine.models.request import request_of
from countermine.ports.model import Material, Question

REPLACED = {"REDACTED-SECRET-1": "k3#hj2!0", "REDACTED-PATH-1": "/home/alma/shop"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    path: str
    search: str
    replace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    summary: str
    edits: tuple[Change, ...]


def change(old: str, new: str, path: str = "app.py") -> Changes:
    return Changes(summary="Stop it", edits=(Change(path=path, search=old, replace=new),))


def question(answer: Changes | None = None) -> Question[Changes]:
    def check(said: Changes) -> str | None:
        return None if answer is None or said == answer else f"unexpected: {said.edits[0].search}"

    return Question(
        task=ModelTask.PATCH,
        instruction="Fix it.",
        material=(Material(title="file", text='API_KEY = "k3#hj2!0"\n', path="app.py"),),
        answer=Changes,
        check=check,
    )


def test_an_edit_of_a_line_with_a_secret_names_the_secret_again() -> None:
    said = change('API_KEY = "REDACTED-SECRET-1"', 'API_KEY = os.environ["API_KEY"]')
    whole = change('API_KEY = "k3#hj2!0"', 'API_KEY = os.environ["API_KEY"]')
    assert restored(said, REPLACED) == whole


def test_a_secret_that_stays_where_it_is_stays_what_it_is() -> None:
    said = change('f("REDACTED-SECRET-1")', 'g("REDACTED-SECRET-1")')
    assert restored(said, REPLACED) == change('f("k3#hj2!0")', 'g("k3#hj2!0")')


def test_a_secret_is_not_written_where_it_was_not() -> None:
    for new in ('log("REDACTED-SECRET-1")', 'f("REDACTED-SECRET-1", "REDACTED-SECRET-1")'):
        old = 'f("REDACTED-SECRET-1")' if "f(" in new else "log(x)"
        misplaced = restored(change(old, new), REPLACED)
        assert isinstance(misplaced, Misplaced)
        assert "k3#hj2!0" not in misplaced.reason


def test_no_placeholder_that_a_model_made_up_gets_into_a_file() -> None:
    for name in ("REDACTED-SECRET-7", "REDACTEDX-SECRET-1", "REDACTED-PATH-2"):
        assert isinstance(restored(change("x = 1", f'x = "{name}"'), REPLACED), Misplaced)


def test_what_a_model_says_of_its_edit_names_no_secret() -> None:
    said = Changes(summary="Move REDACTED-SECRET-1 away", edits=())
    assert restored(said, REPLACED) == said


def test_the_check_of_an_answer_sees_the_secret_and_what_it_says_does_not() -> None:
    hidden = Hider(machine=Machine()).hide(question().material)
    assert hidden.material[0].text == 'API_KEY = "REDACTED-SECRET-1"\n'
    text = (
        '{"summary": "Stop it", "edits": [{"path": "app.py", '
        '"search": "API_KEY = \\"REDACTED-SECRET-1\\"", "replace": "KEY = key()"}]}'
    )
    whole = change('API_KEY = "k3#hj2!0"', "KEY = key()")
    assert parse(text, question(whole), hidden.replaced) == Parsed(answer=whole)
    other = parse(text, question(change("a", "b")), hidden.replaced)
    assert other == Unusable(wrong='unexpected: API_KEY = "REDACTED-SECRET-1"')


def test_a_misplaced_secret_makes_an_answer_unusable() -> None:
    text = (
        '{"summary": "s", "edits": [{"path": "a", "search": "x", "replace": "REDACTED-SECRET-1"}]}'
    )
    assert isinstance(parse(text, question(), REPLACED), Unusable)


def test_a_request_holds_no_secret_but_for_the_way_back() -> None:
    hidden = Hider(machine=Machine()).hide(question().material)
    request = request_of(question(), hidden)
    assert request.hidden == 1
    assert "k3#hj2!0" not in request.text
    assert "k3#hj2!0" not in repr(request)
    assert request.digest == request_of(question(), Hidden(material=hidden.material)).digest
    again = request.again("{}", "no edit")
    assert again.replaced == request.replaced
