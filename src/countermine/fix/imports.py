"""Where an import goes: merged with what is there, else sorted into the block it belongs to."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from countermine.fix.tree import Tree, dotted

Splice = tuple[int, int, str]
"""Replace a range of UTF-8 offsets by a text."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Wanted:
    """An import that a rewrite needs: ``import module`` or ``from module import name``."""

    module: str
    name: str | None = None
    alias: str | None = None

    @property
    def line(self) -> str:
        """The statement by itself."""
        suffix = f" as {self.alias}" if self.alias else ""
        if self.name is None:
            return f"import {self.module}{suffix}"
        return f"from {self.module} import {self.name}{suffix}"

    @property
    def key(self) -> tuple[int, bool, str]:
        """Where it sorts: the standard library first, then others, ``import`` before ``from``."""
        return _key(self.module, is_from=self.name is not None)


def _key(module: str, *, is_from: bool) -> tuple[int, bool, str]:
    if module == "__future__":
        return (0, is_from, module)
    if module.startswith("."):
        return (3, is_from, module)
    section = 1 if module.partition(".")[0] in sys.stdlib_module_names else 2
    return (section, is_from, module)


def _statement_key(small: cst.Import | cst.ImportFrom) -> tuple[int, bool, str]:
    if isinstance(small, cst.Import):
        return _key(dotted(small.names[0].name) or "", is_from=False)
    module = dotted(small.module) if small.module else ""
    return _key("." * len(small.relative) + (module or ""), is_from=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The beginning of a module: its docstring, its imports, and what follows."""

    tree: Tree
    imports: tuple[tuple[tuple[int, bool, str], cst.SimpleStatementLine], ...]
    """Statements that only import, before the first definition, with their sort keys."""
    docstring: cst.SimpleStatementLine | None

    @property
    def end(self) -> int | None:
        """Offset behind the last import, or the docstring; ``None`` when there is neither."""
        last = self.imports[-1][1] if self.imports else self.docstring
        return None if last is None else self.tree.line_end(self.tree.range(last)[1])

    @property
    def start(self) -> int:
        """Offset of the line at which the first statement begins."""
        body = self.tree.module.body
        if not body:
            return len(self.tree.source.utf8)
        first = body[0]
        if isinstance(first, cst.FunctionDef | cst.ClassDef) and first.decorators:
            return self.tree.line_start(self.tree.range(first.decorators[0])[0])
        return self.tree.line_start(self.tree.range(first)[0])


def head_of(tree: Tree, before_statement: int) -> Head:
    """Read the beginning of a module.

    Args:
        tree: The module.
        before_statement: Index of the statement that must be able to use what is inserted.
    """
    found: list[tuple[tuple[int, bool, str], cst.SimpleStatementLine]] = []
    body = tree.module.body
    for statement in body[:before_statement]:
        if isinstance(statement, cst.FunctionDef | cst.ClassDef):
            break
        if isinstance(statement, cst.SimpleStatementLine):
            smalls = [s for s in statement.body if isinstance(s, cst.Import | cst.ImportFrom)]
            if smalls and len(smalls) == len(statement.body):
                found.append((_statement_key(smalls[0]), statement))
    docstring = None
    if tree.module.get_docstring(clean=False) is not None and before_statement > 0:
        first = body[0]
        docstring = first if isinstance(first, cst.SimpleStatementLine) else None
    return Head(tree=tree, imports=tuple(found), docstring=docstring)


def import_splices(head: Head, wanted: Sequence[Wanted]) -> list[Splice]:
    """Return the text changes that add imports, none of which is there yet."""
    splices: list[Splice] = []
    lines: dict[int, list[Wanted]] = {}
    merged: dict[cst.ImportFrom, list[Wanted]] = {}
    for one in sorted(set(wanted), key=lambda one: (one.key, one.name or "")):
        into = _mergeable(head, one)
        if into is None:
            lines.setdefault(_index(head, one), []).append(one)
        else:
            merged.setdefault(into, []).append(one)
    splices += [_merge(head.tree, into, ones) for into, ones in merged.items()]
    splices += [_insertion(head, index, ones) for index, ones in lines.items()]
    return splices


def _mergeable(head: Head, wanted: Wanted) -> cst.ImportFrom | None:
    if wanted.name is None:
        return None
    for _, statement in head.imports:
        for small in statement.body:
            if (
                isinstance(small, cst.ImportFrom)
                and not small.relative
                and not isinstance(small.names, cst.ImportStar)
                and small.module is not None
                and dotted(small.module) == wanted.module
            ):
                return small
    return None


def _merge(tree: Tree, into: cst.ImportFrom, wanted: list[Wanted]) -> Splice:
    names = [f"{one.name} as {one.alias}" if one.alias else str(one.name) for one in wanted]
    assert not isinstance(into.names, cst.ImportStar)  # noqa: S101 - _mergeable left it out
    last = into.names[-1]
    end = tree.range(last.asname or last.name)[1]
    first_start = tree.range(into.names[0])[0]
    if tree.line_start(first_start) != tree.line_start(tree.range(into)[0]):
        glue = ",\n" + tree.indent_at(first_start)
    else:
        glue = ", "
    return (end, end, "".join(glue + name for name in names))


def _index(head: Head, wanted: Wanted) -> int:
    """Return how many of the imports stand before the wanted one."""
    section = wanted.key[0]
    keys = [key for key, _ in head.imports]
    same = [index for index, key in enumerate(keys) if key[0] == section]
    lower = [index for index, key in enumerate(keys) if key[0] < section]
    before = [index for index in same if keys[index] <= wanted.key]
    if before:
        return before[-1] + 1
    if same:
        return same[0]
    return lower[-1] + 1 if lower else 0


def _insertion(head: Head, index: int, wanted: list[Wanted]) -> Splice:
    tree, text = head.tree, "".join(one.line + "\n" for one in wanted)
    section = wanted[0].key[0]
    keys = [key for key, _ in head.imports]
    future = bool(keys) and keys[0][0] == 0
    if index == 0 and keys and not future:
        at = tree.line_start(tree.range(head.imports[0][1])[0])
        return (at, at, text if keys[0][0] == section else text + "\n")
    if index == 0 and head.docstring is None and not keys:
        rest = tree.module.body[0] if tree.module.body else None
        gap = "\n\n" if isinstance(rest, cst.FunctionDef | cst.ClassDef) else "\n"
        return (head.start, head.start, text + gap)
    above = head.imports[max(index - 1, 0)][1] if keys else head.docstring
    assert above is not None  # noqa: S101 - one of the two is there, see the cases before
    at = tree.line_end(tree.range(above)[1])
    if not keys or keys[max(index - 1, 0)][0] != section:
        text = "\n" + text
        if not _blank_line_at(tree, at):
            text += "\n"
    return (at, at, _on_own_line(tree, at, text))


def _blank_line_at(tree: Tree, offset: int) -> bool:
    rest = tree.source.utf8[offset : tree.line_end(offset)]
    return not rest.strip()


def _on_own_line(tree: Tree, at: int, text: str) -> str:
    """Begin on a new line where the file ends without one."""
    before = tree.source.utf8[:at]
    if before and before[-1:] not in {b"\n", b"\r"}:
        return "\n" + text.removesuffix("\n")
    return text


def helper_splice(head: Head, helper: str) -> Splice:
    """Return the text change that adds a function behind the imports, two blank lines around."""
    tree, at = head.tree, head.end
    if at is None:
        return (head.start, head.start, helper.strip("\n") + "\n\n\n")
    blank, probe = 0, at
    while probe < len(tree.source.utf8) and _blank_line_at(tree, probe):
        blank, probe = blank + 1, tree.line_end(probe)
    behind = "" if probe >= len(tree.source.utf8) else "\n" * max(0, 2 - blank)
    text = "\n\n" + helper.strip("\n") + "\n" + behind
    return (at, at, _on_own_line(tree, at, text))
