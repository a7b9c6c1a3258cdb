"""Names of files are chosen by who makes them: a page that lists them is told, a path is not."""

import pytest

from tests.unit.find.conftest import Find

HEAD = """import functools, html, os
from pathlib import Path
from flask import Flask
from yarl import URL
app = Flask(__name__)
escaped = functools.partial(html.escape, quote=True)
upper = functools.partial(str.replace, "a")


@app.route("/")
def index():
    rows = []
"""
FLAWED = {
    "listed": 'for name in sorted(os.listdir("x")):\n    rows.append("<li>" + name + "</li>")',
    "path": 'for file in Path("x").iterdir():\n    rows.append(f"<li>{file.name}</li>")',
    "walked": 'for _, _, names in os.walk("x"):\n    rows.append(f"<li>{names[0]}</li>")',
}
QUIET = {
    "escaped": 'for name in os.listdir("x"):\n    rows.append("<li>" + html.escape(name))',
    "escaped by a part": 'for name in os.listdir("x"):\n    rows.append("<li>" + escaped(name))',
    "address": 'for name in os.listdir("x"):\n    rows.append(URL.build(path=name).raw_path)',
    "opened": 'for name in os.listdir("x"):\n    open(os.path.join("x", name)).close()',
    "run": 'for name in os.listdir("x"):\n    os.system("ls " + name)',
    "counted": 'rows.append(f"<li>{len(os.listdir("x"))}</li>")'.replace('("x")', "('x')"),
}


def view(body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return f'{HEAD}{lines}    return "<ul>" + "".join(rows) + "</ul>"\n'


@pytest.mark.parametrize("name", sorted(FLAWED))
def test_a_page_that_lists_names_is_told(find: Find, name: str) -> None:
    assert [f.weakness for f in find({"app.py": view(FLAWED[name])}).findings] == ["html"]


@pytest.mark.parametrize("name", sorted(QUIET))
def test_names_that_are_escaped_or_used_as_names_are_not(find: Find, name: str) -> None:
    assert find({"app.py": view(QUIET[name])}).findings == ()


PARTS = {
    "bound function": "run = functools.partial(os.system)\nrun(q)",
    "bound argument": 'run = functools.partial(os.popen, q)\nrun("r")',
    "bound keyword": "from subprocess import run\ngo = functools.partial(run, shell=True)\ngo(q)",
    "own": "def own(a, b):\n    os.system(b)\nrun = functools.partial(own, 1)\nrun(q)",
}


@pytest.mark.parametrize("name", sorted(PARTS))
def test_a_function_bound_to_arguments_is_the_function(find: Find, name: str) -> None:
    text = "import functools, os, sys\nq = sys.argv[1]\n" + PARTS[name] + "\n"
    assert [f.weakness for f in find({"app.py": text}).findings] == ["command"]


def test_other_arguments_of_a_bound_function_are_harmless(find: Find) -> None:
    text = (
        "import functools, os, sys\n\n\ndef _own(a, b):\n    os.system(b)\n\n\n"
        'run = functools.partial(_own, sys.argv[1])\nrun("ls")\n'
    )
    assert find({"app.py": text}).findings == ()
