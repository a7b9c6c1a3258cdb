"""A fix that looks at the names of members alone leaves links that lead out of the folder."""

import pytest

from countermine.core.witnesses import Absent, Shown
from tests.weaknesses.witness_bench import Bench
from tests.weaknesses.witness_targets import FUNCTIONS

NAMES_ONLY = """
import os, tarfile

def run(archive_path, target_dir):
    base = os.path.realpath(target_dir)
    with tarfile.open(archive_path) as archive:
        archive.extraction_filter = lambda member, path: member
        for member in archive.getmembers():
            path = os.path.realpath(os.path.join(base, member.name))
            if os.path.commonpath([base, path]) != base{and_kind}:
                raise ValueError("outside")
            archive.extract(member, base)
    return True
"""


@pytest.mark.parametrize(
    ("and_kind", "shown"),
    [
        ("", {"tar-link", "tar-hard-link"}),
        (" or member.issym()", {"tar-hard-link"}),
        (" or member.islnk()", {"tar-link"}),
        (" or not member.isfile()", set()),
    ],
)
def test_a_link_that_leads_out_is_seen_when_it_is_made(
    bench: Bench, and_kind: str, shown: set[str]
) -> None:
    target = next(one for one in FUNCTIONS if one.name == "tar")
    effects, benign, seen = bench.run(target, NAMES_ONLY.format(and_kind=and_kind))
    assert benign.error is None
    by_name = dict(zip((one.stimulus for one in seen[-len(effects) :]), effects, strict=True))
    for name in ("tar-link", "tar-hard-link"):
        effect = by_name[f"{name}-in-file"]
        assert isinstance(effect, Shown if name in shown else Absent), (name, effect)
