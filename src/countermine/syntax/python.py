"""Python text to a tree-sitter tree: tolerant, and apart from the Python that runs the program."""

from dataclasses import dataclass

import tree_sitter_python
from tree_sitter import Language, Node, Parser, Tree

from countermine.syntax.long_runs import without_long_runs

PYTHON = Language(tree_sitter_python.language())


@dataclass(slots=True)
class ParsedFile:
    """The tree of one file. ``text`` is what the byte offsets of its nodes count in."""

    text: bytes
    tree: Tree

    @property
    def root(self) -> Node:
        """Return the module node."""
        return self.tree.root_node

    @property
    def has_errors(self) -> bool:
        """Tell whether something was parsed around."""
        return self.tree.root_node.has_error


def parse(text: bytes) -> ParsedFile:
    """Parse a file; errors in it leave error nodes in the tree."""
    return ParsedFile(text, Parser(PYTHON).parse(without_long_runs(text)))


_ESCAPES = {
    "n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v",
    "\\": "\\", "'": "'", '"': '"', "\n": "",
}  # fmt: skip
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}


def unescape(text: str) -> str:
    """Return what the inside of a string literal denotes; unknown escapes stay as they are."""
    if "\\" not in text:
        return text
    out: list[str] = []
    pieces = text.split("\\")
    out.append(pieces[0])
    position = 1
    while position < len(pieces):
        piece = pieces[position]
        position += 1
        if not piece:
            out.append("\\")
            if position < len(pieces):
                out.append(pieces[position])
                position += 1
            continue
        out.append(_escape(piece))
    return "".join(out)


def _escape(piece: str) -> str:
    first = piece[0]
    digits = _HEX_DIGITS.get(first)
    if digits is not None:
        code = piece[1 : 1 + digits]
        if len(code) < digits:
            return "\\" + piece
        try:
            return chr(int(code, 16)) + piece[1 + digits :]
        except (ValueError, OverflowError):
            return "\\" + piece
    known = _ESCAPES.get(first)
    return "\\" + piece if known is None else known + piece[1:]
