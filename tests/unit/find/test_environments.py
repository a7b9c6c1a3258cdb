"""Which names of a WSGI environment may hold a line break."""

import pytest

from countermine.find.environments import of_environment


@pytest.mark.parametrize("key", ["REQUEST_METHOD", "HTTP_HOST", "REMOTE_ADDR"])
def test_what_stands_there_as_it_was_sent_is_one_line(key: str) -> None:
    held = of_environment("environ", (f"[{key}]",))
    assert held is not None
    assert held.harmless == {"header", "log"}


@pytest.mark.parametrize(
    ("name", "trail"),
    [
        ("environ", ("[PATH_INFO]",)),
        ("env", ("[SCRIPT_NAME]",)),
        ("environ", ("[QUERY_STRING]",)),
        ("environ", ("[HTTP_COOKIE]",)),
        ("environ", ("[wsgi.input]",)),
        ("environ", ("[]",)),
        ("environ", ("[0]",)),
        ("environ", (".HTTP_HOST",)),
        ("environ", ()),
        ("form", ("[NAME]",)),
    ],
)
def test_anything_else_may_hold_what_it_likes(name: str, trail: tuple[str, ...]) -> None:
    assert of_environment(name, trail) is None
