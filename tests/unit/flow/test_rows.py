"""Rows that a database gives back: columns of text carry what was kept, columns of numbers none."""

import pytest

from countermine.core.levels import SourceLevel
from tests.unit.find.conftest import Find

DJANGO = (
    "import os\nfrom django.db import models\nfrom django.shortcuts import get_object_or_404\n\n\n"
    "class Host(models.Model):\n    name = models.CharField(max_length=9)\n"
    "    size = models.IntegerField()\n\n\n"
    "class Job(models.Model):\n    line = models.TextField()\n    many = models.IntegerField()\n"
    "    host = models.ForeignKey(Host, on_delete=models.CASCADE)\n\n"
    "    def go(self):\n        os.system('x ' + str(self.line))\n\n"
    "    def count(self):\n        os.system('x ' + str(self.many))\n\n\n"
    "def view(request, pk):\n    {}\n"
)
ALCHEMY = (
    "import os\nfrom sqlalchemy import Column, Integer, String, DateTime\n"
    "from sqlalchemy.orm import declarative_base, Session\nBase = declarative_base()\n\n\n"
    "class Job(Base):\n    __tablename__ = 'jobs'\n    id = Column(Integer, primary_key=True)\n"
    "    line = Column(String(9))\n    when = Column('w', DateTime())\n\n\n"
    "def run(session: Session, key):\n    {}\n"
)
FLASK = (
    "import os\nfrom flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n\n\n"
    "class Job(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n"
    "    line = db.Column(db.String(9))\n\n\ndef run(key):\n    {}\n"
)


def shown(row: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{row}\n    os.system('x ' + str(job.{name}))" for name in names)


CASES: dict[str, tuple[str, tuple[str, ...]]] = {
    "got": (DJANGO, shown("job = Job.objects.get(pk=1)", "line", "many")),
    "first": (DJANGO, shown("job = Job.objects.filter(many=2).first()", "line", "many")),
    "or an error": (DJANGO, shown("job = get_object_or_404(Job, pk=1)", "line", "many")),
    "of another table": (DJANGO, shown("job = Job.objects.get(pk=1)", "host.name", "host.size")),
    "each": (
        DJANGO,
        tuple(
            f"for job in Job.objects.order_by('many'):\n        os.system('x ' + str(job.{name}))"
            for name in ("line", "many")
        ),
    ),
    "SQLAlchemy": (ALCHEMY, shown("job = session.query(Job).first()", "line", "id")),
    "SQLAlchemy, got": (ALCHEMY, shown("job = session.get(Job, 1)", "line", "when")),
    "Flask": (FLASK, shown("job = Job.query.filter_by(id=1).first()", "line", "id")),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_column_of_text_is_told_from_one_of_numbers(find: Find, name: str) -> None:
    program, (flawed, quiet) = CASES[name]
    levels = [one.level for one in find({"app.py": program.format(flawed)}).findings]
    assert SourceLevel.FILE in levels
    assert SourceLevel.REMOTE not in levels
    assert not find({"app.py": program.format(quiet)}).findings


def test_the_key_by_which_a_row_is_looked_up_is_not_what_it_holds(find: Find) -> None:
    body = "job = Job.objects.filter(line=request.GET['n']).first()\n    os.system(str(job.{}))"
    found = find({"app.py": DJANGO.format(body.format("line"))}).findings
    assert [one.level for one in found] == [SourceLevel.FILE]
