"""What a parser makes of a document is looked at where the answer does not hold it."""

from dataclasses import replace
from unittest import mock

import pytest

from countermine.testing.findings import finding_at
from countermine.testing.proving import witness_for
from countermine.weaknesses.xml_external_entities.regression import regressions

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
