"""Regression tests of views and routes, with the frameworks from the package index."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from countermine.core.entrypoints import Channel, EntryKind
from countermine.core.environment import Environment, NoTests, TestPlan, TestRunner
from countermine.prove.steps import Passed, Unsettled
from tests.unit.prove.test_regressions_real import Flaw, written

pytestmark = pytest.mark.online

PACKAGES = (
    "flask",
    "django",
    "fastapi",
    "python-multipart",
    "pycryptodome",
    "cryptography",
    "pymongo",
    "ldap3",
    "lxml",
    "pytest",
)
UNITTEST = NoTests(reason="none")
PYTEST = TestPlan(runner=TestRunner.PYTEST, arguments=("tests",))


def environment_with(folder: Path, *packages: str) -> Environment:
    prefix = Path(sys.base_prefix).resolve()
    python = str(folder / "bin" / "python")
    uv = str(Path(sys.executable).parent / "uv")
    base = str(prefix / "bin" / "python3")
    subprocess.run([uv, "venv", "-q", "--python", base, str(folder)], check=True)
    subprocess.run(
        [uv, "pip", "install", "-q", "--compile-bytecode", "--python", python, *packages],
        check=True,
    )
    return Environment(
        python=python,
        version=sys.version_info[:2],
        mounts=(str(prefix), str(folder)),
        import_roots=(".",),
        tests=UNITTEST,
    )


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return environment_with(tmp_path_factory.mktemp("environment") / "venv", *PACKAGES)


@pytest.fixture(scope="session")
def environment_with_client(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    packages = ("fastapi", "python-multipart", "httpx")
    return environment_with(tmp_path_factory.mktemp("environment") / "venv", *packages)


@pytest.fixture
def root() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="countermine-targets-"))
    yield path
    shutil.rmtree(path)


VIEWS = """
import ast, html, json, os, subprocess
from django.db import connection
from django.http import FileResponse, HttpResponse
from django.template import Context, Template
from django.views import View
from django.views.decorators.http import require_POST
from django.contrib.auth.decorators import login_required

def hello(request):
    return HttpResponse("<p>Hello " + request.GET.get("name", "") + "</p>")

@login_required
@require_POST
def ping(request, zone):
    os.system("echo " + request.POST["title"] + request.POST["host"])
    return HttpResponse("ok")

class Search(View):
    def get(self, request, term):
        with connection.cursor() as cursor:
            cursor.execute("select * from users where name = '" + term + "'")
            return HttpResponse(str(cursor.fetchall()))

async def greet(request):
    return HttpResponse(Template("Hi " + request.COOKIES["name"]).render(Context()))

def load(request):
    return FileResponse(open(os.path.join("/srv", json.loads(request.body)["name"]), "rb"))

def work(request):
    return HttpResponse(str(eval(request.headers["X-Sum"])))
"""
MANAGE = """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
"""
SETTINGS = """
SECRET_KEY = "x"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
"""
PROJECT = (("manage.py", MANAGE), ("config/__init__.py", ""), ("config/settings.py", SETTINGS))


def django(weakness: str, function: str, channel: Channel, key: str, **more: Any) -> Flaw:
    more = {"kind": EntryKind.DJANGO_VIEW, "path": "shop/views.py", "code": VIEWS} | more
    return Flaw(weakness=weakness, function=function, channel=channel, key=key, **more)


DJANGO = (
    django(
        "cross-site-scripting",
        "hello",
        Channel.QUERY,
        "name",
        sink="django.http.HttpResponse",
        old='request.GET.get("name", "")',
        new='html.escape(request.GET.get("name", ""))',
        files=PROJECT,
    ),
    django(
        "command-injection",
        "ping",
        Channel.FORM,
        "host",
        sink="os.system",
        old='os.system("echo " + request.POST["title"] + request.POST["host"])',
        new='subprocess.run(["echo", request.POST["host"]])',
    ),
    django(
        "sql-injection",
        "Search.get",
        Channel.PATH,
        "term",
        sink="django.db.backends.utils.CursorWrapper.execute",
        old='"select * from users where name = \'" + term + "\'"',
        new='"select * from users where name = %s", [term]',
        files=PROJECT,
    ),
    django(
        "template-injection",
        "greet",
        Channel.COOKIE,
        "name",
        sink="django.template.Template",
        old='"Hi " + request.COOKIES["name"]).render(Context())',
        new='"Hi {{ name }}").render(Context({"name": request.COOKIES["name"]}))',
        files=PROJECT,
    ),
    django(
        "path-traversal",
        "load",
        Channel.JSON,
        "name",
        sink="open",
        path="project/shop/views.py",
        old='json.loads(request.body)["name"]',
        new='os.path.basename(json.loads(request.body)["name"])',
        files=(
            ("project/shop/__init__.py", ""),
            *((f"project/{path}", text) for path, text in PROJECT),
        ),
    ),
    django(
        "code-injection",
        "work",
        Channel.HEADER,
        "X-Sum",
        sink="eval",
        old="eval(",
        new="ast.literal_eval(",
    ),
)


@pytest.mark.parametrize("flaw", DJANGO, ids=lambda flaw: flaw.function)
def test_a_test_of_a_django_view_is_written(
    root: Path, flaw: Flaw, environment: Environment
) -> None:
    step, test = written(root, flaw, environment)
    assert isinstance(step, Passed), step
    assert test is not None


def test_a_test_of_a_django_view_is_written_for_pytest(
    root: Path, environment: Environment
) -> None:
    step, test = written(root, DJANGO[0], replace(environment, tests=PYTEST))
    assert isinstance(step, Passed), step
    assert test is not None
    assert "import pytest" in test.new_files[0].text


FLASK = """
import ast, os, pickle, subprocess
from flask import Blueprint, Flask, render_template_string, request
blueprint = Blueprint("shop", __name__)

@blueprint.post("/card")
def card():
    return render_template_string(request.form["text"] + request.form["title"])

def create_app():
    app = Flask(__name__)
    app.register_blueprint(blueprint, url_prefix="/in")

    @app.route("/up", methods=["POST"])
    def upload():
        unit = request.form["unit"]
        return str(eval(request.files["doc"].read().decode())) + unit

    return app
"""
TOUR = """
import html
from flask import Flask, request
app = Flask(__name__)

@app.get("/hello")
def hello():
    return "<p>" + request.args["name"] + request.headers["X-Sign"]
"""


def flask(weakness: str, function: str, channel: Channel, key: str, **more: Any) -> Flaw:
    more = {"kind": EntryKind.FLASK_VIEW, "path": "shop/app.py", "code": FLASK} | more
    return Flaw(weakness=weakness, function=function, channel=channel, key=key, **more)


ASKING = """
from flask import Flask, request
from pymongo import MongoClient
app = Flask(__name__)
users = MongoClient("mongodb://db.invalid", connect=False).shop.users

@app.post("/login")
def login():
    given = request.get_json()
    return str(users.find_one({"name": given["name"], "password": given["password"]}))

@app.get("/adults")
def adults():
    return str(list(users.find({"$where": "this.age > " + request.args["age"]})))
"""
SEARCHING = """
from flask import Flask, request
from ldap3 import Connection
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import escape_rdn
app = Flask(__name__)

@app.get("/mail")
def mail():
    with Connection("directory.invalid", auto_bind=True) as known:
        known.search("dc=shop", "(uid=" + request.args["uid"] + ")")
        return str(known.entries)

@app.post("/remove")
def remove():
    known = Connection("directory.invalid", auto_bind=True)
    return str(known.delete("uid=" + request.form["uid"] + ",dc=shop"))
"""
SELECTING = """
from flask import Flask, request
from lxml import etree
app = Flask(__name__)
users = etree.fromstring(b"<users><user name='ann'/></users>")

@app.get("/user")
def user():
    return str(users.xpath("//user[contains(@name, '%s')]" % request.args["name"]))
"""
FLASKS = (
    flask(
        "xpath-injection",
        "user",
        Channel.QUERY,
        "name",
        sink="lxml.etree._Element.xpath",
        code=SELECTING,
        old="""'%s')]" % request.args["name"]""",
        new="""$name)]", name=request.args["name"]""",
    ),
    flask(
        "ldap-injection",
        "mail",
        Channel.QUERY,
        "uid",
        sink="ldap3.Connection.search",
        code=SEARCHING,
        old='request.args["uid"]',
        new='escape_filter_chars(request.args["uid"])',
    ),
    flask(
        "ldap-injection",
        "remove",
        Channel.FORM,
        "uid",
        sink="ldap3.Connection.delete",
        code=SEARCHING,
        old='request.form["uid"]',
        new='escape_rdn(request.form["uid"])',
    ),
    flask(
        "nosql-injection",
        "login",
        Channel.JSON,
        "password",
        sink="pymongo.collection.Collection.find_one",
        code=ASKING,
        old='given["password"]',
        new='{"$eq": given["password"]}',
    ),
    flask(
        "nosql-injection",
        "adults",
        Channel.QUERY,
        "age",
        sink="pymongo.collection.Collection.find",
        code=ASKING,
        old='request.args["age"]',
        new='str(int(request.args["age"]))',
    ),
    flask(
        "template-injection",
        "card",
        Channel.FORM,
        "text",
        sink="flask.render_template_string",
        old='request.form["text"] + request.form["title"]',
        new='"{{ text }}", text=request.form["text"]',
    ),
    flask(
        "code-injection",
        "create_app.<locals>.upload",
        Channel.UPLOAD_CONTENT,
        "doc",
        sink="eval",
        old="eval(",
        new="ast.literal_eval(",
    ),
    flask(
        "cross-site-scripting",
        "hello",
        Channel.QUERY,
        "name",
        sink="return",
        code=TOUR,
        old='request.args["name"]',
        new='html.escape(request.args["name"])',
    ),
)


@pytest.mark.parametrize("flaw", FLASKS, ids=lambda flaw: f"{flaw.sink} {flaw.function}")
def test_a_test_of_a_flask_view_is_written(
    root: Path, flaw: Flaw, environment: Environment
) -> None:
    step, test = written(root, flaw, environment)
    assert isinstance(step, Passed), step
    assert test is not None


FASTAPI = """
import html, json, os, pickle, subprocess
from fastapi import APIRouter, FastAPI, File, Form, Header, UploadFile
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

app = FastAPI()
router = APIRouter(prefix="/api")
FOLDER = "/srv"

class Item(BaseModel):
    host: str
    count: int
    tags: list[str]

class Owner(BaseModel):
    name: str

@router.post("/ping/{zone}")
async def ping(zone: int, item: Item):
    return os.system("echo " + item.host)

@router.post("/order")
async def order(item: Item, owner: Owner):
    return os.system("echo " + owner.name)

@app.get("/hello", response_class=HTMLResponse)
def hello(name: str, page: int):
    return "<p>Hello " + name + "</p>"

@app.get("/file/{name:path}")
def download(name: str):
    with open(os.path.join(FOLDER, name)) as stream:
        return stream.read()

@app.post("/title")
async def title(text: str = Form(...), size: int = Form(...)):
    return eval(text)

@app.post("/up")
async def upload(doc: UploadFile = File(...), title: str = Form(...)):
    return str(pickle.loads(await doc.read()))

@app.get("/who")
def who(x_name: str = Header(...)):
    return os.system("echo " + x_name)
app.include_router(router)
"""
STARLETTE = """
import html
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

async def home(request):
    return HTMLResponse("<p>" + request.query_params["name"])

def create_app():
    return Starlette(routes=[Mount("/in", routes=[Route("/", home)])])
"""
ROUTER = """
import ast
from fastapi import APIRouter
router = APIRouter()

@router.get("/sum")
def total(text: str):
    return eval(text)
"""


def asgi(weakness: str, function: str, channel: Channel, key: str, **more: Any) -> Flaw:
    more = {"kind": EntryKind.ASGI_ROUTE, "path": "shop/app.py", "code": FASTAPI} | more
    return Flaw(weakness=weakness, function=function, channel=channel, key=key, **more)


def echoing(function: str, channel: Channel, key: str, value: str, **more: Any) -> Flaw:
    more = {
        "old": f'os.system("echo " + {value})',
        "new": f'subprocess.run(["echo", {value}])',
    } | more
    return asgi("command-injection", function, channel, key, sink="os.system", **more)


ASGI = (
    echoing("ping", Channel.JSON, "host", "item.host"),
    echoing("order", Channel.JSON, "name", "owner.name"),
    echoing("who", Channel.HEADER, "x-name", "x_name"),
    asgi(
        "cross-site-scripting",
        "hello",
        Channel.QUERY,
        "name",
        sink="return",
        old='"<p>Hello " + name',
        new='"<p>Hello " + html.escape(name)',
    ),
    asgi(
        "path-traversal",
        "download",
        Channel.PATH,
        "name",
        sink="open",
        old="os.path.join(FOLDER, name)",
        new="os.path.join(FOLDER, os.path.basename(name))",
    ),
    asgi(
        "code-injection",
        "title",
        Channel.FORM,
        "text",
        sink="eval",
        old="eval(",
        new="json.loads(",
    ),
    asgi(
        "cross-site-scripting",
        "home",
        Channel.QUERY,
        "name",
        sink="return",
        code=STARLETTE,
        old='request.query_params["name"]',
        new='html.escape(request.query_params["name"])',
    ),
    asgi(
        "code-injection",
        "total",
        Channel.QUERY,
        "text",
        sink="eval",
        code=ROUTER,
        old="eval(",
        new="ast.literal_eval(",
    ),
)
UPLOADED = asgi(
    "unsafe-deserialization",
    "upload",
    Channel.UPLOAD_CONTENT,
    "doc",
    sink="pickle.loads",
    old="pickle.loads(",
    new="json.loads(",
)


@pytest.mark.parametrize("flaw", ASGI, ids=lambda flaw: f"{flaw.function}-{flaw.channel.value}")
def test_a_test_of_an_asgi_route_speaks_for_itself(
    root: Path, flaw: Flaw, environment: Environment
) -> None:
    step, test = written(root, flaw, environment)
    assert isinstance(step, Passed), step
    assert test is not None
    assert "answer_of(" in test.new_files[0].text


def test_without_the_client_a_file_is_not_sent(root: Path, environment: Environment) -> None:
    step, test = written(root, UPLOADED, environment)
    assert isinstance(step, Unsettled)
    assert test is None


@pytest.mark.parametrize("flaw", [ASGI[1], UPLOADED], ids=lambda flaw: flaw.function)
def test_a_test_of_an_asgi_route_uses_the_client_where_it_is(
    root: Path, flaw: Flaw, environment_with_client: Environment
) -> None:
    step, test = written(root, flaw, environment_with_client)
    assert isinstance(step, Passed), step
    assert test is not None
    assert "TestClient(" in test.new_files[0].text


CIPHERS = (
    Flaw(
        weakness="weak-cipher",
        sink="Crypto.Cipher.DES.new",
        code="from Crypto.Cipher import AES, DES\n\ndef view(key, data):\n"
        "    return DES.new(key, DES.MODE_CBC).encrypt(data)\n",
        old="DES.new(key, DES.MODE_CBC)",
        new="AES.new(key, AES.MODE_GCM)",
        key=None,
    ),
    Flaw(
        weakness="weak-cipher",
        sink="Crypto.Cipher.AES.new",
        code="from Crypto.Cipher import AES\n\ndef view(key, data):\n"
        "    return AES.new(key, mode=AES.MODE_ECB).encrypt(data)\n",
        old="MODE_ECB",
        new="MODE_EAX",
        key=None,
    ),
    Flaw(
        weakness="weak-cipher",
        sink="cryptography.hazmat.primitives.ciphers.modes.ECB",
        code="from cryptography.hazmat.primitives.ciphers import Cipher, algorithms\n"
        "from cryptography.hazmat.primitives.ciphers.modes import CTR, ECB\n\n"
        "def view(data: bytes):\n    mode = ECB()\n"
        "    return Cipher(algorithms.AES(b'0' * 16), mode).encryptor().update(data)\n",
        old="ECB()\n",
        new="CTR(b'0' * 16)\n",
        key=None,
    ),
)


@pytest.mark.parametrize("flaw", CIPHERS, ids=lambda flaw: flaw.sink)
def test_a_test_of_a_weak_cipher_is_written(
    root: Path, flaw: Flaw, environment: Environment
) -> None:
    step, test = written(root, flaw, environment)
    assert isinstance(step, Passed), step
    assert test is not None
