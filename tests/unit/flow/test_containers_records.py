"""Fields of records are told apart: data classes, named tuples, models, enumerations, settings."""

import pytest

from tests.unit.find.conftest import Find
from tests.unit.flow.pairs import Twins, is_found, twins

JOB = "@dataclass\nclass Job:\n    a: str\n    b: str = 'id'\n"
DATA = "from dataclasses import dataclass, field\n\n"
CONFIG = "import configparser\n"
CASES: dict[str, Twins] = {
    "data class by name": twins('j = Job(a="ls", b=p)\nos.system(j.HOLE)', "b", "a", DATA + JOB),
    "data class set later": twins(
        'j = Job("ls")\nj.b = p\nos.system(j.HOLE)', "b", "a", DATA + JOB
    ),
    "data class with a list": twins(
        'j = Box()\nj.a.append(p)\nj.b.append("ls")\nos.system(j.HOLE[0])',
        "a",
        "b",
        DATA + "@dataclass\nclass Box:\n    a: list = field(default_factory=list)\n"
        "    b: list = field(default_factory=list)\n",
    ),
    "enumeration by name": twins(
        "os.system(HOLE)",
        "p",
        "Tool[p].value",
        'from enum import Enum\n\nclass Tool(Enum):\n    LIST = "ls"\n    NAME = "id"\n',
    ),
    "settings as items": twins(
        'c = configparser.ConfigParser()\nc["s"] = {"a": "ls", "b": p}\nos.system(c["s"]["HOLE"])',
        "b",
        "a",
        CONFIG,
    ),
    "environment": twins(
        'os.environ["A"] = "ls"\nos.environ["B"] = p\nos.system(os.environ["HOLE"])', "B", "A"
    ),
    "environment, put": twins(
        'os.environ.setdefault("A", "ls")\nos.environ.update(B=p)\n'
        'os.system(os.environ.get("HOLE"))',
        "B",
        "A",
    ),
    "row of a model, set": twins(
        'u = User.query.first()\nu.a = "ls"\nu.b = p\nos.system(u.HOLE)',
        "b",
        "a",
        "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n\n"
        "class User(db.Model):\n    a = db.Column(db.String)\n    b = db.Column(db.String)\n",
    ),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_is_sent_is_found_in_its_field(find: Find, name: str) -> None:
    assert is_found(find, CASES[name].files(CASES[name].flawed))


@pytest.mark.parametrize("name", sorted(CASES))
def test_nothing_is_found_in_another_field(find: Find, name: str) -> None:
    assert not is_found(find, CASES[name].files(CASES[name].quiet))
