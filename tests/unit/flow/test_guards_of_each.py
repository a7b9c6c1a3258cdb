"""What a loop asks of each element holds of the whole, once every turn came to its end."""

from pathlib import Path

import pytest

from tests.unit.find.programs import found_lines

HEADER = """import ast
import os
import subprocess
import sys
from flask import Flask, abort, request

app = Flask(__name__)
KNOWN = {"abs": abs}


@app.get("/x")
def x():
    x = request.args["x"]
"""
QUIET = {
    "names of compiled code": (
        "code-injection",
        """    code = compile(x, "<x>", "eval")
    for name in code.co_names:
        if name not in KNOWN:
            raise NameError(name)
    return str(eval(code, {"__builtins__": {}}, KNOWN))
""",
    ),
    "names of what is compiled again": (
        "code-injection",
        """    for name in compile(x, "<x>", "eval").co_names:
        if name not in KNOWN:
            abort(400)
    return str(eval(x, {"__builtins__": {}}, KNOWN))
""",
    ),
    "segments of a path": (
        "path-traversal",
        """    for part in x.split("/"):
        if part in ("", ".", ".."):
            abort(404)
    return open(os.path.join("/srv/pages", x)).read()
""",
    ),
    "what follows the text of a script": (
        "argument-injection",
        """    subprocess.run([sys.executable, "-c", "import sys; print(sys.argv[1])", x])
""",
    ),
}
FLAWED = {
    "left at the first": (
        "code-injection",
        """    code = compile(x, "<x>", "eval")
    for name in code.co_names:
        if name in KNOWN:
            break
        raise NameError(name)
    return str(eval(code, {"__builtins__": {}}, KNOWN))
""",
    ),
    "only told": (
        "code-injection",
        """    code = compile(x, "<x>", "eval")
    for name in code.co_names:
        if name not in KNOWN:
            print(name)
    return str(eval(code, {"__builtins__": {}}, KNOWN))
""",
    ),
    "may begin at the root": (
        "path-traversal",
        """    for part in x.split("/"):
        if part == "..":
            abort(404)
    return open(os.path.join("/srv/pages", x)).read()
""",
    ),
    "the name of a module to run": (
        "argument-injection",
        """    subprocess.run(["python3", "script.py", x])
""",
    ),
}


@pytest.mark.parametrize(("weakness", "body"), QUIET.values(), ids=QUIET)
def test_all_were_asked(tmp_path: Path, weakness: str, body: str) -> None:
    assert found_lines(tmp_path, weakness, app=HEADER + body) == []


@pytest.mark.parametrize(("weakness", "body"), FLAWED.values(), ids=FLAWED)
def test_not_all_were_asked(tmp_path: Path, weakness: str, body: str) -> None:
    assert len(found_lines(tmp_path, weakness, app=HEADER + body)) == 1
