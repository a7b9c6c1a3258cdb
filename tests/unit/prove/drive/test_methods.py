"""Requests go by a method that leads to the sink, where a view tells methods apart."""

from dataclasses import replace

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.spans import tree_path
from countermine.prove.drive.methods import methods_of
from countermine.testing.findings import finding_at

PATH = tree_path("app.py")
ENTRY = EntryPoint(kind=EntryKind.FLASK_VIEW, path=PATH, qualname="view", channel=Channel.QUERY)
OTHERS = ("PATCH", "DELETE")


def led(body: str, *, function: str = "view") -> tuple[str, ...]:
    text = "def view():\n" + "".join(f"    {line}\n" for line in body.splitlines())
    found = replace(finding_at(PATH, text.encode(), b"sink()"), function=function)
    return methods_of(found, ENTRY, {PATH: text.encode()})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if request.method == 'PUT':\n    sink()", ("PUT",)),
        ("if request.method in ('POST', 'PUT') and allowed:\n    sink()", ("POST", "PUT")),
        ("if request.method == 'GET':\n    return 1\nsink()", ("POST", "PUT", *OTHERS)),
        ("if request.method != 'POST':\n    return 1\nelse:\n    sink()", ("POST",)),
        (
            (
                "if request.method == 'GET':\n    one()\nelif request.method == 'PUT' and free:\n"
                "    two()\nelse:\n    with open(x):\n        sink()"
            ),
            ("POST", *OTHERS),
        ),
    ],
)
def test_the_branch_says_the_methods(body: str, expected: tuple[str, ...]) -> None:
    assert led(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "sink()",
        "request.method\nsink()",
        "if request.method == 'GET':\n    one()\nsink()",
        "if kind == 'PUT':\n    request.method\n    sink()",
        "if request.method == 'GET' and old:\n    return 1\nsink()",
    ],
)
def test_where_methods_are_not_told_apart_any_will_do(body: str) -> None:
    assert led(body) == ()


def test_what_stands_in_another_function_says_nothing_of_the_view() -> None:
    found = finding_at(PATH, b"def view():\n    request.method\n    sink()\n", b"sink()")
    elsewhere = replace(ENTRY, qualname="other")
    assert methods_of(found, elsewhere, {PATH: b"def view():\n    sink()  # .method\n"}) == ()
