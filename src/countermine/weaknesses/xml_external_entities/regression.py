"""How a test shows that a document pulls in another file."""

from collections.abc import Iterator
from dataclasses import replace

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import OUTSIDE, OUTSIDE_FILE, literal, unopened
from countermine.weaknesses.xml_external_entities.witness import GROWING

_HEAD = '<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY other SYSTEM "OUTSIDE">]>'
_FALLBACK = "data"
_PARSERS = ("parse", "fromstring", "XML")


def _payloads(witness: Witness) -> tuple[str, ...]:
    """Return documents of the shape that the legitimate use has, with an entity for its texts."""
    return tuple(
        literal(_HEAD.replace("{root}", root) + filled) for root, filled in _shapes(witness)
    )


def _shapes(witness: Witness) -> list[tuple[str, str]]:
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


def regressions(finding: Finding, witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probes: another file is neither in the answer nor opened."""
    probe = RegressionProbe(
        name="reads_no_other_file_for_a_document",
        summary="An entity that names another file is not filled with that file's text.",
        payloads=_payloads(witness),
        setup=OUTSIDE_FILE,
        value='payload.replace("OUTSIDE", secret.as_uri())',
        never=f'"{OUTSIDE}" in seen',
        message="the document pulled in another file",
    )
    seen_otherwise = tuple(_kept(probe, finding.sink)) or (unopened(probe),)
    external = (probe, *seen_otherwise, replace(probe, by_file=True))
    if not any(one.name.startswith(GROWING) for one in witness.attacks):
        return external
    return (_grown(witness), *external)


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


def _grown(witness: Witness) -> RegressionProbe:
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
        for root, filled in _shapes(witness)
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


_KEEPING = '''def keeping(parse, trees):
    """Return what parses as ``parse`` does, and keeps what it makes."""

    def parsed(*args, **kwargs):
        trees.append(parse(*args, **kwargs))
        return trees[-1]

    return parsed'''


def _kept(probe: RegressionProbe, sink: str) -> Iterator[RegressionProbe]:
    """Yield the probe that looks at what the parser made, which the answer may not hold.

    lxml opens files by itself, so that no test sees it do so.
    """
    module, _, name = sink.rpartition(".")
    if module != "lxml.etree" or name not in _PARSERS:
        return
    for owner in ("MODULE", module):
        called = f'mock.patch("{owner}.{name}", side_effect=keeping({sink}, trees))'
        yield replace(
            probe,
            setup=(*probe.setup, "trees = []"),
            around=(called,),
            never=f"""any("{OUTSIDE}" in str(tree.xpath("string()")) for tree in trees)""",
            helpers=_KEEPING,
            imports=("import lxml.etree", "from unittest import mock"),
        )
