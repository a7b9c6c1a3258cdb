"""The fix that compares paths as text is seen through, and the one that does not is let be."""

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.witnesses import Absent, Input, Shown, Stimulus, Witness, WitnessKind
from countermine.prove.drive.paths import UPWARDS
from countermine.prove.drive.siblings import MAX_SIBLINGS, folders, siblings
from countermine.prove.regression.probes import likeliest_first
from countermine.testing.findings import finding_at
from countermine.weaknesses.path_traversal.regression import regressions
from tests.weaknesses.witness_bench import Bench
from tests.weaknesses.witness_targets import FUNCTIONS

SECRET = "{base}/outside/secret.txt"
PATH = """
import os
FOLDER = os.path.realpath(os.path.join(os.path.dirname(__file__), "files"))

def run(name):
    path = os.path.realpath(os.path.join(FOLDER, name))
    if not path.startswith(FOLDER{end}):
        raise ValueError("outside")
    with open(path) as file:
        return file.read()
"""
TAR = """
import os, tarfile
FOLDER = os.path.realpath(os.path.join(os.path.dirname(__file__), "files"))

def run(archive_path):
    with tarfile.open(archive_path) as archive:
        for member in archive.getmembers():
            path = os.path.realpath(os.path.join(FOLDER, member.name))
            if not member.isfile() or not path.startswith(FOLDER{end}):
                raise ValueError("outside")
        archive.extractall(FOLDER)
"""


@pytest.mark.parametrize(("name", "code"), [("path", PATH), ("tar", TAR)])
@pytest.mark.parametrize(("end", "holds"), [("", False), (" + os.sep", True)])
def test_a_folder_that_begins_like_the_right_one_is_outside(
    bench: Bench, name: str, code: str, end: str, *, holds: bool
) -> None:
    target = next(one for one in FUNCTIONS if one.name == name)
    source = code.format(end=end)
    known, benign, _ = bench.run(target, source)
    assert benign.error is None
    assert all(isinstance(one, Absent) for one in known), "the plan's own attacks are refused"
    near = folders([benign])
    effects, _, _ = bench.run(target, source, more=lambda made: siblings(made.attacks, near))
    assert 0 < len(effects) <= MAX_SIBLINGS
    if holds:
        assert all(isinstance(one, Absent) for one in effects), effects
    else:
        assert any(isinstance(one, Shown) for one in effects), effects


def test_the_test_with_a_folder_beside_comes_first_where_nothing_else_showed_the_flaw() -> None:
    finding = finding_at("shop/files.py", b"open(name)", b"open(name)")
    entry = EntryPoint(
        kind=EntryKind.FUNCTION,
        path=finding.location.path,
        qualname="show",
        channel=Channel.PARAMETER,
        key="name",
    )
    attack = Stimulus(
        name="dot-dot",
        inputs=(Input(channel=Channel.PARAMETER, key="name", text=UPWARDS + SECRET),),
    )
    witness = Witness(
        weakness=finding.weakness,
        fingerprint=finding.fingerprint,
        kind=WitnessKind.EFFECT,
        entry=entry,
        sink="open",
        attacks=(attack,),
        controls=(attack,),
    )
    probes = regressions(finding, witness)
    beside = siblings([attack], ["/srv/files"])
    assert [one.name for one in beside] == ["dot-dot-to-sibling-1"]
    made_for = likeliest_first(probes, [one.name for one in beside])
    assert [one.name for one in made_for[:2]] == ["stays_out_of_folders_beside_it"] * 2
    also = likeliest_first(probes, ["dot-dot", beside[0].name])
    assert also == list(probes), "the plain attack shows it too, and makes the plainer test"
    assert likeliest_first(probes, []) == list(probes)
