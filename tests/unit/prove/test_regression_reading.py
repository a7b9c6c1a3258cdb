"""What the source of an entry point says of how a test calls it."""

from pathlib import Path
from typing import Any

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.spans import tree_path
from countermine.prove.regression.calls import FlaskRoute, FunctionCall, Parameter
from countermine.prove.regression.described import DescribedEntry
from countermine.prove.regression.django_calls import DjangoView
from countermine.prove.regression.program_calls import Program
from countermine.prove.regression.read_entry import read_beside, read_entry
from countermine.testing.proving import own_environment, write_tree


def read(
    root: Path,
    source: str,
    qualname: str,
    kind: EntryKind = EntryKind.FUNCTION,
    *,
    path: str = "shop/app.py",
    key: str | None = "text",
    files: dict[str, str] | None = None,
    import_roots: tuple[str, ...] = (".",),
    channel: Channel = Channel.PARAMETER,
) -> DescribedEntry | None:
    write_tree(root, {path: source} | (files or {}))
    entry = EntryPoint(kind=kind, path=tree_path(path), qualname=qualname, channel=channel, key=key)
    return read_entry(entry, root, own_environment(import_roots=import_roots))


def parameter(name: str, **more: Any) -> Parameter:
    plain = {"kind": "positional_or_keyword", "optional": False, "annotation": ""}
    return Parameter(name=name, **(plain | more))


def test_parameters_are_read_with_kind_default_and_annotation(tmp_path: Path) -> None:
    source = "def f(a, /, b: 'Path', c=1, *rest, d, e: int = 2, **more): ..."
    assert read(tmp_path, source, "f") == FunctionCall(
        kind="function",
        parameters=(
            parameter("a", kind="positional_only"),
            parameter("b", annotation="'Path'"),
            parameter("c", optional=True),
            parameter("rest", kind="var_positional", optional=True),
            parameter("d", kind="keyword_only"),
            parameter("e", kind="keyword_only", optional=True, annotation="int"),
            parameter("more", kind="var_keyword", optional=True),
        ),
    )


METHODS = """
class Store:
    def __init__(self, name): ...
    def find(self, text): ...
    @staticmethod
    def parse(text): ...
    @classmethod
    def load(cls, text): ...
"""


@pytest.mark.parametrize(
    ("name", "kind", "names"),
    [
        ("find", "instance", ["text"]),
        ("parse", "static", ["text"]),
        ("load", "class", ["text"]),
        ("__init__", "constructor", ["name"]),
    ],
)
def test_methods_are_told_apart(tmp_path: Path, name: str, kind: str, names: list[str]) -> None:
    found = read(tmp_path, METHODS, f"Store.{name}", EntryKind.METHOD)
    assert isinstance(found, FunctionCall)
    assert found.kind == kind
    assert [one.name for one in found.parameters] == names
    assert [one.name for one in found.owner] == ["name"]


@pytest.mark.parametrize(
    ("source", "coroutine", "generator"),
    [
        ("async def f(text): ...", True, False),
        ("def f(text):\n    yield text", False, True),
        ("def f(text):\n    def inner():\n        yield 1\n    return inner", False, False),
    ],
)
def test_coroutines_and_generators_are_recognised(
    tmp_path: Path, source: str, *, coroutine: bool, generator: bool
) -> None:
    found = read(tmp_path, source, "f")
    assert isinstance(found, FunctionCall)
    assert (found.coroutine, found.generator) == (coroutine, generator)


@pytest.mark.parametrize(
    "source",
    [
        "import functools\n@functools.cache\ndef f(text): ...",
        "if True:\n    def f(text): ...",
        "def f(text): ...\ndef f(other): ...",
        "f = print",
        "def f(",
        "\0",
    ],
)
def test_what_the_source_does_not_say_plainly_is_left_to_the_interpreter(
    tmp_path: Path, source: str
) -> None:
    assert read(tmp_path, source, "f") is None


@pytest.mark.parametrize(
    "source",
    [
        "class A(Base):\n    def f(self, text): ...",
        "@dataclass\nclass A:\n    name: str\n    def f(self, text): ...",
        "class A(metaclass=M):\n    def f(self, text): ...",
        "class A:\n    @property\n    def f(self): ...",
    ],
)
def test_an_object_that_may_be_made_otherwise_is_left_to_the_interpreter(
    tmp_path: Path, source: str
) -> None:
    assert read(tmp_path, source, "A.f", EntryKind.METHOD) is None


def flask(tmp_path: Path, head: str, decorator: str, **files: str) -> DescribedEntry | None:
    source = f"{head}\n\n{decorator}\ndef view(): ..."
    named = {f"shop/{name}.py": text for name, text in files.items()}
    return read(tmp_path, source, "view", EntryKind.FLASK_VIEW, files=named)


@pytest.mark.parametrize(
    ("head", "decorator", "application", "rule", "methods"),
    [
        ("app = Flask(__name__)", '@app.route("/a")', "app", "/a", ("GET",)),
        ("app = flask.Flask(__name__)", '@app.post("/a/<int:n>")', "app", "/a/<int:n>", ("POST",)),
        (
            'b = Blueprint("b", __name__, url_prefix="/in")',
            '@b.route("/a", methods=["PUT", "GET"])',
            "",
            "/in/a",
            ("GET", "PUT"),
        ),
    ],
)
def test_the_route_of_a_flask_view_is_read(
    tmp_path: Path, head: str, decorator: str, application: str, rule: str, methods: tuple[str, ...]
) -> None:
    assert flask(tmp_path, head, decorator) == FlaskRoute(
        module="shop.app", application=application, rule=rule, methods=methods
    )


@pytest.mark.parametrize(
    ("head", "decorator"),
    [
        ("app = Flask(__name__)", '@app.route("/a")\n@app.route("/b")'),
        ("app = Flask(__name__)", "@app.route(RULE)"),
        ("app = Flask(__name__)", '@app.route("/a", methods=METHODS)'),
        ("app = Flask(__name__)", '@app.route("/a", **OPTIONS)'),
        ("app = Flask(__name__)", '@app.errorhandler("/a")'),
        ("from shop import app", '@app.route("/a")'),
        ("app = make()", '@app.route("/a")'),
        ("app = Blueprint('b', __name__, url_prefix=PREFIX)", '@app.route("/a")'),
    ],
)
def test_a_route_that_is_not_written_out_is_left_to_the_interpreter(
    tmp_path: Path, head: str, decorator: str
) -> None:
    assert flask(tmp_path, head, decorator) is None


def test_a_blueprint_that_may_get_a_prefix_elsewhere_is_left_to_the_interpreter(
    tmp_path: Path,
) -> None:
    head = 'b = Blueprint("b", __name__)'
    making = 'app.register_blueprint(b, url_prefix="/in")'
    assert flask(tmp_path, head, '@b.get("/a")', making=making) is None


FORMS = """
def make():
    app = Flask(__name__)

    @app.post("/a")
    def show():
        request.form["kept"] = 1
        return request.form["text"] + request.form["title"] + request.files["doc"].filename

class Search:
    def view(self):
        return request.args["sort"]

    def login(self):
        given, form = request.get_json(silent=True), request.form
        asked = request.get_json()
        return asked["name"] + asked["token"] + request.json["kind"] + other["left"]
"""


@pytest.mark.parametrize(
    ("qualname", "fields"),
    [
        ("Search.view", [(Channel.QUERY, "sort")]),
        ("make.<locals>.show", [(Channel.FORM, "title"), (Channel.UPLOAD_CONTENT, "doc")]),
        (
            "Search.login",
            [(Channel.JSON, "kind"), (Channel.JSON, "name"), (Channel.JSON, "token")],
        ),
        ("nowhere", []),
    ],
)
def test_what_else_a_flask_view_cannot_do_without_is_seen(
    tmp_path: Path, qualname: str, fields: list[tuple[Channel, str]]
) -> None:
    write_tree(tmp_path, {"app.py": FORMS})
    entry = EntryPoint(
        kind=EntryKind.FLASK_VIEW,
        path=tree_path("app.py"),
        qualname=qualname,
        channel=Channel.FORM,
        key="text",
    )
    assert sorted((one.channel, one.key) for one in read_beside(entry, tmp_path)) == sorted(fields)


def program(tmp_path: Path, source: str, **more: Any) -> DescribedEntry | None:
    more = {"qualname": "<module>", "path": "bin/tool.py"} | more
    return read(tmp_path, source, kind=EntryKind.SCRIPT, **more)


def test_a_program_that_reads_its_arguments_by_itself_is_read(tmp_path: Path) -> None:
    assert program(tmp_path, "import sys\nprint(sys.argv)") == Program()
    assert program(tmp_path, "def main(argv): ...", qualname="main") == Program(
        function=FunctionCall(kind="function", parameters=(parameter("argv"),))
    )


def test_imports_of_a_program_from_its_own_folder_are_seen(tmp_path: Path) -> None:
    files = {"bin/names.py": ""}
    assert program(tmp_path, "import names", files=files) == Program(beside=True)
    assert program(tmp_path, "from names.deep import x") == Program(beside=True)
    assert program(tmp_path, "from .names import x") == Program(relative=True, beside=True)
    assert program(tmp_path, "from . import names") == Program(relative=True)


def test_arguments_that_a_parser_reads_are_left_to_the_interpreter(tmp_path: Path) -> None:
    assert program(tmp_path, "import argparse") is None


VIEWS = """
@login_required
@require_POST
async def hello(request, zone, page=1):
    return request.POST["name"] + request.GET["sort"] + request.META["X"]

class Search(View):
    def get(self, request, term):
        return request.session["seen"]
"""
PROJECT = {
    "site/manage.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")',
    "site/config/settings.py": "",
    "tests/manage.py": 'os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"',
}


def test_a_view_of_django_is_read_with_what_it_asks_of_a_request(tmp_path: Path) -> None:
    view = read(tmp_path, VIEWS, "hello", EntryKind.DJANGO_VIEW, key="name")
    assert view == DjangoView(
        module="shop.app",
        name="hello",
        parameters=(parameter("zone"), parameter("page", optional=True)),
        coroutine=True,
        fields=((Channel.QUERY, "sort"),),
        posted=True,
        user=True,
    )


def test_a_document_in_the_body_is_read_with_its_fields(tmp_path: Path) -> None:
    code = """
from rest_framework.decorators import api_view

@api_view(["POST"])
def store(request, name):
    data = json.loads(request.body)
    return Shop.objects.filter(name=name).update(title=data.get("title"), rows=data["rows"])

def keep(request, name):
    return write(name, json.loads(request.body.decode()))
"""
    store = read(tmp_path, code, "store", EntryKind.DJANGO_VIEW, key="name", channel=Channel.PATH)
    assert isinstance(store, DjangoView)
    assert (store.rest, store.tables) == (True, True)
    assert set(store.fields) == {(Channel.JSON, "rows"), (Channel.JSON, "title")}
    kept = read(tmp_path, code, "keep", EntryKind.DJANGO_VIEW, key="name", channel=Channel.PATH)
    assert isinstance(kept, DjangoView)
    assert kept.fields == ((Channel.JSON, "sample"),)
    assert not kept.rest
    posted = read(tmp_path, code, "keep", EntryKind.DJANGO_VIEW, key="x", channel=Channel.FORM)
    assert isinstance(posted, DjangoView)
    assert posted.fields == ()


def test_the_settings_of_a_project_and_where_it_is_imported_from_are_found(tmp_path: Path) -> None:
    view = read(
        tmp_path, VIEWS, "Search.get", EntryKind.DJANGO_VIEW, path="site/shop/a.py", files=PROJECT
    )
    assert view == DjangoView(
        module="shop.a",
        name="Search",
        method="get",
        parameters=(parameter("term"),),
        settings="config.settings",
        root="site",
        session=True,
    )


def test_a_project_that_can_be_imported_already_needs_no_path(tmp_path: Path) -> None:
    view = read(
        tmp_path,
        VIEWS,
        "Search.get",
        EntryKind.DJANGO_VIEW,
        path="site/shop/a.py",
        files=PROJECT,
        import_roots=("site",),
    )
    assert isinstance(view, DjangoView)
    assert view.root is None


@pytest.mark.parametrize("qualname", ["nowhere", "Search.post", "Nowhere.get"])
def test_a_view_that_is_not_there_is_not_read(tmp_path: Path, qualname: str) -> None:
    assert read(tmp_path, VIEWS, qualname, EntryKind.DJANGO_VIEW) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("from .models import Shop", "shop"),
        ("from shop import models", "shop"),
        ("from shop.forms import Form", None),
    ],
)
def test_the_application_of_models_that_a_view_imports_is_told(
    tmp_path: Path, line: str, expected: str | None
) -> None:
    files = {"shop/models.py": "", "shop/__init__.py": "", "shop/web/__init__.py": ""}
    view = read(
        tmp_path,
        f"{line}\n{VIEWS}",
        "hello",
        EntryKind.DJANGO_VIEW,
        path="shop/web/views.py",
        files=files,
    )
    assert isinstance(view, DjangoView)
    assert view.application == expected
