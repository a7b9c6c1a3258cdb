"""An expression at the top level is matched by the function that reads its name."""

from dataclasses import replace

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.spans import tree_path
from countermine.prove.drive.pumping import Written, written
from countermine.prove.drive.readers import reader, with_text
from countermine.testing.findings import finding_at

PATH = tree_path("app/rules.py")
OTHER = tree_path("app/lexer.py")
CLASS = """
import re
class Header:
    rx = re.compile("(?:a+)+$")
    def _check(self, other):
        return self.rx
    def read(self, options, text):
        return Header.rx.match(text)
"""
TABLE = """
import re
FLAGS = re.I
RULES = {"root": [("(?:a+)+$", 1), ("b", 2), ("c", 3)]}
RULES = [(re.compile(one, FLAGS).match, kind) for one, kind in RULES["root"]]
"""
LEXER = """
from app.rules import RULES
def tokens(sql, encoding=None):
    for match, kind in RULES:
        yield match(sql)
"""


def way(source: str, place: str, other: str = "") -> tuple[str, str, str | None] | None:
    finding = finding_at(PATH, source.encode(), place.encode())
    texts = {PATH: source.encode(), OTHER: other.encode()}
    found = reader(finding, texts)
    return None if found is None else (found.path, found.qualname, found.key)


def test_a_method_that_matches_with_the_attribute_of_its_class_is_driven() -> None:
    assert way(CLASS, 're.compile("(?:a+)+$")') == (PATH, "Header.read", "text")


ASKED = """
import re
class Handler:
    rx = re.compile("(?:a+)+$")
    def refused(self, name, host, headers):
        asked = headers.get(name, None)
        if asked:
            return Handler.rx.search(asked)
"""


def test_a_text_that_is_taken_out_by_a_key_comes_in_by_what_holds_it() -> None:
    found = (PATH, "Handler.refused", "headers")
    assert way(ASKED, 're.compile("(?:a+)+$")') == found
    plain = ASKED.replace("search(asked)", 'search(headers["x"])')
    assert way(plain, 're.compile("(?:a+)+$")') == found
    other = ASKED.replace("search(asked)", "search(host)")
    assert way(other, 're.compile("(?:a+)+$")') == (PATH, "Handler.refused", "host")


def test_a_table_is_read_by_the_module_beside_it() -> None:
    assert way(TABLE, '"(?:a+)+$"', LEXER) == (OTHER, "tokens", "sql")


def test_an_expression_of_a_table_has_the_flags_that_it_is_compiled_with() -> None:
    finding = finding_at(PATH, TABLE.encode(), b'"(?:a+)+$"')
    assert written(finding, {PATH: TABLE.encode()}) == Written(pattern="(?:a+)+$", flags=2)


def test_a_constant_is_followed_into_the_expressions_that_are_made_of_it() -> None:
    source = "import re\nA = re.compile('a')\nB = [A]\n\ndef run(x):\n    return B[0].match(x)\n"
    assert way(source, "re.compile('a')") == (PATH, "run", "x")
    finding = finding_at(PATH, source.encode(), b"re.compile('a')")
    found = reader(finding, {PATH: source.encode()})
    assert found is not None
    assert found.kind is EntryKind.FUNCTION


@pytest.mark.parametrize(
    "source",
    [
        "import re\nA = re.compile('a')\n",
        "import re\nA = re.compile('a')\ndef run():\n    return A.match('x')\n",
        "import re\ndef run(x):\n    return re.compile('a').match(x)\n",
    ],
)
def test_no_function_is_guessed_where_none_reads_the_name(source: str) -> None:
    assert way(source, "re.compile('a')") is None


def test_of_several_parameters_the_one_that_is_called_a_text_is_attacked() -> None:
    source = b"""
def linked(text, limit=None, rel=None):
    return rx.match(text + rel)


class Page:
    def shown(self, rel, size):
        return rx.match(rel)
"""
    entry = EntryPoint(
        kind=EntryKind.FUNCTION,
        path=PATH,
        qualname="linked",
        channel=Channel.PARAMETER,
        key="rel",
    )
    assert with_text(entry, {PATH: source}).key == "text"
    assert with_text(replace(entry, qualname="Page.shown"), {PATH: source}).key == "rel"
    assert with_text(replace(entry, channel=Channel.QUERY), {PATH: source}).key == "rel"
    assert with_text(entry, {}).key == "rel"
