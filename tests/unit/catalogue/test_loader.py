"""Rows are read strictly: what is not understood names its file and the near key."""

import tomllib
from time import process_time

import pytest

from countermine.catalogue.compiling import compile_rows
from countermine.catalogue.loader import load, parse_rows
from countermine.catalogue.schema import Argument, Part, Requirement, Rows, Test
from countermine.core.errors import BadUsageError


def rows(text: str) -> Rows:
    return parse_rows(tomllib.loads(text), "mine.toml")


def test_a_sink_knows_its_argument_by_position_and_keyword() -> None:
    sink = rows('[[sink]]\nname = "a.b"\nkind = "path"\nargument = [0, "file"]\n').sinks[0]
    assert sink.arguments == (Argument(position=0, keyword="file"),)
    assert sink.part is Part.ANY
    assert sink.requires is Requirement.TAINT


def test_a_list_of_lists_names_several_arguments() -> None:
    sink = rows(
        '[[sink]]\nname = "a.b"\nkind = "path"\nargument = [[0, "src"], [1, "dst"]]\n'
    ).sinks[0]
    assert [a.keyword for a in sink.arguments] == ["src", "dst"]


def test_none_in_a_condition_is_pythons() -> None:
    sink = rows(
        '[[sink]]\nname = "a.b"\nkind = "k"\nrequires = "call"\n'
        'when = { argument = "x", equals = [false, "None"] }\n'
    ).sinks[0]
    assert sink.when[0].test is Test.EQUALS
    assert sink.when[0].values == (False, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[sink]]\nname = "a"\nkind = "k"\nargumnt = 0\n', "did you mean 'argument'?"),
        ('[[snk]]\nname = "a"\n', "did you mean 'sink'?"),
        ('[[sink]]\nname = "a"\nargument = 0\n', "'kind' must be a text"),
        ('[[sink]]\nname = "a"\nkind = "k"\n', "needs an 'argument'"),
        (
            '[[sink]]\nname = "a"\nkind = "k"\nargument = 0\npart = "optoin"\n',
            "did you mean 'option'?",
        ),
        ('[sink]\nname = "a"\n', "write [[sink]]"),
        ('[[type]]\nname = "a"\n', "either 'returns' or 'is'"),
        ('[[handler]]\nkind = "flask-view"\n', "a handler has a 'decorator'"),
        ('[[sink]]\nname = []\nkind = "k"\n', "'name' must be a text or a list of texts"),
        (
            '[[sink]]\nname = "a"\nkind = "k"\nwhen = { argument = 0, matches = "(" }\n',
            "is no regular expression",
        ),
        (
            '[[sink]]\nname = "a"\nkind = "k"\nargument = 0\nwhen = { argument = 0 }\n',
            "exactly one of",
        ),
        ('[[source]]\nname = "a"\nlevel = "far"\nchannel = "query"\n', "'level' cannot be 'far'"),
    ],
)
def test_a_row_that_is_not_understood_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(BadUsageError) as caught:
        rows(text)
    message = str(caught.value)
    assert message.startswith("mine.toml")
    assert said in message
    assert "\n" not in message


def test_rows_of_the_user_stand_beside_those_that_come_with_the_program() -> None:
    mine = rows('[[sink]]\nname = "shop.store.query"\nkind = "sql"\nargument = 0\n')
    catalogue = load(mine)
    assert catalogue.sinks["shop.store.query"][0].kind == "sql"
    assert "subprocess.run" in catalogue.sinks


def test_later_types_win_over_earlier_ones() -> None:
    first = rows('[[type]]\nname = "a.connect"\nreturns = "a.One"\n')
    second = rows('[[type]]\nname = "a.connect"\nreturns = "a.Two"\n')
    assert compile_rows([first, second]).call_types["a.connect"] == "a.Two"


def test_the_whole_catalogue_loads_in_a_fraction_of_a_second() -> None:
    load()
    begun = process_time()
    load()
    assert process_time() - begun < 0.5
