"""A patch that closes a file must still write it."""

from countermine.core.witnesses import Event, Observation
from countermine.prove.written_files import otherwise


def seen(**files: str) -> Observation:
    events = tuple(
        Event(
            sequence=at,
            name="file-created",
            detail=(("real", path), ("content", content)),
            outside=True,
        )
        for at, (path, content) in enumerate(files.items())
    )
    return Observation(stimulus="use", events=events, probes_held=True, closed=True, reached=True)


def test_the_same_files_are_no_difference() -> None:
    assert otherwise([seen(a="1")], [seen(a="1")], [seen(a="1", b="2")]) is None


def test_a_file_that_is_not_there_or_holds_something_else_is_one() -> None:
    assert otherwise([seen(a="1")], [seen(a="1")], [seen()]) == "a"
    assert otherwise([seen(a="1")], [seen(a="1")], [seen(a="2")]) == "a"


def test_what_differs_without_a_patch_says_nothing() -> None:
    assert otherwise([seen(a="1", b="2")], [seen(a="3")], [seen()]) is None
