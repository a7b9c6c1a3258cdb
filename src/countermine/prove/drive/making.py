"""How witnesses are put together: one payload, one stimulus; attacks beside controls."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.findings import Finding
from countermine.core.spans import TreePath
from countermine.core.witnesses import (
    Input,
    NoWitness,
    Stimulus,
    Witness,
    WitnessKind,
)
from countermine.prove.drive.documents import Format, format_of, in_document
from countermine.prove.drive.entries import FILE_NAMES, entry_of
from countermine.prove.drive.fields_beside import fields_beside, words_of
from countermine.prove.drive.methods import methods_of
from countermine.prove.drive.payloads import Payload

_FUNCTION = re.compile(rb"^[ \t]*(?:async )?def ", re.MULTILINE)
_READS = re.compile(rb"\bopen\(|\.read_text\(|\.read_bytes\(|\.open\(")


def stimulus(entry: EntryPoint, payload: Payload) -> Stimulus:
    """Return the stimulus that brings a payload in through an entry point."""
    value = Input(
        channel=payload.channel or entry.channel,
        key=entry.key,
        text=payload.text,
        encoding=payload.encoding,
        packing=payload.packing,
        blanks=payload.blanks,
        file_name=payload.file_name,
        samples=payload.samples,
        alternatives=payload.alternatives,
    )
    return Stimulus(name=payload.name, inputs=(value,), files=payload.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a weakness feeds an entry point with."""

    attacks: Sequence[Payload]
    """The one most likely to fit first."""
    controls: Sequence[Payload]
    kind: WitnessKind = WitnessKind.EFFECT
    as_file: bool = False
    """Whether a parameter is given the path of a file with the payload in it, where it looks
    like one that takes a path."""
    any_document: bool = False
    """Whether any document of the target's own makes a better control than one made up: not
    where the control's value must be recognised in what the observer saw."""


def witness(finding: Finding, texts: Mapping[TreePath, bytes], plan: Plan) -> Witness | NoWitness:
    """Return the witness of a plan, or why there is none.

    Args:
        finding: What it is to show.
        texts: Files of the target, to see how the entry point is called.
        plan: Payloads in plain form; those with a channel of their own keep it.
    """
    entry = entry_of(finding, texts)
    if isinstance(entry, NoWitness):
        return entry
    if plan.kind is WitnessKind.STRUCTURAL and entry.key is None:
        bare = _built(finding, entry, plan.kind, _bare(plan.attacks), _bare(plan.controls))
        return replace(bare, beside=fields_beside(entry, texts, required=True))
    file = plan.as_file and takes_file(finding, entry, texts)
    attacks, controls = list(plan.attacks), list(plan.controls)
    kind = None if plan.as_file else _document(finding, entry, texts)
    if kind is not None:
        attacks = [in_document(one, kind, samples=False) for one in attacks]
        controls = [in_document(one, kind, samples=plan.any_document) for one in controls]
    if file:
        attacks = [_in_file(one) for one in attacks] + attacks
        controls = [_in_file(one) for one in controls]
    elif plan.as_file and entry.channel is Channel.PARAMETER:
        attacks += [_in_file(one) for one in attacks]
    made = _built(
        finding,
        entry,
        plan.kind,
        [stimulus(entry, one) for one in attacks],
        [stimulus(entry, one) for one in controls],
    )
    return replace(
        made,
        methods=methods_of(finding, entry, texts),
        beside=fields_beside(entry, texts),
        words=words_of(texts.get(finding.location.path, b"")),
    )


def _bare(payloads: Sequence[Payload]) -> list[Stimulus]:
    """Return stimuli that only call the entry point: nothing enters where nothing flows."""
    return [Stimulus(name=payloads[0].name, inputs=())]


def _built(
    finding: Finding,
    entry: EntryPoint,
    kind: WitnessKind,
    attacks: Sequence[Stimulus],
    controls: Sequence[Stimulus],
) -> Witness:
    return Witness(
        weakness=finding.weakness,
        fingerprint=finding.fingerprint,
        kind=kind,
        entry=entry,
        sink=finding.sink,
        sink_path=finding.location.path,
        sink_function=finding.function,
        attacks=tuple(attacks),
        controls=tuple(controls),
    )


def _document(
    finding: Finding, entry: EntryPoint, texts: Mapping[TreePath, bytes]
) -> Format | None:
    """Return the format that a value comes in, where it comes in a document."""
    return format_of(finding, texts) if entry.channel is Channel.FILE_CONTENT else None


def _in_file(payload: Payload) -> Payload:
    if payload.channel is not None:
        return payload
    return replace(payload, name=f"{payload.name}-in-file", channel=Channel.FILE_CONTENT)


def takes_file(finding: Finding, entry: EntryPoint, texts: Mapping[TreePath, bytes]) -> bool:
    """Tell whether what enters is more likely the path of a file than its content."""
    if entry.kind not in {EntryKind.FUNCTION, EntryKind.METHOD, EntryKind.SCRIPT}:
        return False
    if entry.channel is Channel.FILE_CONTENT:
        return True
    if entry.channel not in {Channel.PARAMETER, Channel.ARGV}:
        return False
    if entry.key is not None and FILE_NAMES.search(entry.key.lstrip("-")):
        return True
    return any(_READS.search(part) for part in trace_texts(finding, texts))


def trace_texts(finding: Finding, texts: Mapping[TreePath, bytes]) -> list[bytes]:
    """Return the stretch of each file that the finding's trace runs through.

    Each begins with the function that its first step stands in.
    """
    spans = [finding.location, *(step.span for step in finding.trace)]
    parts: list[bytes] = []
    for path in sorted({span.path for span in spans}):
        here = [span for span in spans if span.path == path]
        start = min(span.start_byte for span in here)
        end = max(span.end_byte for span in here)
        text = texts.get(path, b"")
        begins = [found.start() for found in _FUNCTION.finditer(text, 0, start)]
        parts.append(text[max(begins, default=start) : end])
    return parts
