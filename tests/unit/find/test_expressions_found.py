"""An expression is one defect, at its own place, whoever matches with it and from where."""

from pathlib import Path

import pytest

from countermine.core.findings import FindingStatus
from countermine.core.levels import Confidence, Severity
from tests.unit.find.programs import found_lines, search

POLYNOMIAL = "polynomial-regular-expression"
EXPONENTIAL = "exponential-regular-expression"


def test_calls_that_match_with_one_expression_are_ways_to_one_defect(tmp_path: Path) -> None:
    text = """import re

PAIR = re.compile("(.*)=(.*);$")


def first(text):
    return PAIR.match(text)


def second(text):
    return PAIR.search(text)
"""
    assert found_lines(tmp_path, POLYNOMIAL, pairs=text) == ['PAIR = re.compile("(.*)=(.*);$")']


def test_the_trace_passes_the_call_that_matches(tmp_path: Path) -> None:
    text = """import re

NAME = re.compile("^([a-z]+|[a-z ]+)*$")


def named(text):
    return NAME.match(text)
"""
    (finding,) = search(tmp_path, names=text).findings
    assert finding.weakness == EXPONENTIAL
    assert finding.status is FindingStatus.TRACED
    assert [step.note for step in finding.trace[1:]] == ["is matched", "reaches re.compile"]
    assert finding.trace[-1].span == finding.location
    # To be reached by a caller makes it no less of a flaw than it is by itself.
    assert (finding.severity, finding.confidence) == (Severity.MEDIUM, Confidence.MEDIUM)


def test_an_expression_of_another_file_is_told_where_it_matches(tmp_path: Path) -> None:
    table = 'import re\n\nPAIR = re.compile("(.*)=(.*);$")\n'
    text = "from table import PAIR\n\n\ndef first(text):\n    return PAIR.match(text)\n"
    assert found_lines(tmp_path, POLYNOMIAL, table=table, use=text) == ["return PAIR.match(text)"]


def test_that_a_search_begins_anew_everywhere_is_not_the_library_s_fault(tmp_path: Path) -> None:
    text = 'import re\n\n\ndef trim(text):\n    return re.sub(r"\\s+$", "", text)\n'
    assert found_lines(tmp_path, POLYNOMIAL, trim=text) == []


def test_a_table_that_nothing_compiles_holds_no_expressions(tmp_path: Path) -> None:
    rules = 'RULES = [\n    ("(a|a)*b", 1),\n    ("c", 2),\n    ("d", 3),\n]\n'
    compiled = "import re\n\n\ndef tokens(text):\n    return [re.compile(e) for e, _ in RULES]\n"
    assert '("(a|a)*b", 1),' in found_lines(tmp_path, EXPONENTIAL, lexer=compiled + rules)
    assert found_lines(tmp_path, EXPONENTIAL, lexer="import re\n" + rules) == []


def test_a_function_that_is_imported_under_another_name_is_known(tmp_path: Path) -> None:
    text = """from os import system as start
from subprocess import (
    run as call,
)


def first(name):
    start("work " + name)


def second(name):
    call("work " + name, shell=True)
"""
    assert found_lines(tmp_path, "command-injection", work=text) == [
        'start("work " + name)',
        'call("work " + name, shell=True)',
    ]


@pytest.mark.parametrize(
    "use",
    [
        "from table import NAME\n\n\ndef first(text):\n    return re.match(NAME, text)\n",
        "import table\n\n\ndef first(text):\n    return re.match(table.NAME, text)\n",
        "from table import NAME as FORM\n\n\ndef first(text):\n    return re.search(FORM, text)\n",
        "from between import NAME\n\n\ndef first(text):\n    return re.match(NAME, text)\n",
        "from table import COMPILED\n\n\ndef first(text):\n    return COMPILED.match(text)\n",
    ],
)
def test_the_trace_shows_the_constant_in_which_an_expression_is_written(
    tmp_path: Path, use: str
) -> None:
    table = 'import re\n\nNAME = "(.*)=(.*);$"\nCOMPILED = re.compile("(.*)=(.*);$")\n'
    between = "from table import NAME\n"
    found = search(tmp_path, table=table, between=between, use="import re\n" + use).findings
    (finding,) = [one for one in found if one.location.path == "use.py"]
    *_, written, last = finding.trace
    assert written.note == "the expression is written here"
    assert written.span.path == "table.py"
    assert last.span == finding.location


def test_an_expression_that_grows_by_itself_is_shown_where_it_is_written_and_used(
    tmp_path: Path,
) -> None:
    table = 'NAME = "^([a-z]+|[a-z ]+)*$"\n'
    text = "import re\nfrom table import NAME\n\n\ndef first():\n    return re.compile(NAME)\n"
    (finding,) = search(tmp_path, table=table, use=text).findings
    assert finding.status is FindingStatus.SUSPECTED
    assert [step.span.path for step in finding.trace] == ["table.py", "use.py"]


@pytest.mark.parametrize(
    "table",
    [
        'if wide:\n    NAME = "(.*)=(.*);$"\nelse:\n    NAME = "(.*)=(.*);$"\n',
        "from use import NAME\n",
    ],
)
def test_an_expression_that_is_written_twice_or_nowhere_has_no_place_of_its_own(
    tmp_path: Path, table: str
) -> None:
    use = (
        "import re\nfrom table import NAME\n\n\ndef first(text):\n    return re.match(NAME, text)\n"
    )
    for finding in search(tmp_path, table=table, use=use).findings:
        assert "the expression is written here" not in [step.note for step in finding.trace]


@pytest.mark.parametrize(
    "body",
    [
        "def first(text):\n    return re.compile('(.*)=(.*);$').match(text)\n",
        "def first(text):\n    NAME = '(.*)=(.*);$'\n    return re.match(NAME, text)\n",
    ],
)
def test_a_constant_of_the_same_name_is_not_taken_for_the_expression(
    tmp_path: Path, body: str
) -> None:
    found = search(tmp_path, use=f"import re\n\ntext = 'a'\nNAME = 'b'\n\n\n{body}").findings
    assert POLYNOMIAL in [finding.weakness for finding in found]
    steps = [step.note for finding in found for step in finding.trace]
    assert "the expression is written here" not in steps


def _in_a_class(filling: str) -> str:
    return (
        'import re\n\n\nclass Lines:\n    blank = b"[ ]"\n    many = blank + b"*"\n'
        f'    filling = {filling}\n    line = re.compile(many + filling + b"x" + many)\n\n'
        "    def first(self, text):\n        return self.line.match(text)\n"
    )


def test_an_expression_is_put_together_from_names_of_its_class(tmp_path: Path) -> None:
    wanted = ['line = re.compile(many + filling + b"x" + many)']
    assert found_lines(tmp_path, POLYNOMIAL, lines=_in_a_class('b"[ a]*"')) == wanted


def test_names_of_a_class_that_share_no_letter_cost_nothing_together(tmp_path: Path) -> None:
    assert found_lines(tmp_path, POLYNOMIAL, lines=_in_a_class('b"[ab]*"')) == []
