"""A tree that is edited, and searched with and without what earlier searches kept."""

from dataclasses import replace
from pathlib import Path

from countermine.catalogue.schema import Catalogue
from countermine.find.flows import find_flows
from countermine.find.request import FindRequest, FindResult
from countermine.flow.bounds import Bounds
from countermine.target.inventory import take_inventory
from tests.unit.find.conftest import facts

VIEW = "from flask import Flask, request\nimport os\napp = Flask(__name__)\n\n\n"
FILES = {
    "shop/__init__.py": "",
    "shop/orders.py": VIEW
    + "from shop.shell import run\n\n\n"
    + "@app.route('/o')\ndef orders():\n    run(request.args['d'])\n    os.system('ls')\n",
    "shop/shell.py": "import os\n\n\ndef run(command):\n    os.system('ls ' + command)\n",
    "shop/pages.py": "from flask import Flask, render_template, request\n"
    "app = Flask(__name__)\n\n\n@app.route('/p')\ndef page():\n"
    "    return render_template('page.html', name=request.args['n'])\n",
    "shop/stores.py": "import sqlite3\n\n\nclass Store:\n    def fetch(self, name):\n"
    "        raise NotImplementedError\n\n\nclass Shelf(Store):\n    def fetch(self, name):\n"
    "        sqlite3.connect('x').execute('select ' + name)\n",
    "shop/words.py": "def plain(text):\n    return text.strip()\n",
    "shop/templates/page.html": "<p>{{ name|safe }}</p>\n",
    "shop/templates/other.html": "<p>{{ name }}</p>\n",
    "tests/conftest.py": "import pytest\n",
}


class Kept:
    """A memory that dies with the test."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        return self.values.get(name)

    def put(self, name: str, value: bytes) -> None:
        self.values[name] = value


class Counting:
    """Takes down which units are run: the first file of each."""

    def __init__(self) -> None:
        self.stages: list[str] = []
        self.run: list[str] = []

    def stage(self, name: str, total: int | None = None) -> None:
        del total
        self.stages.append(name)

    def step(self, subject: str, *, advance: int = 1) -> None:
        del advance
        if self.stages[-1] == "following flows":
            self.run.append(subject)


class Tree:
    """Files on the disk, each of which is a unit of its own where it names a sink."""

    def __init__(self, root: Path, catalogue: Catalogue) -> None:
        self.root = root
        self.memory = Kept()
        self._catalogue = catalogue
        self.files: dict[str, str] = {}
        for path, text in FILES.items():
            self.write(path, text)

    def write(self, path: str, text: str | None) -> None:
        """Set a file's text, or remove it."""
        place = self.root / path
        if text is None:
            place.unlink(missing_ok=True)
            self.files.pop(path, None)
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        self.files[path] = text

    def add(self, path: str, text: str) -> None:
        self.write(path, self.files.get(path, "") + text)

    def request(self) -> FindRequest:
        return FindRequest(
            inventory=take_inventory(self.root),
            catalogue=self._catalogue,
            weaknesses=facts(),
            bounds=Bounds(unit_bytes=1),
            memory=self.memory,
        )

    def search(self, request: FindRequest | None = None) -> list[str]:
        """Search warm and cold, see that they agree to the byte, and return the units run."""
        request = request or self.request()
        progress = Counting()
        warm = find_flows(request, progress)
        assert written(warm) == written(find_flows(replace(request, memory=None), Counting()))
        return progress.run


def written(result: FindResult) -> str:
    return "\n".join(map(repr, (*result.findings, *result.coverage.entries, result.coverage)))
