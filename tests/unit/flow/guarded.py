"""Small views, each with a twin that a guard or an escaper makes harmless."""

import textwrap
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from countermine.catalogue.loader import load
from countermine.catalogue.schema import Catalogue
from countermine.core.inventory import FileRole, Inventory, SourceFile
from countermine.core.spans import tree_path
from countermine.find.flows import find_flows
from countermine.find.request import FindRequest
from countermine.ports.progress import Silent
from countermine.weaknesses.facts_index import ALL_FACTS

HEAD = """\
import ast, base64, binascii, datetime, decimal, enum, functools, glob, html, io, ipaddress, json
import logging, os, pathlib, pipes, posixpath, re, shlex, shutil, sqlite3, subprocess, sys, tempfile
import urllib.parse, urllib.request, uuid
from os import path as osp
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote, unquote_plus, urlencode, urljoin, urlparse
from urllib.parse import urlsplit
import requests
from flask import Flask, Response, abort, jsonify, make_response, redirect, request, send_file
from flask import send_from_directory, url_for

app = Flask(__name__)
db = sqlite3.connect("x.db")
log = logging.getLogger(__name__)
BASE = "/srv/files"
ROOT = Path("/srv/files")
"""
TOP = "---\n"
"""What stands before this line in a body stands at the top level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """A flawed view and its harmless twin."""

    name: str
    weakness: str
    flawed: str
    quiet: str


def twins(weakness: str, *rows: tuple[str, str, str]) -> list[Twins]:
    """Return twins of one weakness, from their names, flawed and quiet bodies."""
    return [
        Twins(name=name, weakness=weakness, flawed=flawed, quiet=quiet)
        for name, flawed, quiet in rows
    ]


def program(body: str) -> str:
    """Return a module with a view of that body, in which ``x`` is a value of the query."""
    text = textwrap.dedent(body).strip("\n") + "\n"
    top, found, inner = text.rpartition(TOP)
    view = textwrap.indent(inner if found else text, "    ")
    return (
        f"{HEAD}\n\n{top}\n\n@app.route('/v')\ndef view():\n"
        f"    x = request.args['x']\n{view}    return 'done'\n"
    )


@cache
def catalogue() -> Catalogue:
    """Return the rows of the catalogue."""
    return load()


def weaknesses(folder: Path, body: str) -> list[str]:
    """Return the weaknesses that are found in a view of that body."""
    text = program(body)
    compile(text, "app.py", "exec")
    (folder / "app.py").write_text(text, encoding="utf-8")
    file = SourceFile(path=tree_path("app.py"), size_bytes=len(text.encode()), role=FileRole.SOURCE)
    inventory = Inventory(root=str(folder), files=(file,), skipped=())
    request = FindRequest(inventory=inventory, catalogue=catalogue(), weaknesses=ALL_FACTS)
    return [finding.weakness for finding in find_flows(request, Silent()).findings]


def both(cases: list[Twins]) -> pytest.MarkDecorator:
    """Run a test on the flawed and on the quiet view of each case."""
    flawed = [
        pytest.param(c.flawed, [c.weakness], id=f"{c.weakness}-{c.name}-flawed") for c in cases
    ]
    quiet = [pytest.param(c.quiet, [], id=f"{c.weakness}-{c.name}-quiet") for c in cases]
    return pytest.mark.parametrize(("body", "expected"), [*flawed, *quiet])
