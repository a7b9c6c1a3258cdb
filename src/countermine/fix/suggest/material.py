"""What a model is shown of a finding: the least that a fix needs, cut to fit.

Whole functions that the trace goes through, with the imports of their file and the lines of the
trace named; a small file as it is.
"""

from collections.abc import Iterable, Mapping

from countermine.core.findings import Finding
from countermine.core.spans import Span, TreePath
from countermine.ports.model import Material
from countermine.syntax.python import parse

MOST_BYTES = 24_000
"""Of code in one question: some 7,000 tokens."""
SMALL_FILE = 6_000
"""Bytes up to which a file is shown whole."""
AROUND_LINES = 12
"""Shown before and after a place that is in no function, or in one that is too long."""

_FUNCTIONS = frozenset({"function_definition", "class_definition"})
_IMPORTS = frozenset({"import_statement", "import_from_statement", "future_import_statement"})


def code_of(finding: Finding, texts: Mapping[TreePath, bytes]) -> tuple[Material, ...]:
    """Return the code that a fix of a finding may have to touch, the sink's file first.

    Args:
        finding: What is to be fixed.
        texts: Content of at least every file of its trace.
    """
    spans = (finding.location, *(step.span for step in reversed(finding.trace)))
    paths = tuple(dict.fromkeys(span.path for span in spans if span.path in texts))
    room = MOST_BYTES
    shown: list[Material] = []
    for path in paths:
        mine = [span for span in spans if span.path == path]
        excerpt = _excerpt(texts[path], mine, room)
        if excerpt is None:
            continue
        room -= len(excerpt.encode())
        whole = len(texts[path]) <= SMALL_FILE
        title = "file" if whole else "parts of a file, each between lines of dots"
        shown.append(Material(title=title, text=excerpt, path=path))
    return tuple(shown)


def trace_of(finding: Finding, texts: Mapping[TreePath, bytes]) -> Material:
    """Return the steps of a finding's trace, each with its line."""
    lines = [
        f"{step.kind} {step.span.path}: {_line(texts.get(step.span.path, b''), step.span)}"
        for step in finding.trace
    ]
    lines.append(f"sink {finding.sink} in {finding.function or 'the module'}")
    return Material(title="trace from source to sink", text="\n".join(lines))


def _excerpt(text: bytes, spans: Iterable[Span], room: int) -> str | None:
    if len(text) <= min(SMALL_FILE, room):
        return text.decode("utf-8", "replace")
    ranges: list[tuple[int, int]] = []
    root = parse(text).root
    imports = [node for node in root.named_children if node.type in _IMPORTS]
    if imports:
        ranges.append((imports[0].start_byte, imports[-1].end_byte))
    for span in spans:
        candidate = [*ranges, _around(text, span, room // 2)]
        if sum(end - start for start, end in _merged(candidate)) > room:
            break
        ranges = candidate
    if not ranges:
        return None
    parts = (text[start:end].decode("utf-8", "replace") for start, end in _merged(ranges))
    return "\n...\n".join(parts)


def _around(text: bytes, span: Span, most: int) -> tuple[int, int]:
    """Return the innermost function around a place, or lines where there is none that fits."""
    node = parse(text).root.descendant_for_byte_range(span.start_byte, span.end_byte)
    while node is not None:
        fits = node.end_byte - node.start_byte <= most
        if node.type in _FUNCTIONS and fits:
            outer = node.parent
            decorated = outer is not None and outer.type == "decorated_definition"
            start = outer.start_byte if decorated and outer is not None else node.start_byte
            return _line_start(text, start), node.end_byte
        node = node.parent
    start, end = span.start_byte, span.end_byte
    for _ in range(AROUND_LINES):
        start = text.rfind(b"\n", 0, max(start - 1, 0)) + 1
        after = text.find(b"\n", end + 1)
        end = len(text) if after < 0 else after
    return max(start, 0), end


def _line_start(text: bytes, at: int) -> int:
    return text.rfind(b"\n", 0, at) + 1


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _line(text: bytes, span: Span) -> str:
    start = _line_start(text, span.start_byte)
    end = text.find(b"\n", span.start_byte)
    return text[start : end if end >= 0 else len(text)].decode("utf-8", "replace").strip()
