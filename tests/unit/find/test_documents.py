"""The body of a request that the target reads as JSON is a document with fields."""

import pytest

from countermine.core.entrypoints import Channel
from countermine.find.documents import of_document
from countermine.flow.origins import Origin


def origin(*marks: str, channel: Channel = Channel.BODY, name: str | None = None) -> Origin:
    return Origin(("s", "app.py", "1", "body", *marks), None, -1, channel=channel, name=name)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        (("~%loads", "~[path]"), (Channel.JSON, "path")),
        (("~decode", "~%loads", "~[a]", "~[b]", "~strip"), (Channel.JSON, "a.b")),
        (("~%loads", "~[a]", "~[0]", "~[b]"), (Channel.JSON, "a")),
        (("~%loads", "~[0]"), (Channel.BODY, None)),
        (("~%loads", "~[]"), (Channel.BODY, None)),
        (("~%loads",), (Channel.BODY, None)),
        (("~[path]",), (Channel.BODY, None)),
        ((), (Channel.BODY, None)),
    ],
)
def test_a_field_is_told_by_its_keys(
    marks: tuple[str, ...], expected: tuple[Channel, str | None]
) -> None:
    assert of_document(origin(*marks), Channel.BODY) == expected


def test_other_channels_stay_what_they_are() -> None:
    query = origin("~%loads", "~[a]", channel=Channel.QUERY, name="q")
    assert of_document(query, Channel.QUERY) == (Channel.QUERY, "q")
