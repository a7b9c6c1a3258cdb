"""Documents and archives that hold more are legitimate uses; what nothing can read is refused."""

import io
import tarfile
import zipfile
from dataclasses import replace

import pytest

from countermine.core.witnesses import Event, Observation, Witness
from countermine.prove.drive.archives import LEGITIMATE, as_text, gzipped, tar, zipped
from countermine.prove.drive.fuller_documents import LINK, broken, fuller, with_link
from countermine.prove.legitimate import further_uses
from countermine.prove.moved import FILE, comparisons
from countermine.prove.other_uses import compared, is_other, is_refused, other_uses
from countermine.prove.records import ControlRecord
from countermine.prove.steps import Unsettled
from countermine.testing.proving import seen, stimulus, witness_for
from tests.unit.prove.test_guided_search import FINDING

TAR = as_text(tar((LEGITIMATE,)))


def witness(weakness: str, sink: str, text: str) -> Witness:
    made = witness_for(FINDING, controls=(stimulus("known", text),))
    return replace(made, weakness=weakness, sink=sink)


def yaml(text: str = "a: 1\n") -> Witness:
    return witness("unsafe-deserialization", "yaml.load", text)


def archive(text: str = TAR) -> Witness:
    return witness("archive-extraction", "tarfile.TarFile.extractall", text)


def names(text: str) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(text.encode("latin-1"))) as opened:
        return opened.getnames()


@pytest.mark.parametrize("text", [TAR, as_text(gzipped(tar((LEGITIMATE,))))])
def test_an_archive_has_empty_large_and_nested_members_beside_its_own(text: str) -> None:
    (more,) = fuller(archive(text), text)
    assert {LEGITIMATE, "cmempty.txt", "cmlarge.txt", "cmhollow"} < set(names(more))
    assert LINK not in names(more)
    assert more in [one.inputs[0].text for one in further_uses(archive(text), 6)]


def test_so_has_one_of_the_other_kind() -> None:
    text = as_text(zipped((LEGITIMATE,)))
    (more,) = fuller(archive(text), text)
    with zipfile.ZipFile(io.BytesIO(more.encode("latin-1"))) as opened:
        assert {LEGITIMATE, "cmempty.txt", "cmhollow/"} < set(opened.namelist())


def test_yaml_holds_nothing_the_same_twice_and_several_documents() -> None:
    texts = [one.inputs[0].text for one in further_uses(yaml(), 6)]
    assert "[]\n" in texts
    assert any(one.count("---") > 1 for one in texts)
    assert not list(fuller(witness("unsafe-deserialization", "pickle.loads", "x"), "x"))


def test_a_link_within_an_archive_is_a_use_that_may_be_refused() -> None:
    uses = other_uses(archive())
    assert [LINK in names(one.inputs[0].text) for one in uses] == [True]
    assert all(is_other(one.name) for one in uses)
    assert with_link("a: 1\n") is None
    assert with_link(as_text(zipped((LEGITIMATE,)))) is None


def made(name: str) -> Event:
    detail = (("mode", "write"), ("real", f"/target/out/{name}"))
    return Event(sequence=0, name="file-created", detail=detail, outside=True)


def test_folders_and_links_that_are_unpacked_are_compared() -> None:
    drive = replace(seen("known"), events=(made("cmhollow"), made("other")))
    assert comparisons(archive(), (drive,)) == (f"{FILE}cmhollow",)
    assert comparisons(yaml(), (drive,)) == ()


@pytest.mark.parametrize(
    ("after", "stops"),
    [
        ((made(LINK),), False),
        ((), True),
    ],
)
def test_a_link_that_is_left_out_in_silence_leaves_a_patch_open(
    after: tuple[Event, ...], *, stops: bool
) -> None:
    use = "known-stretched-by-a-link"
    record = ControlRecord(name=use, result="None", comparable=True, elsewhere=(f"{FILE}{LINK}",))
    drive = replace(seen(use), events=after, result="None")
    assert isinstance(compared(archive(), [record], [drive]), Unsettled) is stops
    refused = replace(drive, error="ValueError: a link", result=None)
    assert compared(archive(), [record], [refused]) is None


FAILED = replace(seen("known-refused"), error="ParserError: expected ']'", result=None)


@pytest.mark.parametrize(
    ("after", "stops"), [(FAILED, False), (replace(FAILED, error=None, result="{}"), True)]
)
def test_what_could_not_be_read_is_not_read_with_the_patch(
    after: Observation, *, stops: bool
) -> None:
    (use,) = [one for one in other_uses(yaml()) if one.name.endswith("-refused")]
    assert use.inputs[0].text == broken(yaml())
    assert is_refused(use, (FAILED, FAILED))
    assert is_refused(use, (FAILED, after)) is not stops
    record = ControlRecord(name=use.name, result=None, comparable=True)
    assert isinstance(compared(yaml(), [record], [after]), Unsettled) is stops
