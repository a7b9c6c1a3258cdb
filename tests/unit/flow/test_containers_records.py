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
    "row of Django": twins(
        'u = User(a="ls", b=p)\nu.save()\nos.system(u.HOLE)',
        "b",
        "a",
        "from django.db import models\n\nclass User(models.Model):\n"
        "    a = models.CharField()\n    b = models.CharField()\n",
    ),
    "row of a model": twins(
        'u = User(a="ls", b=p)\ndb.session.add(u)\nos.system(u.HOLE)',
        "b",
        "a",
        "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n\n"
        "class User(db.Model):\n    a = db.Column(db.String)\n    b = db.Column(db.String)\n",
    ),
    "member of an enumeration": twins(
        'os.system({"ls": "ls", "id": p}[Tool.HOLE.value])',
        "NAME",
        "LIST",
        'from enum import Enum\n\nclass Tool(Enum):\n    LIST = "ls"\n    NAME = "id"\n',
    ),
    "enumeration of texts": twins(
        "os.system(HOLE)",
        "p",
        "Tool(p)",
        'from enum import StrEnum\n\nclass Tool(StrEnum):\n    LIST = "ls"\n    NAME = "id"\n',
    ),
    "enumeration by value": twins(
        "os.system(HOLE)",
        "p",
        "Tool(p).value",
        'from enum import Enum\n\nclass Tool(Enum):\n    LIST = "ls"\n    NAME = "id"\n',
    ),
    "simple namespace": twins(
        'j = SimpleNamespace(a="ls", b=p)\nos.system(j.HOLE)',
        "b",
        "a",
        "from types import SimpleNamespace\n",
    ),
    "model validated": twins(
        'j = Job.model_validate(request.get_json())\nos.system(f"kill {j.HOLE}")',
        "a",
        "b",
        "from pydantic import BaseModel\n\nclass Job(BaseModel):\n    a: str\n    b: int\n",
    ),
    "model from what is sent": twins(
        'j = Job(**request.get_json())\nos.system(f"kill {j.HOLE}")',
        "a",
        "b",
        "from pydantic import BaseModel\n\nclass Job(BaseModel):\n    a: str\n    b: int\n",
    ),
    "model with a number": twins(
        'j = Job(a=p, b=p)\nos.system(f"kill {j.HOLE}")',
        "a",
        "b",
        "from pydantic import BaseModel\n\nclass Job(BaseModel):\n    a: str\n    b: int\n",
    ),
    "model": twins(
        'j = Job(a="ls", b=p)\nos.system(j.HOLE)',
        "b",
        "a",
        "from pydantic import BaseModel\n\nclass Job(BaseModel):\n    a: str\n    b: str\n",
    ),
    "attrs with annotations": twins(
        'j = Job(a="ls", b=p)\nos.system(j.HOLE)',
        "b",
        "a",
        "from attrs import define\n\n@define\nclass Job:\n    a: str\n    b: str\n",
    ),
    "typed named tuple by index": twins(
        'j = Job("ls", p)\nos.system(j[HOLE])',
        "1",
        "0",
        "from typing import NamedTuple\n\nclass Job(NamedTuple):\n    a: str\n    b: str\n",
    ),
    "typed named tuple": twins(
        'j = Job("ls", p)\nos.system(j.HOLE)',
        "b",
        "a",
        "from typing import NamedTuple\n\nclass Job(NamedTuple):\n    a: str\n    b: str\n",
    ),
    "named tuple unpacked": twins(
        'a, b = Job("ls", p)\nos.system(HOLE)',
        "b",
        "a",
        'from collections import namedtuple\nJob = namedtuple("Job", "a b")\n',
    ),
    "named tuple by index": twins(
        'j = Job("ls", p)\nos.system(j[HOLE])',
        "1",
        "0",
        'from collections import namedtuple\nJob = namedtuple("Job", "a, b")\n',
    ),
    "named tuple from words": twins(
        'j = Job(b=p, a="ls")\nos.system(j.HOLE)',
        "b",
        "a",
        'from collections import namedtuple\nJob = namedtuple("Job", "a b")\n',
    ),
    "named tuple": twins(
        'j = Job("ls", p)\nos.system(j.HOLE)',
        "b",
        "a",
        'from collections import namedtuple\nJob = namedtuple("Job", ["a", "b"])\n',
    ),
    "data class as a mapping": twins(
        'os.system(asdict(Job("ls", p))["HOLE"])',
        "b",
        "a",
        "from dataclasses import asdict, dataclass\n\n" + JOB,
    ),
    "data class replaced": twins(
        'j = replace(Job("ls", "id"), HOLE=p)\nos.system(j.a)',
        "a",
        "b",
        "from dataclasses import dataclass, replace\n\n" + JOB,
    ),
    "data class that inherits": twins(
        'j = Late("ls", "id", p)\nos.system(j.HOLE)',
        "c",
        "b",
        DATA + JOB + "\n\n@dataclass\nclass Late(Job):\n    c: str = ''\n",
    ),
    "data class with a method": twins(
        'Job("ls", p).run()',
        "b",
        "a",
        DATA + JOB + "\n    def run(self):\n        os.system(self.HOLE)\n",
    ),
    "data class with a default": twins("j = Job(p)\nos.system(j.HOLE)", "a", "b", DATA + JOB),
    "data class": twins('j = Job("ls", p)\nos.system(j.HOLE)', "b", "a", DATA + JOB),
    "named tuple replaced": twins(
        'j = Job("ls", "id")._replace(HOLE=p)\nos.system(j.a)',
        "a",
        "b",
        'from collections import namedtuple\nJob = namedtuple("Job", "a b")\n',
    ),
    "settings by section": twins(
        'c = configparser.ConfigParser()\nc.add_section("s")\nc.set("s", "a", "ls")\n'
        'c.set("s", "b", p)\nos.system(c.get("s", "HOLE"))',
        "b",
        "a",
        CONFIG,
    ),
    "settings of another section": twins(
        'c = configparser.ConfigParser()\nc.add_section("s")\nc.add_section("t")\n'
        'c.set("s", "a", p)\nc.set("t", "a", "ls")\nos.system(c.get("HOLE", "a"))',
        "s",
        "t",
        CONFIG,
    ),
    "settings set, read as items": twins(
        'c = configparser.ConfigParser()\nc.add_section("s")\nc.set("s", "a", "ls")\n'
        'c.set("s", "b", p)\nos.system(c["s"]["HOLE"])',
        "b",
        "a",
        CONFIG,
    ),
    "settings as items, got": twins(
        'c = configparser.ConfigParser()\nc["s"] = {}\nc["s"]["a"] = "ls"\nc["s"]["b"] = p\n'
        'os.system(c.get("s", "HOLE"))',
        "b",
        "a",
        CONFIG,
    ),
    "settings with a fallback": twins(
        'c = configparser.ConfigParser()\nos.system(c.get("s", "a", fallback=HOLE))',
        "p",
        '"ls"',
        CONFIG,
    ),
    "settings read from a mapping": twins(
        'c = configparser.ConfigParser()\nc.read_dict({"s": {"a": "ls", "b": p}})\n'
        'os.system(c.get("s", "HOLE"))',
        "b",
        "a",
        CONFIG,
    ),
    "environment, got": twins(
        'os.environ["B"] = p\nos.environ["A"] = "ls"\nos.system(os.getenv("HOLE"))', "B", "A"
    ),
    "attrs": twins(
        'j = Job("ls", p)\nos.system(j.HOLE)',
        "b",
        "a",
        "import attr\n\n@attr.s\nclass Job(object):\n    a = attr.ib()\n    b = attr.ib()\n",
    ),
    "typed dictionary": twins(
        'j = Job(a="ls", b=p)\nos.system(j["HOLE"])',
        "b",
        "a",
        "from typing import TypedDict\n\nclass Job(TypedDict):\n    a: str\n    b: str\n",
    ),
    "data class after it was made": twins(
        'os.system(Job("ls", p).HOLE)',
        "c",
        "a",
        DATA + JOB + "\n    def __post_init__(self):\n        self.c = self.b + ' -l'\n",
    ),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_is_sent_is_found_in_its_field(find: Find, name: str) -> None:
    assert is_found(find, CASES[name].files(CASES[name].flawed))


@pytest.mark.parametrize("name", sorted(CASES))
def test_nothing_is_found_in_another_field(find: Find, name: str) -> None:
    assert not is_found(find, CASES[name].files(CASES[name].quiet))
