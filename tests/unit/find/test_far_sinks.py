"""How far back a search goes from one sink."""

import pytest

from countermine.core.levels import SourceLevel
from countermine.find.request import FindResult
from countermine.flow.bounds import Bounds
from tests.unit.find.conftest import Find

HEAD = (
    "import logging\nimport os\n\nfrom flask import Flask, request\n\napp = Flask(__name__)\n\n\n"
)


def chain(sink: str, calls: int) -> str:
    """Return a program in which a view hands a value over so many calls to what is at the end."""
    text = HEAD + f"def f0(value):\n    {sink}\n\n\n"
    for number in range(1, calls):
        text += f"def f{number}(value):\n    f{number - 1}(value)\n\n\n"
    return text + f"@app.route('/x')\ndef x():\n    f{calls - 1}(request.args['v'])\n"


def from_outside(result: FindResult) -> list[int]:
    """Return the CWE of each finding whose value comes with a request."""
    return [f.cwe for f in result.findings if f.level is SourceLevel.REMOTE]


@pytest.mark.parametrize(("calls", "found"), [(3, 1), (4, 0)])
def test_a_sink_of_little_weight_is_followed_over_three_calls(
    find: Find, calls: int, found: int
) -> None:
    files = {"app.py": chain("logging.warning('got ' + value)", calls)}
    result = find(files, minor=True)
    assert from_outside(result) == [117] * found
    assert result.coverage.entries == ()


def test_a_sink_of_more_weight_is_followed_further(find: Find) -> None:
    result = find({"app.py": chain("os.system('ls ' + value)", 7)}, minor=True)
    assert from_outside(result) == [78]


def test_a_sink_that_many_functions_lead_into_is_followed_to_the_nearest(find: Find) -> None:
    files = {"app.py": chain("os.system('ls ' + value)", 6)}
    assert from_outside(find(files, bounds=Bounds(holders=6))) == [78]
    bounded = find(files, bounds=Bounds(holders=5))
    assert from_outside(bounded) == []
    assert [e.reason for e in bounded.coverage.entries] == [
        "more than 5 functions lead into the sink in f0"
    ]


def test_other_sinks_are_followed_as_before_where_one_has_too_many_functions(find: Find) -> None:
    wide = "".join(f"def g{n}(value):\n    f0(value)\n\n\n" for n in range(9))
    files = {
        "wide.py": "import os\n\n\ndef f0(value):\n    os.system(value)\n\n\n" + wide,
        "app.py": chain("os.remove('d/' + value)", 2),
    }
    result = find(files, bounds=Bounds(holders=5))
    assert [f.cwe for f in result.findings if f.location.path == "app.py"] == [22]


def test_each_unit_follows_its_own_sinks_and_together_they_say_what_one_would(find: Find) -> None:
    files = {
        "shell.py": "import os\n\n\ndef run(line):\n    os.system(line)\n",
        "store.py": "import os\n\nfrom shell import run\n\n\ndef drop(name):\n"
        "    os.remove('d/' + name)\n    run('sync ' + name)\n",
        "app.py": HEAD + "from store import drop\n\n\n@app.route('/x')\ndef x():\n"
        "    drop(request.args['v'])\n    return '<b>' + request.args['w']\n",
    }
    whole, parted = find(files), find(files, bounds=Bounds(unit_bytes=1))
    assert sorted(from_outside(whole)) == [22, 78, 79]
    assert parted.findings == whole.findings
