"""What a parser makes of a document is looked at where the answer does not hold it."""

import tracemalloc
import xml.sax
from dataclasses import replace
from typing import Any
from unittest import mock
from xml.sax import expatreader
from xml.sax.handler import ContentHandler

import pytest

from countermine.core.findings import FindingStatus
from countermine.core.witnesses import Stimulus
from countermine.prove.drive.xml_documents import GROWING
from countermine.prove.harness import sinks_languages
from countermine.testing.findings import finding_at
from countermine.testing.proving import witness_for
from countermine.weaknesses.xml_external_entities.regression import regressions
from countermine.weaknesses.xml_external_entities.witness import plan

CODE = b"def load(data):\n    kept.append(parse(data))\n"


@pytest.mark.parametrize(
    ("sink", "owners"),
    [
        ("lxml.etree.parse", ["MODULE.parse", "lxml.etree.parse"]),
        ("lxml.etree.fromstring", ["MODULE.fromstring", "lxml.etree.fromstring"]),
        ("lxml.etree.XMLParser", []),
        ("xml.sax.parse", []),
    ],
)
def test_what_lxml_makes_is_kept_where_its_name_is(sink: str, owners: list[str]) -> None:
    found = finding_at("app.py", CODE, b"parse(data)", sink=sink)
    probes = regressions(found, witness_for(found))
    patched = [one.around[0].split('"')[1] for one in probes if "trees" in one.never]
    assert patched == owners
    assert any(one.by_file for one in probes)
    opened = [one for one in probes if "opened" in one.never]
    assert bool(opened) is not bool(owners), "lxml opens files where no test sees it"


def test_a_test_fails_for_what_the_parser_made_and_only_for_that() -> None:
    found = finding_at("app.py", CODE, b"parse(data)", sink="lxml.etree.parse")
    probe = next(one for one in regressions(found, witness_for(found)) if one.around)
    names: dict[str, object] = {"trees": []}
    exec(probe.helpers, names)
    outside = probe.setup[1].split('"')[1]
    for text, fails in ((f"<{outside}>", True), ("nothing of it", False)):
        tree = mock.Mock(xpath=mock.Mock(return_value=text))
        made = eval("keeping(parse, trees)", names | {"parse": mock.Mock(return_value=tree)})
        assert made("x") is tree
        assert eval(probe.never, names) is fails
        names["trees"].clear()  # type: ignore[attr-defined]  # a list


def test_the_helper_stands_at_the_top_of_a_module() -> None:
    found = finding_at("app.py", CODE, b"parse(data)", sink="lxml.etree.parse")
    probe = replace(regressions(found, witness_for(found))[1])
    assert probe.helpers.startswith("def keeping(parse, trees):")
    assert "import lxml.etree" in probe.imports


@pytest.mark.parametrize(
    ("sink", "claimed", "grows"),
    [
        ("xml.sax.make_parser", True, True),
        ("xml.sax.make_parser", False, False),
        ("xml.etree.ElementTree.fromstring", False, True),
        ("xml.dom.pulldom.parse", True, True),
        ("lxml.etree.parse", False, True),
        ("defusedxml.expat", True, False),
    ],
)
def test_growth_is_tried_where_parsers_put_entities_in(
    sink: str, *, claimed: bool, grows: bool
) -> None:
    found = finding_at("app.py", CODE, b"parse(data)", sink=sink)
    if claimed:
        found = replace(found, proposed_by="model", status=FindingStatus.SUSPECTED)
    names = [one.name for one in plan(found, {}).attacks]
    assert (f"{GROWING}-entity" in names) is grows
    assert ("external-entity" in names) is not sink.startswith("xml.etree")
    witness = replace(
        witness_for(found), attacks=tuple(Stimulus(name=one, inputs=()) for one in names)
    )
    probes = regressions(found, witness)
    assert (probes[0].made_for == GROWING) is grows


class Kept(ContentHandler):
    def __init__(self) -> None:
        self.text = ""

    def characters(self, content: str) -> None:
        self.text += content


@pytest.mark.parametrize("refuses", [False, True])
def test_a_test_fails_where_a_short_document_takes_megabytes(*, refuses: bool) -> None:
    found = finding_at("app.py", CODE, b"parse(data)", sink="xml.sax.parseString")
    witness = replace(witness_for(found), attacks=(Stimulus(name=f"{GROWING}-entity", inputs=()),))
    probe = regressions(found, witness)[0]
    names: dict[str, Any] = {"peak": []}
    exec("\n".join([*probe.imports, probe.helpers]), names)
    value = eval(probe.payloads[-1], names)
    assert len(value) < 10_000
    kept = Kept()
    with names["memory_in"](names["peak"]):
        if not refuses:
            xml.sax.parseString(value, kept)
    assert eval(probe.never, names) is not refuses
    assert not tracemalloc.is_tracing()


def test_what_a_handler_is_handed_is_told_when_its_document_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("_reset_cont_handler", "close"):
        monkeypatch.setattr(expatreader.ExpatParser, name, getattr(expatreader.ExpatParser, name))
    told: list[tuple[str, dict[str, str]]] = []
    observer = mock.Mock(wrapped=[], observe=lambda name, facts: told.append((name, facts)))
    sinks_languages.WATCHED["xml.sax.expatreader"](expatreader, observer)
    handler = Kept()
    document = '<!DOCTYPE r [<!ENTITY a "xy"><!ENTITY b "&a;&a;">]><r>1<i>&b;</i>2</r>'
    xml.sax.parseString(document, handler)
    assert handler.text == "1xyxy2"
    assert told == [("xml-tree", {"parser": "xml.sax", "text": "1xyxy2"})]
