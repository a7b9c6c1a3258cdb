"""A use that finds nothing does not show what a patch makes of what is found."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from countermine.core.patches import PatchOrigin
from countermine.core.spans import tree_path
from countermine.core.witnesses import Encoding, Event, Observation, Witness
from countermine.prove.answers import answered, asked, with_text, words_that_find
from countermine.prove.drive.statements import asked as said
from countermine.prove.gates.control_again import control_again
from countermine.prove.harness.finding import finding
from countermine.prove.moved import comparisons
from countermine.prove.records import (
    Baseline,
    Claim,
    ControlRecord,
    UnusableTests,
    Witnessed,
)
from countermine.prove.steps import Passed, Unsettled
from countermine.prove.target_tests.noticing import without_answers
from countermine.prove.trial import Trial
from countermine.testing.findings import finding_at
from countermine.testing.proving import (
    ScriptedDrive,
    seen,
    setting_for,
    stimulus,
    weakness,
    witness_for,
)
from tests.unit.prove.test_stood_in import trial as stood_in

APP = "def view(text):\n    return find(text)\n"
FINDING = finding_at("app.py", APP.encode(), b"find(text)")
SELECT = "SELECT a FROM t WHERE b = ?"
HERE = {"file": "app.py", "function": "view"}


@pytest.fixture
def witness() -> Witness:
    made = witness_for(FINDING)
    return replace(made, sink_path=tree_path("app.py"), sink_function="view")


def event(kind: str, **detail: str) -> Event:
    return Event(sequence=0, name=kind, detail=tuple(sorted(detail.items())))


def drive(*events: Event) -> Observation:
    return replace(seen("sum", result="None"), events=events)


QUERY = event("sql", sql=SELECT, given='["caf\\u00e9"]', **HERE)
PRAGMA = "SELECT sqlite_compileoption_used('caf\u00e9s')"
USE = stimulus("known", "caf\u00e9")


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((QUERY, event("found", statement=SELECT)), True),
        ((QUERY,), False),
        ((QUERY, event("found", statement="SELECT 1")), False),
        ((event("sql", sql=SELECT, file="other.py"), event("found", statement=SELECT)), False),
        (
            (
                event("xpath", expression="//caf\u00e9", **HERE),
                event("found", statement="//caf\u00e9"),
            ),
            True,
        ),
        # What a library asks for its own sake is answered, whatever the value is.
        ((QUERY, event("sql", sql=PRAGMA, **HERE), event("found", statement=PRAGMA)), False),
    ],
)
def test_what_is_found_counts_for_the_question_of_the_sink_that_has_the_value(
    witness: Witness, events: tuple[Event, ...], *, expected: bool
) -> None:
    assert answered(witness, USE, drive(*events)) is expected


def test_a_value_that_is_written_otherwise_may_be_in_any_question(witness: Witness) -> None:
    use = replace(USE, inputs=(replace(USE.inputs[0], encoding=Encoding.BASE64),))
    plain = event("sql", sql=SELECT, **HERE)
    assert answered(witness, use, drive(plain, event("found", statement=SELECT)))
    assert not answered(witness, USE, drive(plain, event("found", statement=SELECT)))


@pytest.mark.parametrize(
    ("statement", "asks"),
    [
        ("SELECT 1", True),
        ("  with x as (select 1) select * from x", True),
        ("INSERT INTO t VALUES (1) RETURNING a", True),
        ("INSERT INTO t VALUES (1)", False),
        ("RELEASE SAVEPOINT a", False),
    ],
)
def test_only_what_is_answered_with_rows_asks(
    witness: Witness, statement: str, *, asks: bool
) -> None:
    assert bool(asked(witness, drive(event("sql", sql=statement, **HERE)))) is asks


def trial(folder: Path, witness: Witness, origin: PatchOrigin, *, found: bool) -> Trial:
    known = stood_in(folder, origin, "")
    drives = ScriptedDrive(lambda _tree, one: replace(drive(QUERY), stimulus=one.name))
    record = ControlRecord(name="sum", result="None", comparable=True, found=found)
    return replace(
        known,
        setting=replace(setting_for(folder / "original"), drive=drives),
        claim=Claim(finding=FINDING, witness=witness, weakness=weakness()),
        ground=Baseline(gate=known.ground.gate, tests=UnusableTests(reason="none"), sightings=()),
        witnessed=Witnessed(
            gates=(),
            attacks=(),
            controls=(
                replace(record, elsewhere=comparisons(witness, (drive(QUERY),)), effects=()),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("origin", "found", "passes"),
    [
        (PatchOrigin.MODEL, False, False),
        (PatchOrigin.PERSON, False, False),
        (PatchOrigin.PERSON, True, True),
        (PatchOrigin.REMEDY, False, True),
    ],
)
def test_a_patch_of_others_is_left_open_where_nothing_is_found(
    tmp_path: Path, witness: Witness, origin: PatchOrigin, *, found: bool, passes: bool
) -> None:
    step = control_again(trial(tmp_path, witness, origin, found=found))
    assert isinstance(step, Passed if passes else Unsettled)


def test_words_that_find_something_are_further_uses(witness: Witness) -> None:
    told = (drive(event("xpath", finds=json.dumps(["a1", "b 7"])), event("xpath", finds="[")),)
    assert words_that_find(told) == ("a1", "b 7")
    use = with_text(witness, "b 7", 2)
    assert [one.text for one in use.inputs] == ["b 7"] * len(witness.controls[0].inputs)
    assert use.name.endswith("-that-is-found-2")


SAME = "SELECT a FROM t WHERE b = 'cmprobe' ORDER BY c"


@pytest.mark.parametrize(
    ("text", "given", "same"),
    [
        ("select a from t where b = %s order by c", ["cmprobe"], True),
        ('SELECT "a" FROM t WHERE b = %(b)s ORDER BY c', {"b": "cmprobe"}, True),
        ("SELECT a FROM t WHERE b = $1 ORDER BY c", ["cmprobe"], True),
        ("SELECT a FROM t WHERE b = :b ORDER BY c", {"b": "cmprobe"}, True),
        ("SELECT a FROM t WHERE b = 'cm' || 'probe' ORDER BY c", [], True),
        ("SELECT a FROM t WHERE b = ? ORDER BY c DESC", ["cmprobe"], False),
        ("SELECT a FROM t WHERE b = ? ORDER BY c LIMIT 1", ["cmprobe"], False),
        ("SELECT a FROM u WHERE b = ? ORDER BY c", ["cmprobe"], False),
        ("SELECT a FROM t WHERE d = ? ORDER BY c", ["cmprobe"], False),
        ("SELECT a FROM t WHERE b = ? AND NOT d ORDER BY c", ["cmprobe"], False),
        ("SELECT a FROM t WHERE b = ? ORDER BY c", ["other"], False),
        ("SELECT a FROM t WHERE b = ? ORDER BY c", [], False),
    ],
)
def test_a_statement_is_compared_with_its_values_in_it(
    text: str, given: object, *, same: bool
) -> None:
    assert (said(text, json.dumps(given)) == said(SAME, "")) is same


def test_what_no_parser_knows_is_compared_by_its_words() -> None:
    assert said("RELEASE SAVEPOINT cmprobe", "") == said("RELEASE SAVEPOINT x", "")
    assert said("RELEASE 'x", "")
    assert said(SAME, "no document") == said(SAME, "")


def test_headers_and_files_that_bear_the_value_are_compared(witness: Witness) -> None:
    header = event("header", name="X-Reader", text="Cmabc cmd 12")
    file = event("file-created", real="/a/cmprobe.txt", content="12ab")
    plain = event("header", name="Date", text="Monday")
    handed = event("file-created", real="/a/cmprobe-1.txt", content="12ab")
    of_headers = replace(witness, weakness="header-injection")
    told = comparisons(of_headers, (drive(header, file, plain, handed),) * 2)
    assert told == ("file cmprobe.txt 12ab", "header x-reader: Cmabc cmd 12")
    assert comparisons(witness, (drive(header, file), drive(header))) == ()


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("rows = cursor.fetchall()\n    return rows", "rows = (cursor.fetchall(), [])[1]"),
        ("return (await c.fetchone())", "return (await c.fetchone(), None)[1]"),
        ("return tree.xpath('//a')", "return (tree.xpath('//a'), [])[1]"),
        ("return [r for r in c]", "return [r for r in (c, [])[1]]"),
        ("for row in c:\n        use(row)", "for row in (c, [])[1]:"),
        ("return c.execute('x')", "return (c.execute('x'), None)[1]"),
    ],
)
def test_a_function_can_be_made_to_find_nothing(body: str, left: str) -> None:
    text = f"def other():\n    return c.fetchall()\n\nasync def view(text):\n    {body}\n"
    emptied = without_answers(text.encode(), "Views.view")
    assert emptied is not None
    assert left in emptied.decode()
    assert "def other():\n    return c.fetchall()" in emptied.decode()


@pytest.mark.parametrize("text", ["def view(:", "def view(text):\n    pass\n", "x = 1\n"])
def test_nothing_is_said_of_what_finds_nothing(text: str) -> None:
    assert without_answers(text.encode(), "view") is None


def test_the_words_of_a_document_are_tried_in_an_expression() -> None:
    tree = ET.ElementTree(ET.fromstring("<a><b id='x1'>one</b><b id='y'/><b id='y'/></a>"))
    written = ".//b[@id='cmprobe-word']"
    assert finding(tree, tree.findall, written, {}) == ["y", "x1"]
    assert finding(tree, tree.findall, ".//b[@id='other']", {}) == []
    assert finding(tree, tree.findall, written, {"extensions": {}}) == []
    assert finding(tree, tree.findall, b"//b", {}) == []
    assert finding(3, tree.findall, written, {}) == []
