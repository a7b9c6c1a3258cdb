"""Diffs to look at say what the patch does."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from countermine.core.patches import Edit, NewFile, Patch, PatchOrigin, apply
from countermine.core.spans import Span, tree_path
from countermine.report.diffs import Change, diff_text, file_diffs
from countermine.report.sources import Sources
from countermine.testing.run_texts import sample_texts
from countermine.testing.runs import sample_run

PATH = tree_path("a.py")


def patch(*edits: tuple[int, str, str], new: tuple[NewFile, ...] = ()) -> Patch:
    return Patch(
        edits=tuple(
            Edit(
                span=Span(path=PATH, start_byte=at, end_byte=at + len(before.encode())),
                before=before,
                after=after,
            )
            for at, before, after in edits
        ),
        new_files=new,
        origin=PatchOrigin.PERSON,
        author="me",
        summary="Change it",
    )


def test_an_edit_is_a_hunk_with_context() -> None:
    text = diff_text(patch((4, "b", "B")), Sources({PATH: b"a1\n_b\nc\nd\ne\nf\n"}))
    assert text == "--- a/a.py\n+++ b/a.py\n@@ -1,5 +1,5 @@\n a1\n-_b\n+_B\n c\n d\n e\n"


def test_distant_edits_are_two_hunks() -> None:
    text = b"".join(b"%d\n" % (number % 10) for number in range(40))
    (diff,) = file_diffs(patch((0, "0", "x"), (76, "8", "y")), Sources({PATH: text}))
    assert [
        [line.old for line in hunk if line.change is Change.REMOVED] for hunk in diff.hunks
    ] == [
        [1],
        [39],
    ]
    assert (diff.added, diff.removed) == (2, 2)


def test_a_new_file_is_all_added() -> None:
    new = NewFile(path=tree_path("b.py"), text="x = 1\ny = 2\n")
    (_, diff) = file_diffs(patch((0, "a", "b"), new=(new,)), Sources({PATH: b"a\n"}))
    assert diff.is_new
    assert [(line.new, line.text) for line in diff.hunks[0]] == [(1, "x = 1"), (2, "y = 2")]
    assert "--- /dev/null\n+++ b/b.py\n@@ -0,0 +1,2 @@\n" in diff_text(
        patch((0, "a", "b"), new=(new,)), Sources({PATH: b"a\n"})
    )


def test_without_the_text_the_edits_stand_bare() -> None:
    for sources in (Sources({}), Sources({PATH: b"something else\n"})):
        text = diff_text(patch((4, "old\n", "new\n")), sources)
        assert text == "--- a/a.py\n+++ b/a.py\n@@\n-old\n+new\n"


def test_secrets_are_hidden_before_and_after() -> None:
    before = b'f(password="hunter2", shell=True)\n'
    text = diff_text(patch((22, "shell=True", "shell=False")), Sources({PATH: before}))
    assert "hunter2" not in text
    assert '-f(password="*******", shell=True)' in text
    assert '+f(password="*******", shell=False)' in text


def test_line_ends_and_escapes_do_no_harm() -> None:
    text = diff_text(patch((0, "a", "\x1b[2J\u202e")), Sources({PATH: b"a\r\nb\r\n"}))
    assert "+\\x1b[2J\\u202e\n" in text
    assert "\r" not in text


def test_every_line_of_both_files_is_where_the_numbers_say() -> None:
    sources = Sources(sample_texts())
    for case in sample_run().cases:
        if case.patch is None:
            continue
        after = apply(case.patch, sample_texts())
        for diff in file_diffs(case.patch, sources):
            new = after[diff.path].decode().split("\n")
            for line in (line for hunk in diff.hunks for line in hunk):
                if line.new is not None and "*" not in line.text:
                    assert new[line.new - 1] == line.text


def test_a_line_of_a_megabyte_is_cut() -> None:
    text = b"x = '" + b"a" * 1_000_000 + b"'\n"
    assert len(diff_text(patch((0, "x", "y")), Sources({PATH: text}))) < 5000


@given(st.text(alphabet="ab\n\r\t'\x1b", max_size=30), st.integers(0, 30), st.text(max_size=8))
def test_any_edit_can_be_shown(text: str, at: int, after: str) -> None:
    content = text.encode()
    edit = patch((min(at, len(content)), "", after + "!"))
    (diff,) = file_diffs(edit, Sources({PATH: content}))
    assert diff.added >= 1
    assert all("\x1b" not in line.text for hunk in diff.hunks for line in hunk)


def test_paths_are_shown_in_order() -> None:
    case = sample_run().cases[0]
    assert case.patch is not None
    both = replace(case.patch, new_files=(NewFile(path=tree_path("a/new.py"), text="x\n"),))
    assert [diff.path for diff in file_diffs(both, Sources(sample_texts()))] == [
        "a/new.py",
        "shop/documents.py",
    ]
