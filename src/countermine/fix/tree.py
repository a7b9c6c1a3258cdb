"""The LibCST tree of a file: from spans to nodes, and back to the text of the source."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias, TypeVar

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, CodeSpan, MetadataWrapper

from countermine.core.knowledge import NoRemedy
from countermine.core.spans import Span, TreePath
from countermine.fix.source import SourceText, read_source

Range: TypeAlias = tuple[int, int]
"""Half-open, in UTF-8 offsets of the source text."""

Node = TypeVar("Node", bound=cst.CSTNode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A parsed file. Ranges leave out the parentheses around an expression."""

    source: SourceText
    module: cst.Module
    spans: Mapping[cst.CSTNode, CodeSpan]

    def range(self, node: cst.CSTNode) -> Range:
        """Return where a node stands, without parentheses around it."""
        span = self.spans[node]
        return span.start, span.start + span.length

    def outer_range(self, node: cst.CSTNode) -> Range:
        """Return where a node stands, with the parentheses around it."""
        start, end = self.range(node)
        if isinstance(node, cst.BaseExpression):
            for paren in (*node.lpar, *node.rpar):
                start = min(start, self.range(paren)[0])
                end = max(end, self.range(paren)[1])
        return start, end

    def slice(self, start: int, end: int) -> str:
        """Return the source text of a range."""
        return self.source.utf8[start:end].decode()

    def code(self, node: cst.CSTNode) -> str:
        """Return the source text of a node, with the parentheses around it."""
        return self.slice(*self.outer_range(node))

    def chain(self, wanted: Range) -> tuple[cst.CSTNode, ...]:
        """Return the nodes that cover a range, from the module to the innermost."""
        found: list[cst.CSTNode] = [self.module]
        while True:
            inner = next(
                (child for child in found[-1].children if self._covers(child, wanted)), None
            )
            if inner is None:
                return tuple(found)
            found.append(inner)

    def _covers(self, node: cst.CSTNode, wanted: Range) -> bool:
        if node not in self.spans:
            return False
        start, end = self.outer_range(node)
        if isinstance(node, cst.FunctionDef | cst.ClassDef) and node.decorators:
            start = min(start, self.range(node.decorators[0])[0])
        return start <= wanted[0] and wanted[1] <= end and start < end

    def line_start(self, offset: int) -> int:
        """Return the offset at which the line of ``offset`` begins."""
        before = self.source.utf8[:offset]
        return max(before.rfind(b"\n"), before.rfind(b"\r")) + 1

    def line_end(self, offset: int) -> int:
        """Return the offset just behind the line of ``offset`` and its line ending."""
        text = self.source.utf8
        while offset < len(text) and text[offset] not in b"\r\n":
            offset += 1
        return offset + (2 if text[offset : offset + 2] == b"\r\n" else 1 if text[offset:] else 0)

    def indent_at(self, offset: int) -> str:
        """Return the blanks with which the line of ``offset`` begins."""
        line = self.slice(self.line_start(offset), offset)
        return line[: len(line) - len(line.lstrip(" \t\f"))]


@lru_cache(maxsize=4)
def parse(path: TreePath, raw: bytes) -> Tree | NoRemedy:
    """Parse a file, or say why it cannot be rewritten.

    Several remedies look at the same file one after the other, and trees never change.
    """
    source = read_source(path, raw)
    if isinstance(source, NoRemedy):
        return source
    try:
        module = cst.parse_module(source.text)
    except (cst.ParserSyntaxError, cst.CSTValidationError) as error:
        line = getattr(error, "raw_line", "?")
        return NoRemedy(reason=f"{path} cannot be parsed for rewriting (line {line})")
    if module.code != source.text:
        return NoRemedy(reason=f"{path} does not survive parsing byte for byte")
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    return Tree(source=source, module=module, spans=wrapper.resolve(ByteSpanPositionProvider))


def source_range(source: SourceText, span: Span) -> Range:
    """Return the range of a finding's span."""
    return source.from_raw(span.start_byte), source.from_raw(span.end_byte)


def descend(node: cst.CSTNode, *, into_functions: bool = True) -> Iterator[cst.CSTNode]:
    """Yield a node and all below it in the order of the source."""
    yield node
    for child in node.children:
        if not into_functions and isinstance(child, cst.FunctionDef | cst.ClassDef | cst.Lambda):
            yield child
        else:
            yield from descend(child, into_functions=into_functions)


def innermost(chain: tuple[cst.CSTNode, ...], kind: type[Node]) -> Node | None:
    """Return the last node of that kind in a chain."""
    return next((node for node in reversed(chain) if isinstance(node, kind)), None)


def dotted(node: cst.CSTNode) -> str | None:
    """Return ``a.b.c`` for a name or a chain of attributes of a name."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return None
    return ".".join([node.value, *reversed(parts)])
