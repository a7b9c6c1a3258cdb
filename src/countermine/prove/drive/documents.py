"""Documents that carry a value, where the content of a file is more than the value."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from countermine.core.entrypoints import Channel
from countermine.core.findings import Finding
from countermine.core.spans import TreePath
from countermine.prove.drive.payloads import PROBE, Payload


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format of documents."""

    name: str
    words: tuple[bytes, ...]
    """What the call that reads such a document is written with."""
    endings: tuple[str, ...]

    def wrap(self, text: str) -> str:
        """Return a document with the text as its one value."""
        match self.name:
            case "ini":
                return f"[main]\n{PROBE} = {text}\n"
            case "csv":
                return f'{PROBE}\n"{text.replace(chr(34), chr(34) * 2)}"\n'
            case "xml":
                return f"<root><item>{escape(text)}</item></root>\n"
            case "toml":
                return f"{PROBE} = {json.dumps(text)}\n"
            case _:
                # JSON is YAML, too.
                return json.dumps({PROBE: text}) + "\n"


FORMATS = (
    Format(name="yaml", words=(b"yaml",), endings=(".yaml", ".yml", ".json")),
    Format(name="json", words=(b"json",), endings=(".json",)),
    Format(name="toml", words=(b"toml",), endings=(".toml",)),
    Format(name="ini", words=(b"config", b"Config"), endings=(".ini", ".cfg", ".conf")),
    Format(name="csv", words=(b"csv",), endings=(".csv",)),
    Format(name="xml", words=(b"etree", b"minidom", b"xml"), endings=(".xml",)),
)


def format_of(finding: Finding, texts: Mapping[TreePath, bytes]) -> Format | None:
    """Return the format in which the source of a finding reads, ``None`` for plain text."""
    if not finding.trace:
        return None
    span = finding.trace[0].span
    call = texts.get(span.path, b"")[span.start_byte : span.end_byte]
    return next((one for one in FORMATS if any(word in call for word in one.words)), None)


def in_document(payload: Payload, kind: Format, *, samples: bool) -> Payload:
    """Return a payload as the value in a document, or as a control that may be any document."""
    if payload.channel not in {None, Channel.FILE_CONTENT}:
        return payload
    return replace(
        payload,
        name=f"{payload.name}-in-{kind.name}",
        text=kind.wrap(payload.text),
        alternatives=tuple(kind.wrap(text) for text in payload.alternatives),
        file_name=f"input{kind.endings[0]}",
        samples=kind.endings if samples else (),
    )
