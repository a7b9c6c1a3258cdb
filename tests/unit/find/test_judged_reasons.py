"""Reasons for which findings were judged wrong: each is quiet, or last, beside flawed twins."""

from pathlib import Path

import pytest

from countermine.core.findings import Finding
from countermine.core.levels import Confidence
from countermine.core.weakness import WeaknessId
from tests.unit.find.programs import search

HEADER = """import cmd
import gzip
import io
import json
import logging
import os
import ssl
from http.server import BaseHTTPRequestHandler
from urllib.parse import unquote
from urllib.request import urlopen
import pandas as pd
import requests
from flask import Flask, abort, redirect, request
log = logging.getLogger(__name__)
app = Flask(__name__)
"""


def found(root: Path, weakness: str, body: str) -> list[Finding]:
    """Return the findings of one weakness in a module that begins with the usual imports."""
    wanted = WeaknessId(weakness)
    return [f for f in search(root, program=HEADER + body).findings if f.weakness == wanted]


PATH, URL, LOG, OPEN = "path-traversal", "server-side-request-forgery", "log-injection", "open"
QUIET = {
    "an answer that is unpacked": (
        PATH,
        "def load(url):\n    return gzip.open(urlopen(url))\n",
    ),
    "an upload that is unpacked": (
        PATH,
        "@app.route('/x', methods=['POST'])\ndef x():\n    gzip.open(request.files['f'])\n",
    ),
    "a number in a line of the log": (
        LOG,
        "@app.route('/x')\ndef x():\n    log.warning('bad %i', request.args['n'])\n",
    ),
    "a list in a line of the log": (
        LOG,
        (
            "@app.route('/x')\ndef x():\n"
            "    log.warning('bad ' + str([n for n in request.args.getlist('n')]))\n"
        ),
    ),
    "a request line that was split": (
        "header-injection",
        (
            "class Handler(BaseHTTPRequestHandler):\n    def do_GET(self):\n"
            "        self.send_header('X-Path', 'http://a/' + self.path)\n"
        ),
    ),
    "a setting that changes": (
        "timing-unsafe-comparison",
        (
            "@app.route('/x', methods=['POST'])\ndef x():\n    for one in providers():\n"
            "        if request.form['client_secret'] != one['client_secret']:\n"
            "            one['client_secret'] = request.form['client_secret']\n"
        ),
    ),
    "a debugger that was asked for": (
        "debug-mode",
        "def serve(arguments):\n    if arguments.debug:\n        app.run(debug=True)\n",
    ),
    "a part that the routes give themselves": (
        "open-redirect",
        (
            "def moved(locale):\n    return redirect('/' + locale)\n"
            "app.add_url_rule('/old', view_func=moved, defaults={'locale': new})\n"
        ),
    ),
}
QUIET["a text in memory"] = (
    URL,
    (
        "def read(of):\n    return pd.read_csv(of)\n"
        "@app.route('/x')\ndef x():\n    return read(io.StringIO(request.data.decode()))\n"
    ),
)
QUIET["a text that was read as JSON before"] = (
    URL,
    (
        "def refuse():\n    raise ValueError\n"
        "@app.route('/x', methods=['POST'])\ndef x():\n    body = request.data.decode()\n"
        "    try:\n        json.loads(body)\n    except ValueError:\n        refuse()\n"
        "    return pd.read_json(body)\n"
    ),
)
QUIET["an address in the answer of a service"] = (
    URL,
    (
        "def first():\n    found = json.loads(requests.get('https://a.example/list').text)\n"
        "    return requests.get(found['next'])\n"
    ),
)
FLAWED = {
    "a text that may be no JSON": (
        URL,
        (
            "@app.route('/x', methods=['POST'])\ndef x():\n    body = request.data.decode()\n"
            "    try:\n        json.loads(body)\n    except ValueError:\n        pass\n"
            "    return pd.read_json(body)\n"
        ),
    ),
    "what was taken out of a text that is JSON": (
        PATH,
        (
            "@app.route('/x', methods=['POST'])\ndef x():\n    body = request.data.decode()\n"
            "    return open(json.loads(body)['p'])\n"
        ),
    ),
    "the name of an upload": (
        PATH,
        "@app.route('/x', methods=['POST'])\ndef x():\n    open(request.files['f'].filename)\n",
    ),
    "an address that is opened as a file": (
        PATH,
        "@app.route('/x')\ndef x():\n    gzip.open(request.args['f'])\n",
    ),
    "an item of a document": (
        PATH,
        "@app.route('/x')\ndef x():\n    open(json.loads(request.args['n'])['p'])\n",
    ),
    "an address that is read": (
        URL,
        "@app.route('/x')\ndef x():\n    return pd.read_csv(request.args['n'])\n",
    ),
    "a text beside a number": (
        LOG,
        "@app.route('/x')\ndef x():\n    log.warning('bad %i %s', 3, request.args['n'])\n",
    ),
    "a text that is made of a list": (
        LOG,
        (
            "@app.route('/x')\ndef x():\n"
            "    log.warning('bad ' + str(' '.join([request.args['n'], 'x'])))\n"
        ),
    ),
    "a request line that was decoded": (
        "header-injection",
        (
            "class Handler(BaseHTTPRequestHandler):\n    def do_GET(self):\n"
            "        self.send_header('X-Path', unquote(self.path))\n"
        ),
    ),
    "a setting that changes for who knows it": (
        "timing-unsafe-comparison",
        (
            "@app.route('/x', methods=['POST'])\ndef x():\n    one = provider()\n"
            "    if request.form['client_secret'] != one['client_secret']:\n        abort(403)\n"
            "    one['client_secret'] = fresh()\n"
        ),
    ),
    "a debugger that the code asks for": (
        "debug-mode",
        "DEBUG = True\ndef serve():\n    if DEBUG:\n        app.run(debug=True)\n",
    ),
    "a debugger unless it is refused": (
        "debug-mode",
        "def serve(debug=True):\n    if debug:\n        app.run(debug=True)\n",
    ),
    "a part that an address holds": (
        "open-redirect",
        (
            "def moved(locale):\n    return redirect('/' + locale)\n"
            "app.add_url_rule('/<path:locale>', view_func=moved)\n"
        ),
    ),
}


@pytest.mark.parametrize("name", QUIET)
def test_what_was_judged_wrong_is_quiet(tmp_path: Path, name: str) -> None:
    weakness, body = QUIET[name]
    assert found(tmp_path, weakness, body) == []


@pytest.mark.parametrize("name", FLAWED)
def test_its_twin_is_told(tmp_path: Path, name: str) -> None:
    weakness, body = FLAWED[name]
    (finding,) = found(tmp_path, weakness, body)
    assert finding.confidence is not Confidence.LOW


def view(decorators: str, body: str, route: str = "/x") -> str:
    return f"@app.route('{route}', methods=['POST'])\n{decorators}def x():\n    {body}\n"


ADMINISTRATORS = ["@admin_required\n", "@Permissions.ADMIN.require(403)\n", "@is_superuser\n"]
OTHERS = ["", "@login_required\n", "@badminton\n"]
ASKED = "requests.get(request.form['u'])"


@pytest.mark.parametrize("decorators", ADMINISTRATORS)
def test_administrators_name_hosts_and_folders(tmp_path: Path, decorators: str) -> None:
    (finding,) = found(tmp_path, URL, view(decorators, ASKED))
    assert finding.confidence is Confidence.LOW
    (finding,) = found(tmp_path, PATH, view(decorators, "open(request.form['p'])"))
    assert finding.confidence is Confidence.LOW


@pytest.mark.parametrize("decorators", OTHERS)
def test_others_do_not(tmp_path: Path, decorators: str) -> None:
    (finding,) = found(tmp_path, URL, view(decorators, ASKED, route="/admin"))
    assert finding.confidence is Confidence.HIGH


def test_what_an_administrator_names_within_a_folder_stays_there(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, PATH, view(ADMINISTRATORS[0], "open('/a/' + request.form['p'])"))
    assert finding.confidence is Confidence.HIGH


def test_an_administrator_is_no_reason_for_a_command(tmp_path: Path) -> None:
    body = view(ADMINISTRATORS[0], "os.system('ls ' + request.form['p'])")
    (finding,) = found(tmp_path, "command-injection", body)
    assert finding.confidence is Confidence.HIGH


TABLE = """def x(n):
    return open("/srv/" + n).read()
for address, function in [("{route}", x)]:
    app.add_url_rule(address, view_func=function)
"""


@pytest.mark.parametrize(("route", "expected"), [("/<n>", "low"), ("/<path:n>", "high")])
def test_a_table_of_routes_says_what_addresses_hold(
    tmp_path: Path, route: str, expected: str
) -> None:
    (finding,) = found(tmp_path, PATH, TABLE.format(route=route))
    assert finding.confidence is Confidence(expected)


ADDRESS = """@app.route("/<path:a>/<path:b>")
def x(a, b):
    return redirect("/{}/{}".format(%s, %s))
"""


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("a", "'b'", ["high"]), ("a", "b", ["high"]), ("site()", "b", [])],
)
def test_the_first_part_of_an_address_may_name_the_host(
    tmp_path: Path, first: str, second: str, expected: list[str]
) -> None:
    told = found(tmp_path, "open-redirect", ADDRESS % (first, second))
    assert [f.confidence for f in told] == [Confidence(each) for each in expected]


LOOKED_UP = """@app.route("/<path:n>")
def x(n):
    {body}
    open("/srv/" + n)
"""
MISSED = "try:\n        show({{'id': n}})\n    except {of}:\n        {then}"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (MISSED.format(of="NotFound", then="abort(404)"), "medium"),
        (MISSED.format(of="(NotFound, NotAuthorized)", then="return abort(404)"), "medium"),
        (MISSED.format(of="Page.DoesNotExist", then="raise Http404"), "medium"),
        (MISSED.format(of="NotFound", then="pass"), "high"),
        (MISSED.format(of="FileNotFoundError", then="abort(404)"), "high"),
        (MISSED.format(of="ValueError", then="abort(404)"), "high"),
        ("get_object_or_404(Page, slug=n)", "medium"),
        ("Page.objects.get(slug=n)", "medium"),
        ("session.query(Page).filter_by(slug=n).one()", "medium"),
        ("session.query(Page).filter_by(slug=n).first()", "high"),
        ("pages.get(n)", "high"),
    ],
)
def test_what_was_looked_up_is_doubted(tmp_path: Path, body: str, expected: str) -> None:
    (finding,) = found(
        tmp_path, PATH, LOOKED_UP.format(body=body.replace("{{", "{").replace("}}", "}"))
    )
    assert finding.confidence is Confidence(expected)


SPREAD = """def keep(n, kind=None):
    open("/srv/" + n)
@app.route("/x")
def x():
    given = {}
    for key in names():
        given[key] = request.args["a"]
    keep(%s)
"""


def test_what_a_mapping_spreads_over_parameters_is_not_sure(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, PATH, SPREAD % "**given")
    assert finding.confidence is Confidence.MEDIUM
    (finding,) = found(tmp_path, PATH, SPREAD % "**request.args")
    assert finding.confidence is Confidence.HIGH


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ("request.environ['HTTP_X_FILE']", "high"),
        ("request.environ['app.folder']", "low"),
        ("request.environ[key()]", "low"),
    ],
)
def test_what_a_program_keeps_beside_headers_is_its_own(
    tmp_path: Path, taken: str, expected: str
) -> None:
    (finding,) = found(tmp_path, PATH, view("", f"open({taken})"))
    assert finding.confidence is Confidence(expected)


@pytest.mark.parametrize(("base", "level"), [("cmd.Cmd", "local"), ("object", "api")])
def test_a_shell_does_what_its_user_types(tmp_path: Path, base: str, level: str) -> None:
    body = f"class Debugger({base}):\n    def evaluate(self, args):\n        return eval(args)\n"
    (finding,) = found(tmp_path, "code-injection", body)
    assert finding.level == level
    assert (finding.confidence is Confidence.LOW) == (level == "local")


@pytest.mark.parametrize(("name", "expected"), [("exprstr", "low"), ("label", "medium")])
def test_a_parameter_for_an_expression_is_meant_for_one(
    tmp_path: Path, name: str, expected: str
) -> None:
    body = f"class Setting:\n    def __init__(self, {name}):\n        self.value = eval({name})\n"
    (finding,) = found(tmp_path, "code-injection", body)
    assert finding.confidence is Confidence(expected)


RECORD = """class Shelf:
    def {name}(self, n):
        return self.session.query(Book).filter(Book.format == n).first()
@app.route("/<path:n>")
def x(n):
    book = Shelf().{name}(n.upper())
    {check}
    log.info("sent " + n)
"""


@pytest.mark.parametrize(
    ("name", "check", "expected"),
    [
        ("get_book", "if not book:\n        abort(404)", "low"),
        ("get_book", "if book is None:\n        abort(404)", "low"),
        ("get_book", "if book:\n        abort(404)", "medium"),
        ("get_book", "pass", "medium"),
        ("put_book", "if not book:\n        abort(404)", "medium"),
    ],
)
def test_what_something_was_found_by_is_doubted(
    tmp_path: Path, name: str, check: str, expected: str
) -> None:
    (finding,) = found(tmp_path, LOG, RECORD.format(name=name, check=check))
    assert finding.confidence is Confidence(expected)


def test_a_path_that_is_made_of_a_name_is_no_record_found_by_it(tmp_path: Path) -> None:
    body = (
        "def get_path(n):\n    return '/srv/' + n\n"
        "@app.route('/x')\ndef x():\n    path = get_path(request.args['n'])\n"
        "    if not path:\n        abort(404)\n    return open(path).read()\n"
    )
    (finding,) = found(tmp_path, PATH, body)
    assert finding.confidence is Confidence.HIGH


USERS = "DB_USER = '{other}'\nSMTP_USER = '{user}'\nSMTP_PASSWORD = 'tr7kWq92x'\n"


@pytest.mark.parametrize(
    ("user", "other", "expected"), [("tr7kWq92x", "robot", "low"), ("robot", "tr7kWq92x", "medium")]
)
def test_a_sample_password_is_the_user_that_it_belongs_to(
    tmp_path: Path, user: str, other: str, expected: str
) -> None:
    (finding,) = found(tmp_path, "hard-coded-secret", USERS.format(user=user, other=other))
    assert finding.confidence is Confidence(expected)
