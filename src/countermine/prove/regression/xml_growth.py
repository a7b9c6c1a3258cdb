"""How a test shows that entities of a document do not grow."""

from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.drive.xml_documents import GROWING
from countermine.prove.regression.probes import literal

_FALLBACK = "data"
_BEGUN = '<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY a "'
_WORDS = 500
_TIMES = 1000
"""Some three megabytes of text in all: below what expat refuses by itself."""
_MOST_BYTES = 2_000_000
_MEASURED = '''@contextmanager
def memory_in(peak):
    """Keep how many bytes were in use at once."""
    tracemalloc.start()
    try:
        yield
    finally:
        peak.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()'''


def growth_probe(witness: Witness) -> RegressionProbe:
    """Return the probe: a short document does not become a long text, whoever is handed it."""
    payloads = tuple(
        " + ".join(
            (
                literal(_BEGUN.replace("{root}", root)),
                f'"sample " * {_WORDS}',
                literal('"><!ENTITY other "'),
                f'"&a;" * {_TIMES}',
                literal(f'">]>{filled}'),
            )
        )
        for root, filled in shapes_of(witness)
    )
    return RegressionProbe(
        name="makes_no_long_text_of_a_short_document",
        summary="Entities of a document do not make megabytes of a few kilobytes.",
        payloads=payloads,
        setup=("peak = []",),
        around=("memory_in(peak)",),
        never=f"peak[0] > {_MOST_BYTES:_}",
        message="the entities of the document were put in",
        helpers=_MEASURED,
        imports=("import tracemalloc", "from contextlib import contextmanager"),
        made_for=GROWING,
    )


def shapes_of(witness: Witness) -> list[tuple[str, str]]:
    """Return the name of the outermost element, and the element with the entity in it."""
    shapes = []
    for value in witness.controls[0].inputs:
        body = value.text[value.text.rfind("?>") + 2 :] if "?>" in value.text else value.text
        root = body.strip().removeprefix("<").split(">")[0].split()[0:1]
        if body.strip().startswith("<") and root:
            filled = _filled(body.strip())
            shapes.append((root[0].strip("/"), filled))
    plain = (_FALLBACK, f"<{_FALLBACK}>&other;</{_FALLBACK}>")
    return list(dict.fromkeys([*shapes, plain]))


def _filled(body: str) -> str:
    """Put the entity where a text stands between tags."""
    parts = body.split(">")
    return ">".join(
        f"&other;<{part.split('<', 1)[1]}"
        if "<" in part and part.split("<", 1)[0].strip()
        else part
        for part in parts
    )
