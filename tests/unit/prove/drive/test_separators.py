"""What an entry point looks for first stands before an attack; what has no name is not called."""

from dataclasses import replace

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.spans import tree_path
from countermine.core.witnesses import Witness
from countermine.prove.drive.pumping import PumpedMaker
from countermine.prove.drive.separators import is_made_inside, separators
from countermine.testing.findings import finding_at

PATH = tree_path("app.py")
SOURCE = b"""
import re

OPTION = re.compile(b"(?:a+b?)+$")


def options(value):
    if b";" not in value or value.startswith("multipart/"):
        return value
    kind, rest = value.split(b";", 1)
    word, _, other = rest.partition("=")
    return OPTION.match(rest)


class Form:
    def __init__(self, on_end):
        def on_header(value):
            return options(value)

        self.on_header = on_header

    def name(self, value):
        return value
"""


def way(qualname: str, key: str | None = "value") -> EntryPoint:
    return EntryPoint(
        kind=EntryKind.METHOD, path=PATH, qualname=qualname, channel=Channel.PARAMETER, key=key
    )


def test_signs_at_which_a_value_is_cut_are_told_and_words_are_not() -> None:
    assert separators(way("options"), {PATH: SOURCE}) == (";",)
    assert separators(way("Form.name"), {PATH: SOURCE}) == ()
    assert separators(way("options", None), {PATH: SOURCE}) == ()
    assert separators(way("gone"), {PATH: SOURCE}) == ()
    assert separators(None, {PATH: SOURCE}) == ()


@pytest.mark.parametrize(
    ("qualname", "inside"),
    [
        ("options", False),
        ("Form.name", False),
        ("Form.__init__", False),
        ("Form.__init__.on_header", True),
        ("Form.__init__.<locals>.on_header", True),
        ("Form.gone", False),
    ],
)
def test_a_function_inside_a_function_has_no_name_to_call_it_by(
    qualname: str, *, inside: bool
) -> None:
    assert is_made_inside(SOURCE, qualname) is inside
    assert not is_made_inside(b"def (", qualname)


def test_an_expression_is_attacked_behind_the_sign_by_who_can_be_called() -> None:
    finding = finding_at(PATH, SOURCE, b're.compile(b"(?:a+b?)+$")')
    finding = replace(finding, entry=way("Form.__init__.on_header"))
    witness = PumpedMaker().make(finding, {PATH: SOURCE})
    assert isinstance(witness, Witness)
    assert (witness.entry.qualname, witness.entry.key) == ("options", "value")
    assert any(one.inputs[0].text.startswith("cmprobe; aaaa") for one in witness.attacks)
    (use,) = (one for one in witness.controls if one.name.startswith("behind"))
    assert use.inputs[0].text == "cmprobe; cmprobe"
    assert "cmprobe" in use.inputs[0].alternatives
