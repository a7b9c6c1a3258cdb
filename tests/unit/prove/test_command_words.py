"""Quotes keep a value one word; which program runs, and what a script does, they do not settle."""

import pytest

from countermine.prove.command_words import unsettled


def told(line: str) -> str | None:
    return unsettled(f"def run(a, b):\n    {line}\n".encode(), "View.run")


@pytest.mark.parametrize(
    "line",
    [
        'call(f"{shlex.quote(a)} {shlex.quote(b)}")',
        'call(quote(a) + " " + quote(b))',
        'call("%s -v" % shlex.quote(a))',
        'call("{} {}".format(shlex.quote(a), b))',
        'call(" ".join([shlex.quote(a), shlex.quote(b)]))',
        'call(f"cat x | {quote(a)} -n")',
    ],
)
def test_a_quoted_first_word_is_a_program(line: str) -> None:
    assert told(line) == "a quoted value says which program is run"


@pytest.mark.parametrize(
    "line",
    [
        'call(f"sed s/a/{quote(a)}/ file", shell=True)',
        'call(["sed", f"s/a/{a}/", "file"])',
        'call("cat x | /usr/bin/awk " + shlex.quote(a))',
    ],
)
def test_a_script_is_a_program_of_its_own(line: str) -> None:
    assert "reads is a program of its own" in (told(line) or "")


@pytest.mark.parametrize(
    "line",
    [
        'call(f"gpg --list {shlex.quote(a)} {quote(b)}")',
        'call("gpg " + quote(a) + " " + quote(b))',
        'name = quote(a) + ".txt"',
        'call(" ".join(["gpg", quote(a)]))',
        'call("gpg %s" % quote(a))',
        'call(["gpg", "--", a])',
        'text = "what the awkward used to say"',
        "return quote(a)",
    ],
)
def test_a_quoted_argument_is_none(line: str) -> None:
    assert told(line) is None


def test_what_cannot_be_parsed_says_nothing() -> None:
    assert unsettled(b"def run(:", "run") is None
