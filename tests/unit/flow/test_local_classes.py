"""Classes inside functions: their methods see the function's variables, and are called by name."""

import pytest

from tests.unit.find.conftest import Find
from tests.unit.flow.pairs import Twins, is_found, twins

TABLE = "class Base:\n    def of(self, v):\n        return HOLE\n"
CASES: dict[str, Twins] = {
    "argument of a method": twins(
        "class Job:\n    def run(self, v):\n        os.system(HOLE)\nJob().run(p)", "v", "'ls'"
    ),
    "attribute of an instance": twins(
        "class Job:\n    def __init__(self, a, b):\n        self.a = a\n        self.b = b\n"
        "    def run(self):\n        os.system(self.HOLE)\nJob(p, 'ls').run()",
        "a",
        "b",
    ),
    "variable around": twins(
        "class Job:\n    def run(self):\n        os.system(HOLE)\nJob().run()", "p", "'ls'"
    ),
    "result": twins(
        "class Job:\n    def of(self, v):\n        return HOLE\nos.system(Job().of(p))", "v", "'ls'"
    ),
    "inherits": twins("class Job(Base):\n    pass\nos.system(Job().of(p))", "v", "'ls'", TABLE),
    "calls what it inherits": twins(
        "class Job(Base):\n    def of(self, v):\n        return super().of(v)\n"
        "os.system(Job().of(p))",
        "v",
        "'ls'",
        TABLE,
    ),
    "value of the class": twins("class Job:\n    tool = HOLE\nos.system(Job().tool)", "p", "'ls'"),
    "data class": twins(
        "@dataclass\nclass Job:\n    a: str\n    b: str\nj = Job(p, 'ls')\nos.system(j.HOLE)",
        "a",
        "b",
        "from dataclasses import dataclass\n",
    ),
    "class inside it": twins(
        "class Job:\n    class Part:\n        def of(self, v):\n            return HOLE\n"
        "os.system(Job.Part().of(p))",
        "v",
        "'ls'",
    ),
    "made by a function": twins(
        "os.system(make()().of(p))",
        "v",
        "'ls'",
        "def make():\n    class Job:\n        def of(self, v):\n            return HOLE\n"
        "    return Job\n",
    ),
    "argument of the function that makes it": twins(
        "make(HOLE)().run()",
        "p",
        "'ls'",
        "def make(line):\n    class Job:\n        def run(self):\n            os.system(line)\n"
        "    return Job\n",
    ),
    "made twice": twins(
        "make('ls').run()\nmake(HOLE).run()",
        "p",
        "'ls'",
        "def make(line):\n    class Job:\n        def run(self):\n            os.system(line)\n"
        "    return Job()\n",
    ),
}
FRAMEWORKS: dict[str, Twins] = {
    "handler of a server": Twins(
        "import os\nfrom http.server import BaseHTTPRequestHandler, HTTPServer\n\n\n"
        "def serve():\n    class Handler(BaseHTTPRequestHandler):\n        def do_GET(self):\n"
        "            os.system(HOLE)\n\n"
        "    HTTPServer(('localhost', 80), Handler).serve_forever()\n",
        "self.path",
        "self.command_line",
    ),
    "handler that calls itself": Twins(
        "import os\nimport tornado.web\n\n\ndef make_app():\n"
        "    class Main(tornado.web.RequestHandler):\n        def get(self):\n"
        "            self.run(HOLE)\n\n        def run(self, line):\n"
        "            os.system(line)\n\n"
        "    return tornado.web.Application([('/', Main)])\n",
        "self.get_argument('n')",
        "'ls'",
    ),
    "view of an app that a function makes": Twins(
        "import os\nfrom flask import Flask, request\nfrom flask.views import MethodView\n\n\n"
        "def create_app():\n    app = Flask(__name__)\n\n    class Show(MethodView):\n"
        "        def get(self):\n            os.system(HOLE)\n\n"
        "    app.add_url_rule('/v', view_func=Show.as_view('v'))\n    return app\n",
        "request.args['a']",
        "app.name",
    ),
}


@pytest.mark.parametrize("name", CASES | FRAMEWORKS)
def test_classes_inside_functions_are_followed(find: Find, name: str) -> None:
    pair = (CASES | FRAMEWORKS)[name]
    assert is_found(find, pair.files(pair.flawed))
    assert not is_found(find, pair.files(pair.quiet))


def test_a_method_of_a_class_inside_a_function_is_no_interface(find: Find) -> None:
    program = (
        "import os\n\n\ndef make():\n    class Job:\n        def run(self, line):\n"
        "            os.system(line)\n\n    return Job\n"
    )
    assert not find({"app.py": program}).findings
