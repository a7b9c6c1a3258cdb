"""A target that talks to the model, and a model that does as it is told."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countermine.core.findings import Finding
from countermine.core.models import ModelTask
from countermine.core.spans import TreePath
from countermine.loop.calls.store import SqliteCalls
from countermine.loop.search import Searched, SearchOptions, search
from countermine.models.bounds import Price
from countermine.models.hiding import Hider
from countermine.models.host_places import Machine
from countermine.models.means import RosterMeans
from countermine.models.options import AllCaps, Caps, ModelSettings, ProviderKind, RosterEntry
from countermine.models.roster import Roster
from countermine.ports.progress import Silent
from countermine.target.inventory import InventoryOptions, take_inventory
from countermine.testing.clocks import StillClock
from countermine.testing.models import ScriptedTransport, said
from countermine.weaknesses.facts_index import looked_for

CASES = Path(__file__).parent / "cases"

SINK = 'subprocess.check_output("ping -c 1 " + host, shell=True)'
GOOD = {
    "path": "app.py",
    "search": SINK,
    "replace": 'subprocess.check_output(["ping", "--", host])',
}

APP = """\
import subprocess

from flask import Flask, request

app = Flask(__name__)


{above}
@app.route("/ping")
def ping():
{inside}
    host = request.args["host"]
    return subprocess.check_output("ping -c 1 " + host, shell=True)


@app.route("/look")
def look():
    name = request.args["name"]
    return subprocess.check_output("nslookup " + name, shell=True)
"""
OTHERS = {
    "requirements.txt": "flask\n",
    "conftest.py": "x = 1\n",
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-q"\n',
    "countermine.toml": "\n",
    ".github/workflows/ci.yml": "steps:\n- run: pytest\n",
    "tests/test_app.py": "def test_ping():\n    assert x == b''\n",
}
CAPS = AllCaps(run=Caps(usd=1.0, calls=5), case=Caps(usd=1.0, calls=4))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One attack: what the target says, what the model then says, and what must come of it."""

    id: str
    answer: str
    end: str
    above: str = ""
    inside: str = ""
    name: str = "app.py"
    """Of the file with the flaw."""
    evidence: str = ""
    because: str = ""
    found: bool = False
    """Whether the detector still reports the flaw after all that was done."""
    summary: str | None = None
    hidden: tuple[str, ...] = ()
    """What the model is not shown."""

    @property
    def app(self) -> str:
        """Return the file with the flaw."""
        return APP.format(above=self.above.strip("\n"), inside=self.inside.strip("\n"))


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherCase:
    """The same for a task that is no patch."""

    id: str
    task: ModelTask
    answer: str
    kept: int
    """Findings, opinions, witnesses or libraries that come of it."""
    above: str = ""
    inside: str = ""

    @property
    def app(self) -> str:
        """Return the file with the flaw."""
        return APP.format(above=self.above, inside=self.inside)


def other_cases() -> list[OtherCase]:
    """Return the cases of all tasks but patches."""
    text = (Path(__file__).parent / "other_tasks.toml").read_text(encoding="utf-8")
    made = []
    for read in tomllib.loads(text)["case"]:
        piece, times = read.pop("more", ["", 0])
        answer = read.pop("answer").replace("@more@", piece * times)
        made.append(OtherCase(**{**read, "task": ModelTask(read["task"]), "answer": answer}))
    return made


def cases() -> list[Case]:
    """Return all cases, in the order of their files."""
    return [
        _case(one)
        for path in sorted(CASES.glob("*.toml"))
        for one in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    ]


def _case(read: dict[str, Any]) -> Case:
    piece, times = read.pop("more", ["", 0])
    answer = read.pop("answer").replace("@more@", piece * times)
    name = read.get("name", "app.py")
    good = json.dumps({**GOOD, "path": name})
    return Case(
        **{
            **read,
            "answer": answer.replace("«good»", good),
            "hidden": tuple(read.get("hidden", ())),
        }
    )


def write(root: Path, case: Case) -> None:
    """Write the target of a case."""
    for path, text in {**OTHERS, case.name: case.app}.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


OPTIONS = SearchOptions(
    today="2026-01-31", weaknesses=looked_for(("command-injection", "sql-injection"))
)


def searched(root: Path) -> Searched:
    """Return what the search says of a tree."""
    return search(take_inventory(str(root), InventoryOptions()), OPTIONS, Silent())


def found(root: Path) -> tuple[Finding, ...]:
    """Return what the search finds, set aside or not, as gate 5 does."""
    result = searched(root)
    return (*result.findings, *(one.finding for one in result.suppressed))


def flaw_in(findings: tuple[Finding, ...], function: str) -> Finding:
    """Return the finding in a function."""
    return next(one for one in findings if one.function == function)


def contents(root: Path) -> Mapping[TreePath, bytes]:
    """Return every file of a tree."""
    return {
        TreePath(path.relative_to(root).as_posix()): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Obedient:
    """A roster of one model that answers what the attacker wants."""

    roster: Roster
    transport: ScriptedTransport
    store: SqliteCalls


def obedient(folder: Path, answer: str) -> Obedient:
    """Return a model that gives one answer to every question, with all that stands around it."""
    transport = ScriptedTransport(lambda _: said(answer))
    store = SqliteCalls(folder / "calls.sqlite")
    entry = RosterEntry(
        provider=ProviderKind.OPENAI_COMPATIBLE, model="scripted", url="http://127.0.0.1:9/v1"
    )
    settings = ModelSettings(roster={"only": entry}, caps=CAPS)
    clock = StillClock()
    means = RosterMeans(
        transport=transport,
        store=store,
        clock=clock,
        sleep=lambda _: None,
        price=lambda _: Price(input_usd=0, output_usd=0),
        hide=Hider(machine=Machine(roots=(str(folder / "target"),))).hide,
    )
    return Obedient(roster=Roster(settings, means), transport=transport, store=store)
