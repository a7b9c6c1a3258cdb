"""How a decompression bomb shows itself: a few bytes become many, which are held all at once."""

import json
import re
from collections.abc import Mapping

from countermine.core.findings import Finding
from countermine.core.knowledge import WitnessMaker
from countermine.core.spans import TreePath
from countermine.core.witnesses import Observation, Packing, Unclear, Witness
from countermine.prove.drive.encodings import encoding_of
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan, trace_texts
from countermine.prove.drive.payloads import PROBE, Payload
from countermine.prove.drive.silence import place

_MIB = 1 << 20
BLANKS = 128
"""MiB of blanks in an attack, packed into a thousandth of it: more than anybody sends by hand."""
_COME_OUT = BLANKS * 15 // 16 * _MIB
_HELD = BLANKS * 3 // 4 * _MIB
"""Bytes that came out when it was last told, and the memory that is held for them: nearly all, but
for what comes after, and what was there before."""
_GZIP_BITS = re.compile(
    rb"\b(?:31|47)\b|16\s*\+\s*(?:zlib\.)?MAX_WBITS|MAX_WBITS\s*[|+]\s*(?:16|32)"
)
_DOCUMENT = json.dumps({PROBE: PROBE})


def _packing(finding: Finding, near: list[bytes]) -> Packing:
    module = finding.sink.partition(".")[0]
    known = {"gzip": Packing.GZIP, "bz2": Packing.BZ2, "lzma": Packing.XZ}
    if module in known:
        return known[module]
    gzipped = any(_GZIP_BITS.search(part) for part in near)
    return Packing.GZIP if gzipped else Packing.ZLIB


def _plan(finding: Finding, texts: Mapping[TreePath, bytes]) -> Plan:
    near = trace_texts(finding, texts)
    packing, encoding = _packing(finding, near), encoding_of(near)

    def payload(name: str, text: str, blanks: int, *others: str) -> Payload:
        return Payload(
            name=name,
            text=text,
            encoding=encoding,
            packing=packing,
            blanks=blanks,
            alternatives=others,
        )

    return Plan(
        attacks=(
            payload("blanks", PROBE, BLANKS),
            payload("blanks-behind-a-document", _DOCUMENT, BLANKS),
        ),
        controls=(payload("a-word", PROBE, 0, _DOCUMENT),),
    )


def _shown(_witness: Witness, seen: Observation, benign: Observation) -> str | Unclear | None:
    for event in seen.events:
        if event.name != "unpacked":
            continue
        size, held = (int(event.get(name) or 0) for name in ("bytes", "held"))
        if size >= _COME_OUT and held >= _HELD:
            much = f"{size // _MIB} MiB came out of it, and {held // _MIB} MiB are held"
            return f"{much} {place(event)}"
    if not any(event.name == "unpacked" for event in benign.events):
        return Unclear(reason="the legitimate use unpacked nothing")
    return None


WITNESS: WitnessMaker = PlannedMaker(plan=_plan, shown=_shown)
"""Packs very many blanks into a few bytes, and looks how much memory they take."""
