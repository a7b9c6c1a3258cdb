"""Programs in pairs that differ in one place: one is flawed, the other is not."""

from collections.abc import Mapping
from dataclasses import dataclass

from countermine.core.levels import SourceLevel
from tests.unit.find.conftest import Find

PLACE = "HOLE"
HEAD = "import os\nfrom flask import Flask, request\napp = Flask(__name__)\n\n"


@dataclass(frozen=True, slots=True)
class Twins:
    """A text, and what stands in the place that differs."""

    text: str | Mapping[str, str]
    flawed: str
    quiet: str

    def files(self, place: str) -> dict[str, str]:
        """Return the program with this in the place that differs."""
        texts = {"app.py": self.text} if isinstance(self.text, str) else self.text
        return {name: text.replace(PLACE, place) for name, text in texts.items()}


def indented(text: str) -> str:
    """Return the lines one level deeper."""
    return "".join(f"    {line}\n" if line else "\n" for line in text.strip("\n").split("\n"))


def view(body: str, top: str = "") -> str:
    """Return a module with one view, in which ``p`` is what the visitor sends."""
    shown = f'@app.route("/x")\ndef x():\n    p = request.args["p"]\n{indented(body)}'
    return f"{HEAD}{top}\n\n{shown}"


def twins(body: str, flawed: str, quiet: str, top: str = "") -> Twins:
    """Return a pair of views."""
    return Twins(view(body, top), flawed, quiet)


def is_found(find: Find, program: Mapping[str, str]) -> bool:
    """Tell whether something that a visitor sends reaches a sink of the program."""
    return any(f.level is SourceLevel.REMOTE for f in find(program).findings)
