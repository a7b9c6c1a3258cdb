"""The way from source to sink on the terminal, with the code of each step."""

from countermine.core.findings import Finding, StepKind, TraceStep
from countermine.core.spans import Span
from countermine.report.sources import Sources
from countermine.report.styled import Line, Piece, fitted
from countermine.report.wording import safe

_STEP_STYLE = {StepKind.SOURCE: "cyan", StepKind.SINK: "red"}


def trace_lines(finding: Finding, sources: Sources, width: int, context: int = 0) -> list[Line]:
    """Return the steps of a finding's trace; the place alone for a pattern that has none."""
    if not finding.trace:
        return code_lines(finding.location, sources, width, context)
    lines: list[Line] = []
    for number, step in enumerate(finding.trace, 1):
        lines += [_step(number, step, sources), *code_lines(step.span, sources, width, context)]
    return lines


def code_lines(span: Span, sources: Sources, width: int, context: int = 2) -> list[Line]:
    """Return the code of a span with its line numbers; what is pointed at stands out."""
    excerpt = sources.excerpt(span, context)
    digits = max((len(str(line.number)) for line in excerpt), default=1)
    lines: list[Line] = []
    for line in excerpt:
        mark = ">" if context and line.marked else " "
        pieces = [
            Piece(f"    {mark} {line.number:>{digits}} | ", "dim"),
            Piece(line.before),
            Piece(line.marked, "bold underline"),
            Piece(line.after),
        ]
        lines.append(fitted(pieces, width))
    return lines


def _step(number: int, step: TraceStep, sources: Sources) -> Line:
    return (
        Piece(f"    {number}. "),
        Piece(step.kind.value, _STEP_STYLE.get(step.kind, "")),
        Piece(f"  {sources.where(step.span)} in {safe(step.function)}: {safe(step.note)}"),
    )
