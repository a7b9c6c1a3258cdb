"""Files that a legitimate use looks for hold what suits their name, or what the target reads."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from countermine.prove.harness.attempts import Attempt
from countermine.prove.harness.channel import Account, Record
from countermine.prove.harness.jobs import StimulusJob
from countermine.prove.harness.scratch import OTHER_CONTENTS, provide
from countermine.prove.harness.stimuli import Gathered, Runner


@pytest.mark.parametrize(
    ("name", "expected"), [("a.json", b"{}\n"), ("a.txt", b"countermine control\n")]
)
def test_the_name_says_the_content(tmp_path: Path, name: str, expected: bytes) -> None:
    provide([str(tmp_path / name)], [], {})
    assert (tmp_path / name).read_bytes() == expected


def test_another_content_takes_its_place_where_that_is_not_what_is_read(tmp_path: Path) -> None:
    for _, content in OTHER_CONTENTS:
        provide([str(tmp_path / "a.json")], [], {}, content)
        assert (tmp_path / "a.json").read_bytes() == content


def test_what_a_stimulus_brings_goes_before_both(tmp_path: Path) -> None:
    path = str(tmp_path / "a.json")
    provide([path], [], {path: b"brought"}, b"1\n")
    assert (tmp_path / "a.json").read_bytes() == b"brought"


class Reader(Runner):
    """Drives a program that reads a file as plain text, or as a document of JSON."""

    def __init__(self, *, reads_json: bool) -> None:
        run = SimpleNamespace(job=SimpleNamespace(pristine="", entry=None))
        super().__init__(run, b"", None, None, has_times=False)  # type: ignore[arg-type]  # unused
        self._reads_json = reads_json

    def _settled(self, stimulus: StimulusJob) -> Gathered:
        self._wanted_files = True
        content = b"\xff" if self._held is None and stimulus.name == "bytes" else self._held
        plain = content is None
        works = content == b"{}\n" or (plain and not self._reads_json)
        facts = {"held": repr(content)} if works else {"error": "ValueError: not like that"}
        account = Account(records=(Record("reached", facts),), closed=True, garbage=0)
        return Gathered(Attempt(account, ""), (), b"")


@pytest.mark.parametrize(
    ("reads_json", "held"), [(False, ["None", None, "None"]), (True, [repr(b"{}\n")] * 3)]
)
def test_what_one_use_fails_by_changes_nothing_for_those_after_it(
    *, reads_json: bool, held: list[str | None]
) -> None:
    reader = Reader(reads_json=reads_json)
    given = {"samples": (), "alternatives": (), "text": "cmprobe"}
    use = StimulusJob(name="plain", is_attack=False, inputs=(given, given), files=())
    uses = [use, use._replace(name="bytes"), use._replace(name="again")]
    found = [reader.run(one).attempt.account.records[0].detail.get("held") for one in uses]
    assert found == held
