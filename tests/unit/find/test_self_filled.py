"""A collection that the function fills with what it looks for says nothing of a value in it."""

import pytest

from tests.unit.find.conftest import Find

TEXT = """\
import os
from flask import request

KNOWN = {"a"}


def run(names):
    seen = set()
    name = request.args["k"]
    FILL
    if name in HOLDER:
        os.system("ls " + name)
"""


def findings(find: Find, fill: str, holder: str = "seen") -> int:
    text = TEXT.replace("FILL", fill).replace("HOLDER", holder)
    return len(find({"a.py": text}).findings)


@pytest.mark.parametrize(
    "fill",
    [
        "seen.add(name)",
        "seen.append( name )",
        "seen.insert(0, name)",
        "seen.setdefault(name, 1)",
        "seen.update([name])",
        "seen.extend((name, 1))",
        "seen[name] = 1",
        "seen [ name ]  = 1",
    ],
)
def test_what_is_put_in_by_hand_is_no_check(find: Find, fill: str) -> None:
    assert findings(find, fill) == 1


@pytest.mark.parametrize(
    "fill", ["KNOWN.issuperset([name])", "UNKNOWN.add(name)", "KNOWN.add(names)"]
)
def test_a_collection_that_others_fill_is_a_check(find: Find, fill: str) -> None:
    assert findings(find, fill, "KNOWN") == 0
