import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermine.core.errors import EditConflictError
from countermine.core.patches import Edit, NewFile, Patch, PatchOrigin, apply, invert
from countermine.core.spans import Span, TreePath, tree_path

PATH = tree_path("app/views.py")


def edit(start: int, end: int, before: str, after: str, path: str = "app/views.py") -> Edit:
    span = Span(path=tree_path(path), start_byte=start, end_byte=end)
    return Edit(span=span, before=before, after=after)


def patch(*edits: Edit, new_files: tuple[NewFile, ...] = ()) -> Patch:
    return Patch(
        edits=edits, new_files=new_files, origin=PatchOrigin.PERSON, author="test", summary="Edit"
    )


@st.composite
def texts_and_patches(draw: st.DrawFn) -> tuple[dict[TreePath, bytes], Patch]:
    """Texts of two files, and a patch of edits that do not meet."""
    texts: dict[TreePath, bytes] = {}
    edits: list[Edit] = []
    for name in ("a.py", "b.py"):
        characters = st.characters(codec="utf-8")
        pieces = draw(st.lists(st.text(characters, min_size=1, max_size=6), min_size=1, max_size=8))
        content, place = b"", 0
        for number, piece in enumerate(pieces):
            raw = piece.encode()
            if number % 2 and draw(st.booleans()):
                after = draw(st.text(characters, max_size=6))
                edits.append(edit(place, place + len(raw), piece, after, name))
            content += raw
            place += len(raw)
        texts[tree_path(name)] = content
    if not edits:
        first = draw(st.text(min_size=1, max_size=4))
        edits.append(edit(0, 0, "", first, "a.py"))
    return texts, patch(*edits)


@given(texts_and_patches())
def test_a_patch_and_its_inverse_give_the_text_back(
    case: tuple[dict[TreePath, bytes], Patch],
) -> None:
    texts, made = case
    patched = texts | apply(made, texts)
    assert texts | patched | apply(invert(made), patched) == texts


def test_edits_apply_by_bytes_not_characters() -> None:
    text = {PATH: "é = eval(x)\n".encode()}
    made = patch(edit(5, 9, "eval", "literal_eval"))
    assert apply(made, text)[PATH].decode() == "é = literal_eval(x)\n"


def test_overlapping_edits_are_rejected() -> None:
    with pytest.raises(EditConflictError, match="overlap"):
        patch(edit(0, 4, "eval", "x"), edit(3, 5, "l(", "y"))


def test_two_insertions_at_one_place_are_rejected() -> None:
    with pytest.raises(EditConflictError):
        patch(edit(3, 3, "", "a"), edit(3, 3, "", "b"))


def test_a_text_that_changed_since_is_not_edited() -> None:
    with pytest.raises(EditConflictError, match="changed since"):
        apply(patch(edit(0, 4, "eval", "x")), {PATH: b"exec(x)"})


def test_a_patch_needs_its_file_and_does_not_overwrite_another() -> None:
    with pytest.raises(EditConflictError, match="does not have"):
        apply(patch(edit(0, 4, "eval", "x")), {})
    new = NewFile(path=PATH, text="")
    with pytest.raises(EditConflictError, match="already has"):
        apply(patch(new_files=(new,)), {PATH: b""})


def test_an_empty_patch_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        patch()


@pytest.mark.parametrize("text", ["", ".", "/etc/passwd", "../up", "a/../../b"])
def test_paths_that_leave_the_tree_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="relative path"):
        tree_path(text)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2)])
def test_spans_run_forward(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="forward"):
        Span(path=PATH, start_byte=start, end_byte=end)
