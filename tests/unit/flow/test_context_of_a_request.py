"""What one function puts into the context of a request, others take out of it."""

from pathlib import Path

from tests.unit.find.programs import found_lines

HEADER = """import sqlite3
import requests
from flask import Flask, g, request

app = Flask(__name__)


class Client:
    def fetch(self, address):
        return requests.get(address, timeout=9)


@app.before_request
def prepare():
    g.client = Client()
    g.database = sqlite3.connect("notes.db")


"""


def test_a_method_of_what_is_kept_there_is_followed(tmp_path: Path) -> None:
    text = HEADER + '@app.get("/a")\ndef a():\n    return g.client.fetch(request.args["to"]).text\n'
    lines = found_lines(tmp_path, "server-side-request-forgery", app=text)
    assert lines == ["return requests.get(address, timeout=9)"]


def test_a_library_s_object_is_known_there(tmp_path: Path) -> None:
    text = HEADER + (
        '@app.get("/a")\ndef a():\n'
        '    g.database.execute("SELECT " + request.args["what"])\n    return "done"\n'
    )
    lines = found_lines(tmp_path, "sql-injection", app=text)
    assert lines == ['g.database.execute("SELECT " + request.args["what"])']
