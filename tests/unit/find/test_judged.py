"""Shapes of findings that were judged wrong by reading: quiet or doubted, beside flawed twins."""

import pytest

from countermine.core.levels import Confidence
from countermine.core.spans import tree_path
from countermine.find.secret_places import Form, Place
from countermine.find.secrets import confidence_of
from countermine.secrets.words import Held
from tests.unit.find.conftest import Find

VIEW = (
    "from flask import Flask, abort, request\n"
    "import os, re\napp = Flask(__name__)\nBOOKS = shelf()\n"
)


def view(body: str, route: str = "/x", parameter: str = "") -> str:
    lines = "".join(f"    {line}\n" for line in body.strip("\n").split("\n"))
    return f'{VIEW}@app.route("{route}")\ndef x({parameter}):\n{lines}'


def opened(how: str) -> str:
    return f'n = request.args["n"]\n{how}\nopen("/srv/" + n)'


QUIET = {
    "emptied or reduced to its last part": opened("if n:\n    n = os.path.basename(n)"),
    "one of a mapping's keys": opened("if not BOOKS.get(n):\n    abort(404)"),
    "looked up and not None": opened("b = BOOKS.get(n)\nif b is None:\n    abort(404)"),
    "one of the keys, or the first of them": opened(
        'keys = shelf()\nif n == "first":\n    n = keys.pop()\nif n not in keys:\n    abort(404)'
    ),
    "all but letters removed": opened('n = re.sub(r"[^a-z0-9_-]+", "", n)'),
    "words and spaces kept": opened('n = re.sub(r"[^\\w\\s-]", "_", n)'),
    "removed by a compiled expression": opened('n = re.compile(r"\\W+").sub("-", n)'),
    "refused by the abort of an extension": opened(
        'from flask_restful import abort as no\nif n not in ("a", "b"):\n    no(404)'
    ),
    "an allow-list beside a switch that is off": opened(
        'if n not in ("a", "b") and "x" == "x":\n    abort(404)'
    ),
}

FLAWED = {
    "reduced only sometimes": opened("if BOOKS:\n    n = os.path.basename(n)"),
    "not one of the keys": opened("if BOOKS.get(n):\n    abort(404)"),
    "looked up in what was sent": opened("if not request.args.get(n):\n    abort(404)"),
    "slashes kept": opened('n = re.sub(r"[^a-z0-9_/.-]+", "", n)'),
    "replaced by what was sent": opened('n = re.sub(r"[^a-z]+", request.args["r"], n)'),
    "only some characters removed": opened('n = re.sub(r"[<>]", "", n)'),
    "an allow-list or a switch": opened('if n not in ("a", "b") and BOOKS:\n    abort(404)'),
}


@pytest.mark.parametrize("name", sorted(QUIET))
def test_what_was_checked_is_quiet(find: Find, name: str) -> None:
    assert find({"app.py": view(QUIET[name])}).findings == ()


@pytest.mark.parametrize("name", sorted(FLAWED))
def test_its_twin_is_found(find: Find, name: str) -> None:
    (finding,) = find({"app.py": view(FLAWED[name])}).findings
    assert finding.weakness == "path"


@pytest.mark.parametrize("converter", ["int", "uuid", "uuid_str", "slug", "any(a, b)"])
def test_a_narrow_converter_lets_nothing_through(find: Find, converter: str) -> None:
    text = view("os.system('rm ' + n)", f"/x/<{converter}:n>", "n")
    assert find({"app.py": text}).findings == ()


@pytest.mark.parametrize(
    ("route", "expected"),
    [("/<n>", "low"), ("/<string:n>", "low"), ("/<path:n>", "high")],
)
def test_one_part_of_an_address_hardly_leads_out_of_a_folder(
    find: Find, route: str, expected: str
) -> None:
    (finding,) = find({"app.py": view('open("/srv/" + n)', route, "n")}).findings
    assert finding.confidence is Confidence(expected)


def test_one_part_of_an_address_holds_a_command(find: Find) -> None:
    (finding,) = find({"app.py": view("os.system('rm ' + n)", "/<n>", "n")}).findings
    assert finding.confidence is Confidence.HIGH


HELPER = (
    "from django.http import HttpResponse\n"
    "def send(request, name):\n    return HttpResponse(open('/srv/' + name))\n"
)


def test_what_is_called_by_the_target_is_no_view(find: Find) -> None:
    called = "def index(request):\n    return send(request, 'index.html')\n"
    (finding,) = find({"views.py": HELPER}).findings
    assert finding.level == "remote"
    (finding,) = find({"views.py": HELPER + called}).findings
    assert finding.level == "api"


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [("path", "low"), ("output_file", "low"), ("dest", "low"), ("title", "medium")],
)
def test_who_asks_for_a_path_gets_one(find: Find, parameter: str, expected: str) -> None:
    text = f"def read({parameter}):\n    return open({parameter}).read()\n"
    (finding,) = find({"library.py": text}).findings
    assert finding.confidence is Confidence(expected)


def test_who_runs_a_program_seldom_attacks_it(find: Find) -> None:
    text = "import os\nos.system('ls ' + os.environ['FOLDER'])\n"
    (finding,) = find({"tool.py": text}).findings
    assert finding.confidence is Confidence.LOW


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ("", "high"),
        ("if not is_allowed(n):\n    abort(404)", "medium"),
        ("validate_name(n)", "medium"),
        ("ok, reason = paths.check(n)\nif not ok:\n    abort(404)", "medium"),
        ("subprocess.check_call(['ls'])", "high"),
        ("log(n)", "high"),
    ],
)
def test_what_something_unknown_checked_is_doubted(find: Find, check: str, expected: str) -> None:
    (finding,) = find({"app.py": view(opened(f"from shop import *\n{check}"))}).findings
    assert finding.confidence is Confidence(expected)


def test_a_check_in_a_caller_is_doubted(find: Find) -> None:
    body = "n = request.args['n']\nvalidate_name(n)\nread(n)"
    text = view(body) + "def read(n):\n    open('/srv/' + n)\n"
    (finding,) = find({"app.py": text}).findings
    assert finding.confidence is Confidence.MEDIUM


@pytest.mark.parametrize(
    ("address", "expected"),
    [("'https://api.example.com/v1/' + BOOKS", "low"), ("BOOKS", "high")],
)
def test_a_host_that_the_code_names_is_trusted_more(
    find: Find, address: str, expected: str
) -> None:
    body = f"import requests\nos.system(requests.get({address}).text)"
    (finding,) = find({"app.py": view(body)}).findings
    assert finding.confidence is Confidence(expected)


PAGES = {
    "a type": ("return HttpResponse(n, content_type='application/csv')", None),
    "the beginning of a type": ("return HttpResponse(n, content_type=f'image/{KIND}')", None),
    "perhaps a page": ("return HttpResponse(n, content_type=f'text/{KIND}')", "high"),
    "a page": ("return HttpResponse(n, content_type='text/html; charset=utf-8')", "high"),
    "JSON as a page": ("return HttpResponse(json.dumps(n))", "low"),
}


@pytest.mark.parametrize("name", sorted(PAGES))
def test_only_pages_run_scripts(find: Find, name: str) -> None:
    body, expected = PAGES[name]
    text = (
        "import json\nfrom django.http import HttpResponse\n"
        f"def page(request):\n    n = request.GET['n']\n    {body}\n"
    )
    found = find({"views.py": text}).findings
    assert [f.confidence for f in found] == ([] if expected is None else [Confidence(expected)])


def test_the_type_of_an_answer_may_be_set_afterwards(find: Find) -> None:
    body = "from flask import make_response\nr = make_response(request.args['n'])\n{}return r"
    (finding,) = find({"app.py": view(body.format(""))}).findings
    assert finding.weakness == "html"
    later = body.format("r.headers['Content-Type'] = 'text/csv'\n")
    assert find({"app.py": view(later)}).findings == ()


def test_a_path_below_a_folder_is_no_option(find: Find) -> None:
    text = view("import subprocess\nsubprocess.run(['git', 'add', {}])")
    joined = "os.path.join(BOOKS, request.args['n'])"
    assert find({"app.py": text.format(joined)}).findings == ()
    (finding,) = find({"app.py": text.format("request.args['n']")}).findings
    assert finding.weakness == "option"


def test_members_of_archives_are_surer_than_settings(find: Find) -> None:
    text = (
        "import json, os\ndef read():\n"
        "    with open('settings.json') as f:\n        os.system(json.load(f)['command'])\n"
    )
    (finding,) = find({"tool.py": text}).findings
    assert (finding.level, finding.confidence) == ("file", Confidence.LOW)


def test_what_comes_from_afar_is_told_before_what_a_caller_may_pass(find: Find) -> None:
    text = view("x = make(request.args['n'])\nopen(x)") + "def f(title):\n    eval(title)\n"
    levels = [f.level for f in find({"app.py": text}).findings]
    assert levels == ["remote", "api"]


SHOW = (
    "from django.http import HttpResponse\nimport os\n"
    "def show(request, n):\n    os.system('rm ' + n)\n"
)
ROUTES = {
    "numbers": (r"url(r'^show/(?P<n>\d+)/$', views.show)", ()),
    "a narrow alphabet": (r"re_path(r'^show/(?P<n>[\w-]+)/$', show, name='show')", ()),
    "a converter": ("path('show/<int:n>/', views.show)", ()),
    "anything": ("url(r'^show/(?P<n>.+)/$', views.show)", ("remote",)),
    "a text": ("path('show/<n>/', views.show)", ("remote",)),
    "another parameter": ("re_path(r'^(?P<path>.*)$', show, {'n': '/srv'})", ()),
    "two addresses": ("path('<int:n>/', views.show), path('t/<path:n>/', views.show)", ("remote",)),
}


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_addresses_in_another_file_say_what_a_parameter_holds(find: Find, name: str) -> None:
    route, expected = ROUTES[name]
    routes = f"from . import views\nfrom .views import show\nurlpatterns = [{route}]\n"
    found = find({"site/views.py": SHOW, "site/urls.py": routes}).findings
    assert tuple(f.level for f in found) == expected


def test_a_method_that_is_given_a_request_is_no_view(find: Find) -> None:
    text = (
        "from django.http import HttpResponse\nimport os\n"
        "class {}:\n    def {}(self, request, n):\n        os.system('rm ' + n)\n"
    )
    (finding,) = find({"views.py": text.format("Show", "get")}).findings
    assert finding.level == "remote"
    (finding,) = find({"views.py": text.format("Middleware", "process_response")}).findings
    assert finding.level == "api"


def test_migrations_are_called_by_nobody(find: Find) -> None:
    text = "import os\ndef f(n):\n    os.system('rm ' + n)\n"
    assert find({"shop/migrations/0001_first.py": text}).findings == ()
    assert len(find({"shop/moves.py": text}).findings) == 1


@pytest.mark.parametrize(
    ("split", "weaknesses"),
    [("_, n = os.path.split(n)", ()), ("n, _ = os.path.split(n)", ("path",))],
)
def test_the_last_part_of_a_path_stays(find: Find, split: str, weaknesses: tuple[str, ...]) -> None:
    found = find({"app.py": view(opened(split))}).findings
    assert tuple(f.weakness for f in found) == weaknesses


def test_a_returned_abort_is_no_page(find: Find) -> None:
    text = view("return base.{}('no ' + request.args['n'])", "/x")
    assert find({"app.py": "from shop import base\n" + text.format("abort")}).findings == ()


def test_a_command_of_the_machine_is_local(find: Find) -> None:
    click = "import click, os\n@tool.command()\n@click.option('--n')\ndef f(n):\n    os.system(n)\n"
    django = (
        "from django.core.management.base import BaseCommand\nimport os\n"
        "class Command(BaseCommand):\n    def handle(self, *args, **options):\n"
        "        os.system(options['n'])\n"
    )
    for text in (click, django):
        (finding,) = find({"tool.py": text}).findings
        assert (finding.level, finding.confidence) == ("local", Confidence.LOW)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("f'{start()}?n={n}'", None),
        ("request.args['a'] + '?n=' + n", "request.args['a']"),
        ("start() + n", "low"),
        ("f'https://{n}/'", "high"),
        ("n", "high"),
    ],
)
def test_what_stands_behind_an_address_hardly_changes_its_host(
    find: Find, address: str, expected: str | None
) -> None:
    body = f"from flask import redirect\nn = request.args['n']\nreturn redirect({address})"
    found = find({"app.py": view(body)}).findings
    if expected is None:
        assert found == ()
        return
    (finding,) = found
    if expected in ("low", "high"):
        assert finding.confidence is Confidence(expected)
    else:
        assert finding.entry is not None
        assert finding.entry.key == "a"


def test_an_allow_list_that_may_be_off_is_a_doubt(find: Find) -> None:
    text = view(opened("if n not in ('a', 'b') and 'x' not in BOOKS:\n    abort(404)"))
    (finding,) = find({"app.py": text}).findings
    assert finding.confidence is Confidence.MEDIUM


@pytest.mark.parametrize(("call", "expected"), [("shutil.rmtree", "high"), ("os.remove", "low")])
def test_the_folder_above_can_be_removed(find: Find, call: str, expected: str) -> None:
    text = view(f"import shutil\n{call}(os.path.join('/srv', n))", "/<n>", "n")
    (finding,) = find({"app.py": text}).findings
    assert finding.confidence is Confidence(expected)


@pytest.mark.parametrize(
    ("call", "expected"),
    [("shop.get_book(n)", "low"), ("shop.fetchBook(n)", "low"), ("shop.rewritten(n)", "medium")],
)
def test_what_is_found_by_a_name_is_seldom_the_name(find: Find, call: str, expected: str) -> None:
    text = view(f"import shop\nn = request.args['n']\nos.system({call})")
    (finding,) = find({"app.py": text}).findings
    assert finding.confidence is Confidence(expected)


def test_an_item_of_a_large_mapping_is_not_sure(find: Find) -> None:
    for size, expected in ((3, "high"), (600, "medium")):
        rows = ", ".join(f"'k{i}': [{i}]" for i in range(size))
        text = view(f"d = {{'a': request.args['n'], {rows}}}\nos.system(d['a'])")
        (finding,) = find({"app.py": text}).findings
        assert finding.confidence is Confidence(expected)


@pytest.mark.parametrize(("then", "found"), [("", 1), (".unescape()", 0), (".striptags()", 0)])
def test_markup_that_is_made_plain_again_is_no_page(find: Find, then: str, found: int) -> None:
    text = view(f"from markupsafe import Markup\nkeep(Markup(request.args['n']){then})")
    assert len(find({"app.py": text}).findings) == found


@pytest.mark.parametrize(
    ("check", "weaknesses"),
    [
        ("n not in BOOKS and '*' not in BOOKS", ()),
        ("not (n in BOOKS or '' in BOOKS)", ()),
        ("n not in BOOKS and '*' not in shelf()", ("path",)),
        ("n not in BOOKS or '*' not in BOOKS", ()),
        ("n in BOOKS and '*' not in BOOKS", ("path",)),
    ],
)
def test_an_allow_list_may_hold_a_wildcard(
    find: Find, check: str, weaknesses: tuple[str, ...]
) -> None:
    found = find({"app.py": view(opened(f"if {check}:\n    abort(404)"))}).findings
    assert tuple(f.weakness for f in found) == weaknesses


@pytest.mark.parametrize(("value", "expected"), [("shop.made(n)", "low"), ("'x' + n", "high")])
def test_a_page_shows_harm_only_as_it_was_written(find: Find, value: str, expected: str) -> None:
    body = (
        f"import shop\nfrom flask import Response\nn = request.args['n']\nreturn Response({value})"
    )
    (finding,) = find({"app.py": view(body)}).findings
    assert finding.confidence is Confidence(expected)


@pytest.mark.parametrize(
    ("name", "expected"), [("create_default_connections", "low"), ("latest_connection", "medium")]
)
def test_a_sample_is_hardly_a_secret(name: str, expected: str) -> None:
    place = Place(
        start=0, end=4, name="password", value="kq8Zt3vLw1", form=Form.KEYWORD,
        what=Held.PASSWORD, function=name, user="ADMIN",
    )  # fmt: skip
    assert confidence_of(tree_path("shop/db.py"), place) is Confidence(expected)


@pytest.mark.parametrize(
    ("call", "expected"), [("shop.Book(n)", "low"), ("shop.made(n)", "medium")]
)
def test_an_object_is_seldom_what_it_was_made_of(find: Find, call: str, expected: str) -> None:
    text = view(f"import shop\nn = request.args['n']\nos.system({call})")
    (finding,) = find({"app.py": text}).findings
    assert finding.confidence is Confidence(expected)


@pytest.mark.parametrize("attempt", ["shop()", "pass", "m = 1\n    shop()"])
def test_what_a_handler_does_is_looked_at_whatever_failed(find: Find, attempt: str) -> None:
    text = view(f"try:\n    {attempt}\nexcept OSError as e:\n    os.system(request.args['n'])")
    (finding,) = find({"app.py": text}).findings
    assert finding.weakness == "command"


@pytest.mark.parametrize("stream", ["{}", "io.BytesIO({})", "io.TextIOWrapper(io.BytesIO({}))"])
def test_a_text_that_is_read_as_a_file_is_as_sure_as_the_text(find: Find, stream: str) -> None:
    read = stream.format("request.get_data()")
    text = view(f"import io, yaml\nyaml.unsafe_load({read})")
    (finding,) = find({"app.py": text}).findings
    assert finding.confidence is Confidence.HIGH
