"""Where a driver that was handed in enters a target, and how it hands the value over.

A driver makes whatever a function is called with, a request as well as a database, so that the
value is an argument for it whatever channel it came by. See docs/decisions/0040.
"""

import ast
from collections.abc import Mapping
from dataclasses import replace

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.findings import Finding, StepKind
from countermine.core.spans import TreePath
from countermine.core.witnesses import Encoding, Stimulus, Witness
from countermine.prove.drive.separators import is_made_inside
from countermine.prove.harness.driver_text import DriverTextError, called_name, read

_PLAIN = frozenset({Channel.PARAMETER, Channel.FILE_CONTENT})
_REQUESTED = frozenset(
    {
        Channel.PATH,
        Channel.QUERY,
        Channel.FORM,
        Channel.JSON,
        Channel.BODY,
        Channel.HEADER,
        Channel.COOKIE,
    }
)
"""What a request carries as it is; what a framework makes of the name of an upload is its own."""
_LINES = frozenset({Channel.HEADER, Channel.COOKIE})
_CALLED = frozenset({EntryKind.FUNCTION, EntryKind.METHOD, EntryKind.DJANGO_VIEW})
"""What is called with all that it works on: a view of Flask has its request from elsewhere."""


def takes_driver(entry: EntryPoint) -> bool:
    """Tell whether a driver can hand the value of an entry point over."""
    return entry.channel in _PLAIN or (entry.kind in _CALLED and entry.channel in _REQUESTED)


def entered_by(
    driver: str, witness: Witness, finding: Finding, texts: Mapping[TreePath, bytes]
) -> Witness | None:
    """Return a witness with the entry point that a driver enters, and the value as its argument.

    ``None`` where no attack of the plan would get so far: a driver would hand over what no server
    lets through.

    Where the function that reads the value gives it back to the one with the sink, the latter may
    be entered: calling the former alone never gets there. What is made when another function is
    called has no name: that one is entered, or what it gives back. Whether the driver's last line
    calls what is returned here is seen when it does.

    Args:
        driver: The driver.
        witness: By the weakness's own plan.
        finding: What it is about.
        texts: Files of the finding.
    """
    entry = _given_back(driver, witness.entry, finding)
    if not _calls_what_is_given(driver, entry):
        entry = _named(entry, texts)
    if entry == witness.entry and entry.channel in _PLAIN:
        return witness
    if entry.channel is not Channel.FILE_CONTENT:
        entry = replace(entry, channel=Channel.PARAMETER)
    if entry.kind is EntryKind.DJANGO_VIEW:
        entry = replace(entry, kind=_kind(entry.qualname))
    attacks = tuple(one for one in witness.attacks if _arrives(one))
    if not attacks:
        return None
    return replace(
        witness,
        entry=entry,
        attacks=tuple(_handed_over(one, entry.channel) for one in attacks),
        controls=tuple(_handed_over(one, entry.channel) for one in witness.controls),
    )


def _given_back(driver: str, entry: EntryPoint, finding: Finding) -> EntryPoint:
    """Return the function with the sink, if the value comes back to it and the driver calls it."""
    path, function = finding.location.path, finding.function
    elsewhere = (path, function) != (entry.path, entry.qualname)
    called = any(step.kind is StepKind.CALL for step in finding.trace)
    if not elsewhere or called or function == "<module>" or not finding.trace:
        return entry
    try:
        name = called_name(read(driver))
    except DriverTextError:
        return entry
    last = {part.rpartition(".")[2] for part in (function, entry.qualname)}
    if name != function.rpartition(".")[2] or len(last) == 1:
        return entry
    return replace(
        entry,
        kind=_kind(function),
        path=path,
        qualname=function,
        channel=Channel.PARAMETER,
        key=None,
    )


def _calls_what_is_given(driver: str, entry: EntryPoint) -> bool:
    """Tell whether the value goes into what another call gave back, or keeps as an attribute."""
    try:
        callee = read(driver).entry.func
    except DriverTextError:
        return False
    kept = isinstance(callee, ast.Attribute) and callee.attr == entry.qualname.rpartition(".")[2]
    return kept or isinstance(callee, ast.Call)


def _named(entry: EntryPoint, texts: Mapping[TreePath, bytes]) -> EntryPoint:
    """Return the function around one that is made inside it; ``entry`` itself for all others."""
    qualname = entry.qualname.replace("<locals>.", "")
    while is_made_inside(texts.get(entry.path, b""), qualname):
        qualname = qualname.rpartition(".")[0]
    if qualname == entry.qualname:
        return entry
    return replace(entry, qualname=qualname, kind=_kind(qualname), key=None)


def _kind(qualname: str) -> EntryKind:
    return EntryKind.METHOD if "." in qualname else EntryKind.FUNCTION


def lets_through(channel: Channel, text: str) -> bool:
    """Tell whether a server lets a text through: none does with a line break in a header."""
    return channel not in _LINES or not set(text) & {"\r", "\n", "\0"}


def _arrives(one: Stimulus) -> bool:
    return all(
        value.encoding is not Encoding.PLAIN or lets_through(value.channel, value.text)
        for value in one.inputs
    )


def _handed_over(one: Stimulus, channel: Channel) -> Stimulus:
    if channel is Channel.FILE_CONTENT:
        return one
    # What a helper read of a file, or of a program, is a text where it comes back.
    inputs = (replace(value, channel=channel, file_name=None, samples=()) for value in one.inputs)
    return replace(one, inputs=tuple(inputs))
