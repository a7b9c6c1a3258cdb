"""Patches: edits to a target's files, how they apply, and how they are taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from countermine.core.errors import EditConflictError
from countermine.core.spans import Span, TreePath


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Replace the bytes of a span, which must read ``before``, by ``after`` (both UTF-8)."""

    span: Span
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file that the patch adds."""

    path: TreePath
    text: str


class PatchOrigin(StrEnum):
    """Who made a patch."""

    REMEDY = "remedy"
    MODEL = "model"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Edits to files of the target, with where they come from.

    Edits are ordered by place. Deleting or renaming a file is not a patch.
    """

    edits: tuple[Edit, ...]
    new_files: tuple[NewFile, ...] = ()
    origin: PatchOrigin
    author: str
    """Name of the remedy, the model, or the file the patch was read from."""
    summary: str
    """What the patch does, as the subject of a commit message: imperative, under 70 characters."""

    def __post_init__(self) -> None:
        """Refuse a patch that says nothing or contradicts itself."""
        if not self.edits and not self.new_files:
            message = "a patch needs at least one edit or new file"
            raise ValueError(message)
        in_order = tuple(sorted(self.edits, key=lambda edit: edit.span))
        object.__setattr__(self, "edits", in_order)
        for first, second in pairwise(in_order):
            if first.span.overlaps(second.span):
                message = (
                    f"edits overlap in {first.span.path}: bytes {first.span.start_byte}.."
                    f"{first.span.end_byte} and {second.span.start_byte}..{second.span.end_byte}"
                )
                raise EditConflictError(message)

    @property
    def paths(self) -> tuple[TreePath, ...]:
        """Return the files that the patch touches, sorted, each once."""
        touched = {edit.span.path for edit in self.edits} | {new.path for new in self.new_files}
        return tuple(sorted(touched))


def apply(patch: Patch, texts: Mapping[TreePath, bytes]) -> dict[TreePath, bytes]:
    """Return the new content of every file that the patch touches.

    Args:
        patch: What to apply.
        texts: Content of at least the edited files; a new file must not be among them.

    Raises:
        EditConflictError: If a file is missing, a new file is there already, or the text
            that an edit replaces is not what it expects.
    """
    out: dict[TreePath, bytes] = {}
    for path in sorted({edit.span.path for edit in patch.edits}):
        if path not in texts:
            message = f"the patch edits {path}, which the tree does not have"
            raise EditConflictError(message)
        out[path] = _edited(texts[path], [edit for edit in patch.edits if edit.span.path == path])
    for new in patch.new_files:
        if new.path in texts:
            message = f"the patch adds {new.path}, which the tree already has"
            raise EditConflictError(message)
        out[new.path] = new.text.encode()
    return out


def _edited(text: bytes, edits: list[Edit]) -> bytes:
    parts: list[bytes] = []
    position = 0
    for edit in edits:
        start, end = edit.span.start_byte, edit.span.end_byte
        if text[start:end] != edit.before.encode():
            message = (
                f"{edit.span.path} bytes {start}..{end} do not read as the patch expects: "
                "was the file changed since?"
            )
            raise EditConflictError(message)
        parts += [text[position:start], edit.after.encode()]
        position = end
    return b"".join([*parts, text[position:]])


def invert(patch: Patch) -> Patch:
    """Return the patch that takes ``patch`` back.

    Raises:
        ValueError: If the patch adds files: deleting is not a patch.
    """
    if patch.new_files:
        message = "a patch that adds files cannot be inverted"
        raise ValueError(message)
    inverse: list[Edit] = []
    shift, path = 0, None
    for edit in patch.edits:
        if edit.span.path != path:
            shift, path = 0, edit.span.path
        start = edit.span.start_byte + shift
        after_bytes = len(edit.after.encode())
        span = Span(path=edit.span.path, start_byte=start, end_byte=start + after_bytes)
        inverse.append(Edit(span=span, before=edit.after, after=edit.before))
        shift += after_bytes - (edit.span.end_byte - edit.span.start_byte)
    return Patch(
        edits=tuple(inverse),
        origin=patch.origin,
        author=patch.author,
        summary=f"Revert: {patch.summary}",
    )
