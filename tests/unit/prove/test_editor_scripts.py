"""What an editor of streams reads is a program, however well its words are quoted."""

import pytest

from countermine.prove.editor_scripts import editor_in


def told(line: str, *functions: str) -> str | None:
    text = f"def other():\n    call('awk x')\n\ndef run(a, b):\n    {line}\n"
    return editor_in(text.encode(), functions or ("View.run",))


@pytest.mark.parametrize(
    ("line", "editor"),
    [
        ('call(f"sed s/a/{quote(a)}/ file", shell=True)', "sed"),
        ('call(["sed", f"s/a/{a}/", "file"])', "sed"),
        ('call("cat x | /usr/bin/awk " + shlex.quote(a))', "awk"),
    ],
)
def test_an_editor_is_told(line: str, editor: str) -> None:
    assert told(line) == editor


@pytest.mark.parametrize(
    "line",
    [
        'call(f"gpg --list {shlex.quote(a)} {quote(b)}")',
        'text = "what the awkward used to say"',
        f"text = {'sed ' * 600!r}",
    ],
)
def test_other_programs_and_documents_are_not(line: str) -> None:
    assert told(line) is None


def test_every_function_on_the_way_counts() -> None:
    assert told("call(a)", "run", "other") == "awk"
    assert told("call(a)", "gone") == "awk"


def test_what_cannot_be_parsed_names_none() -> None:
    assert editor_in(b"def run(:", ("run",)) is None
