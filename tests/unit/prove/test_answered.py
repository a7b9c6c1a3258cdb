"""A target that calls somebody who is not there is tried again with its calls answered."""

import pytest

from countermine.core.verdicts import Inconclusive
from countermine.prove.answered import wants_answers
from countermine.prove.records import NotWitnessed


@pytest.mark.parametrize(
    ("reason", "wanted"),
    [
        ("it raised EndpointConnectionError: Could not connect", True),
        ("Unwitnessed: no attack shows the flaw", False),
        ("it raised ConnectionRefusedError: [Errno 111]", True),
        ("app.py cannot be loaded: URLError: <urlopen error [Errno -3]>", True),
        ("Max retries exceeded with url: /releases", True),
        ("it raised ValueError: no such connection", False),
    ],
)
def test_the_words_of_libraries_tell_that_nobody_answered(reason: str, *, wanted: bool) -> None:
    stopped = NotWitnessed(verdict=Inconclusive(gates=(), reason=reason))
    assert wants_answers(stopped) is wanted
