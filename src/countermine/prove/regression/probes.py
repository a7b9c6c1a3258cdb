"""Probes that several weaknesses share: a file that must not appear, one that must not be read."""

from countermine.core.regressions import RegressionProbe


def literal(text: str) -> str:
    """Return Python source of a text, in double quotes where that needs no more escapes."""
    source = repr(text)
    if source.startswith("'") and '"' not in text:
        return f'"{source[1:-1]}"'
    return source


MARKER = "MARKER"
"""Stands in payloads for the path of a file that only an attack makes."""

OUTSIDE = "out of bounds"
"""Content of the file that the target must not reach."""


def marker_probe(
    *, name: str, summary: str, payloads: tuple[str, ...], message: str
) -> RegressionProbe:
    """Return a probe whose payloads make a file, where ``MARKER`` stands for its path."""
    return RegressionProbe(
        name=name,
        summary=summary,
        payloads=tuple(literal(payload) for payload in payloads),
        setup=('marker = folder / "marker"',),
        value=f'payload.replace("{MARKER}", str(marker))',
        never="marker.exists()",
        message=message,
    )


OUTSIDE_FILE = ('secret = folder / "secret.txt"', f'secret.write_text("{OUTSIDE}")')
"""Statements that make the file out of bounds."""
