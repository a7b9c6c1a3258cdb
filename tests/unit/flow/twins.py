"""Twins of small programs: in one the value from outside reaches the sink, in the other it cannot.

A table holds the body of a view by name, with ``$`` where the twins differ: first what makes it
flawed, then what makes it quiet. The view has ``param`` from outside and hands ``bar`` to a sink.
"""

from collections.abc import Mapping

from tests.unit.find.conftest import Find

Twins = Mapping[str, tuple[str, str, str]]

_HEAD = (
    "import os\nimport sqlite3\nimport subprocess\n\nfrom flask import Flask, request\n\n"
    "app = Flask(__name__)\n"
)
_SOURCES = {
    "query": 'request.args.get("p", "")',
    "form": 'request.form["p"]',
    "header": 'request.headers.get("p")',
    "cookie": 'request.cookies.get("p", "none")',
    "json": 'request.get_json()["p"]',
}
_SINKS = {
    "sql": 'sqlite3.connect("d").cursor().execute("SELECT * FROM t WHERE a = \'%s\'" % bar)',
    "command": 'os.system("ls " + bar)',
    "path": "open(bar).read()",
    "code": "eval(bar)",
    "html": 'return "<p>" + bar + "</p>"',
}


def program(body: str, source: str, sink: str, around: str = "") -> str:
    """Return a Flask program with this body of a view, and with ``around`` before the view."""
    lines = [f"param = {_SOURCES[source]}", *body.strip("\n").split("\n"), _SINKS[sink]]
    inner = "".join(f"    {line}\n" if line else "\n" for line in lines)
    return f'{_HEAD}\n\n{around}\n\n@app.route("/x", methods=["GET", "POST"])\ndef x():\n{inner}'


def reached(find: Find, text: str) -> list[str]:
    """Return the weaknesses that are found in one file."""
    return [f.weakness for f in find({"app.py": text}).findings]


def both(find: Find, twin: tuple[str, str, str], source: str, sink: str) -> tuple[list[str], ...]:
    """Return what is found in the flawed and in the quiet twin.

    What stands before a line of dashes goes before the view.
    """
    text, flawed, quiet = twin
    found = []
    for part in (flawed, quiet):
        around, _, body = text.replace("$", part).rpartition("---\n")
        found.append(reached(find, program(body, source, sink, around)))
    return tuple(found)
