"""A target with templates, written on the spot, and a search of it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from countermine.catalogue.loader import load
from countermine.core.findings import Finding
from countermine.find.flows import find_flows
from countermine.find.request import FindRequest, FindResult
from countermine.ports.progress import Silent
from countermine.target.inventory import take_inventory
from countermine.weaknesses.facts_index import facts_of

Render = Callable[[Mapping[str, str]], FindResult]
Shown = Callable[[str], list[str]]

FLASK = """from flask import Flask, render_template, request
app = Flask(__name__)


@app.route("/")
def index():
    q = request.args["q"]
    return render_template({name!r}, q=q, d={{"k": q, "n": len(q)}}, many=[q], fixed="x")
"""
DJANGO = """from django.shortcuts import render


def index(request):
    q = request.GET["q"]
    return render(request, {name!r}, {{"q": q, "d": {{"k": q}}, "many": [q], "fixed": "x"}})
"""


@pytest.fixture
def render(tmp_path: Path) -> Render:
    def search(files: Mapping[str, str], jobs: int = 1) -> FindResult:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        facts = facts_of("cross-site-scripting")
        assert facts is not None
        request = FindRequest(
            inventory=take_inventory(tmp_path), catalogue=load(), weaknesses=(facts,), jobs=jobs
        )
        return find_flows(request, Silent())

    return search


def text_at(files: Mapping[str, str], finding: Finding) -> str:
    place = finding.location
    return files[place.path].encode()[place.start_byte : place.end_byte].decode()


@pytest.fixture
def jinja(render: Render) -> Shown:
    """What is told of a template that a Flask view renders with ``q`` from the query."""

    def shown(template: str) -> list[str]:
        files = {"app.py": FLASK.format(name="page.html"), "templates/page.html": template}
        return [text_at(files, f) for f in render(files).findings]

    return shown


@pytest.fixture
def django(render: Render) -> Shown:
    """What is told of a template that a Django view renders with ``q`` from the query."""

    def shown(template: str) -> list[str]:
        files = {"views.py": DJANGO.format(name="page.html"), "templates/page.html": template}
        return [text_at(files, f) for f in render(files).findings]

    return shown
