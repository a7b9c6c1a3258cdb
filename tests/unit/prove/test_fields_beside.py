"""What an entry point takes beside the value is given too, and has to come to the same."""

from dataclasses import replace

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.spans import tree_path
from countermine.core.witnesses import Event, Input, Observation, Witness, WitnessKind
from countermine.prove.drive.fields_beside import BESIDE, SESSION, fields_beside, words_of
from countermine.prove.drive.fuller_documents import fuller
from countermine.prove.moved import comparisons
from countermine.prove.other_uses import compared, is_other, other_uses
from countermine.prove.records import ControlRecord
from countermine.prove.steps import Broken, Step, Unsettled
from countermine.testing.proving import seen, stimulus, witness_for
from tests.unit.prove.test_guided_search import FINDING

FLASK = """
from flask import request, session

def view():
    fields = request.form
    session["who"] = fields.get("who")
    return find(request.args["name"], request.args.get("sort", "id"), request.cookies["last"])
"""
DJANGO = """
class View:
    def dispatch(self, request):
        self.title = request.GET.get("title", "")

    def post(self, request):
        return answer(self.title, request.POST["name"])
"""
ROUTE = """
async def view(name: str, state: str = "open", most: int = 3, tag: str = Form("a")):
    return name, state, most, tag
"""
FUNCTION = """
def run(name, sign="Yours", most=3, *, town: str | None = None):
    return name, sign, most, town
"""


def beside(source: str, kind: EntryKind, qualname: str, *, required: bool = False) -> set[str]:
    entry = EntryPoint(
        kind=kind, path=tree_path("app.py"), qualname=qualname, channel=Channel.QUERY, key="name"
    )
    given = fields_beside(entry, {tree_path("app.py"): source.encode()}, required=required)
    return {f"{one.channel} {one.key}" for one in given}


@pytest.mark.parametrize(
    ("source", "kind", "qualname", "expected"),
    [
        (
            FLASK,
            EntryKind.FLASK_VIEW,
            "view",
            {"form who", "query sort", "cookie last", f"cookie {SESSION}"},
        ),
        (DJANGO, EntryKind.DJANGO_VIEW, "View.post", {"query title"}),
        (DJANGO, EntryKind.DJANGO_VIEW, "View", {"query title"}),
        (ROUTE, EntryKind.ASGI_ROUTE, "view", {"query state", "form tag"}),
        (FUNCTION, EntryKind.FUNCTION, "run", {"parameter sign", "parameter town"}),
        ("def run(", EntryKind.FUNCTION, "run", set()),
        (FUNCTION, EntryKind.FUNCTION, "gone", set()),
    ],
)
def test_other_fields_are_read_from_the_code(
    source: str, kind: EntryKind, qualname: str, expected: set[str]
) -> None:
    assert beside(source, kind, qualname) == expected


def test_of_a_call_that_is_the_flaw_itself_every_text_counts() -> None:
    source = "def token(user, salt='s', *, rounds=2):\n    return md5(user + salt)\n"
    found = beside(source, EntryKind.FUNCTION, "token", required=True)
    assert found == {"parameter user", "parameter salt"}


def witness(weakness: str, kind: WitnessKind = WitnessKind.EFFECT) -> Witness:
    made = witness_for(FINDING, controls=(stimulus("known", "cmprobe"),), kind=kind)
    other = Input(channel=Channel.PARAMETER, key="sign", text=BESIDE)
    return replace(made, weakness=weakness, beside=(other,))


def uses(made: Witness) -> list[str]:
    return [one.name for one in other_uses(made) if "-beside-" in one.name]


def step(made: Witness, before: str, after: Observation, elsewhere: tuple[str, ...] = ()) -> object:
    use = uses(made)[0]
    record = ControlRecord(name=use, result=before, comparable=True, elsewhere=elsewhere)
    return compared(made, [record], [replace(after, stimulus=use)])


def gave(result: str | None, *events: Event, error: str | None = None) -> Observation:
    return replace(seen("use"), result=result, events=events, error=error)


def event(name: str, **detail: str) -> Event:
    return Event(sequence=0, name=name, detail=tuple(sorted(detail.items())))


def test_each_is_given_beside_the_known_value() -> None:
    made = witness("template-injection")
    given = [one for one in other_uses(made) if one.name in uses(made)]
    assert given
    assert all(is_other(one.name) and len(one.inputs) == 2 for one in given)


def test_a_field_that_is_dropped_in_silence_leaves_a_patch_open() -> None:
    made = witness("template-injection")
    assert isinstance(step(made, "'Dear, Best'", gave("'Dear, Yours'")), Unsettled)
    assert step(made, "'Dear, Best'", gave("'Dear, Best'")) is None
    assert step(made, "'Dear, Best'", gave(None, error="ValueError: not that sign")) is None
    assert step(made, "200 text/html\nBest", gave("400 text/html\nBad Request")) is None


def test_what_stands_in_the_log_beside_the_value_stays_there() -> None:
    made = witness("log-injection")
    line = event("log", text="cmprobe was forgotten: cmbeside")
    before = comparisons(made, (gave("None", line),))
    assert step(made, "None", gave("None", line), before) is None
    shorter = event("log", text="cmprobe was forgotten")
    assert isinstance(step(made, "None", gave("None", shorter), before), Unsettled)


def test_a_session_holds_what_it_held() -> None:
    made = witness("open-redirect")
    held = event("session", key="name", text="cmbeside")
    before = comparisons(made, (gave("302", held),))
    assert isinstance(step(made, "302", gave("302"), before), Unsettled)
    assert comparisons(made, (gave("302", event("session", key="at", text="12:01")),)) == (
        "session at: ?",
    )


def test_words_of_a_command_keep_their_order() -> None:
    made = witness("command-injection")
    before = comparisons(made, (gave("0", event("command", shell="cp cmprobe cmbeside")),))
    same = event("command", argv='["cp", "--", "cmprobe", "cmbeside"]')
    turned = event("command", argv='["cp", "--", "cmbeside", "cmprobe"]')
    assert step(made, "0", gave("0", same), before) is None
    assert step(made, "0", gave("0"), before) is None
    assert isinstance(step(made, "0", gave("0", turned), before), Unsettled)


@pytest.mark.parametrize(
    ("before", "after", "stops"),
    [
        (("'a1'", "'b2'"), ("'c3'", "'d4'"), False),
        (("'a1'", "'b2'"), ("'c3'", "'c3'"), True),
        (("'a1'", "'a1'"), ("'c3'", "'c3'"), False),
    ],
)
def test_digests_of_different_values_stay_different(
    before: tuple[str, str], after: tuple[str, str], *, stops: bool
) -> None:
    made = witness("weak-hash", WitnessKind.STRUCTURAL)
    names = uses(made)[:2]
    assert [one.inputs[-1].text for one in other_uses(made)][:2] == [BESIDE, BESIDE.title()]
    records = [
        ControlRecord(name=name, result=one, comparable=True)
        for name, one in zip(names, before, strict=True)
    ]
    driven = [replace(gave(one), stimulus=name) for name, one in zip(names, after, strict=True)]
    stopped: Step | None = compared(made, records, driven)
    assert isinstance(stopped, Broken) is stops


def test_a_file_that_is_read_is_read_from_the_same_folder() -> None:
    made = witness("path-traversal")
    read = {"mode": "read", "file": "app.py", "real": "/target/papers/2024/cmprobe.txt"}
    assert comparisons(made, (gave("", event("open", **read)),)) == (f"read {read['real']}",)
    assert comparisons(made, (gave("", event("open", **{**read, "mode": "write"})),)) == ()


def test_documents_have_the_elements_that_the_code_names() -> None:
    source = (
        b'"""Reads titles."""\nfor one in root.iter("title"):\n    print("a b", one.get("./x/y"))\n'
    )
    words = words_of(source)
    assert words == ("title", "x", "y")
    made = replace(witness("xml-external-entities"), words=words)
    for text in fuller(made, "<r/>"):
        assert text.count("<title>a</title>") == 2
        assert "<title/>" in text
    assert words_of(b"def (") == ()
