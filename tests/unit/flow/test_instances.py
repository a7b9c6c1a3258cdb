"""Instances of one class, of which one holds what is sent: each keeps what is its own."""

import pytest

from tests.unit.find.conftest import Find
from tests.unit.flow.pairs import Twins, is_found, twins

JOB = (
    "class Job:\n    def __init__(self, v):\n        self.v = v\n\n"
    "    def run(self):\n        os.system(self.v)\n\n"
    "    def beside(self, other):\n        os.system(self.v)\n\n"
    "    def of(self, other):\n        os.system(other.v)\n"
)
HOLDER = (
    "\n\nclass Holder:\n    def __init__(self, one, two):\n        self.one = one\n"
    "        self.two = two\n"
)
BELOW = (
    "class Base:\n    def __init__(self, v):\n        self.v = v\n\n    def run(self):\n"
    "        os.system(self.v)\n\n\nclass Job(Base):\n    def __init__(self, v):\n"
    "        super().__init__(v)\n        self.ready = True\n"
)
KEPT = "\n\nJOBS = []\n\n\ndef go():\n    for job in JOBS:\n        job.run()\n"
CASES: dict[str, Twins] = {
    "method": twins("a = Job(p)\nb = Job('ls')\nHOLE.run()", "a", "b", JOB),
    "made where it is used": twins("Job(p)\nJob(HOLE).run()", "p", "'ls'", JOB),
    "inherited": twins("a = Job(p)\nb = Job('ls')\nHOLE.run()", "a", "b", BELOW),
    "handed to the other": twins("a = Job(p)\nb = Job('ls')\nHOLE.beside(a)", "a", "b", JOB),
    "both handed over": twins("a = Job(p)\nb = Job('ls')\na.of(HOLE)", "a", "b", JOB),
    "attributes of another thing": twins(
        "h = Holder(Job(p), Job('ls'))\nh.HOLE.run()", "one", "two", JOB + HOLDER
    ),
    "handed to a function": twins(
        "a = Job(p)\nb = Job('ls')\nrun(HOLE, a)",
        "a",
        "b",
        JOB + "\n\ndef run(one, two):\n    two.v\n    one.run()\n",
    ),
    "kept by somebody": twins("job = Job(HOLE)\nJOBS.append(job)", "p", "'ls'", JOB + KEPT),
    "given away when it is made": twins(
        "job = Job(HOLE)\njob.v",
        "p",
        "'ls'",
        JOB.replace("self.v = v\n", "self.v = v\n        JOBS.append(self)\n") + KEPT,
    ),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_an_instance_that_holds_it_is_told_from_another(find: Find, name: str) -> None:
    assert is_found(find, CASES[name].files(CASES[name].flawed))
    assert not is_found(find, CASES[name].files(CASES[name].quiet))
