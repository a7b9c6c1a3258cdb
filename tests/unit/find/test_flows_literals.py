"""A text between quotes of a statement does no harm where it cannot hold the closing one."""

import pytest

from tests.unit.find.conftest import Find

VIEW = """
import re
from flask import Flask, request

app = Flask(__name__)


@app.get("/")
def view():
    text = request.args["text"]
    if re.match(r"{pattern}", text):
        return str(eval(f'"{{text}}"'))
    return ""
"""


@pytest.mark.parametrize(
    ("pattern", "count"),
    [(r"^\\\w+$", 0), (r"^\w+\\[0-9a-f]+$", 0), (r"^\\.+$", 1), (r"^\w+\\$", 1), (r"^\\\w+", 1)],
)
def test_an_escape_sequence_stays_in_its_literal(find: Find, pattern: str, count: int) -> None:
    found = find({"a.py": VIEW.format(pattern=pattern)}).findings
    assert [f.weakness for f in found].count("code") == count
