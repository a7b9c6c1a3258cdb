"""How a test shows that a document pulls in another file."""

from collections.abc import Iterator
from dataclasses import replace

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.drive.xml_documents import GROWING
from countermine.prove.regression.probes import OUTSIDE, OUTSIDE_FILE, literal, unopened
from countermine.prove.regression.xml_growth import growth_probe, shapes_of

_HEAD = '<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY other SYSTEM "OUTSIDE">]>'
_PARSERS = ("parse", "fromstring", "XML")


def _payloads(witness: Witness) -> tuple[str, ...]:
    """Return documents of the shape that the legitimate use has, with an entity for its texts."""
    return tuple(
        literal(_HEAD.replace("{root}", root) + filled) for root, filled in shapes_of(witness)
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
    return (growth_probe(witness), *external)


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
