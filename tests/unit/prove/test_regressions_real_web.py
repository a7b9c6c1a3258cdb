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
from countermine.prove.steps import Passed
from tests.unit.prove.test_regressions_real import Flaw, written

pytestmark = pytest.mark.online

PACKAGES = ("django", "fastapi", "python-multipart", "pycryptodome", "pytest")
UNITTEST = NoTests(reason="none")
PYTEST = TestPlan(runner=TestRunner.PYTEST, arguments=("tests",))


def environment_with(folder: Path, *packages: str) -> Environment:
    prefix = Path(sys.base_prefix).resolve()
    python = str(folder / "bin" / "python")
    uv = str(Path(sys.executable).parent / "uv")
    base = str(prefix / "bin" / "python3")
    subprocess.run([uv, "venv", "-q", "--python", base, str(folder)], check=True)
    subprocess.run([uv, "pip", "install", "-q", "--python", python, *packages], check=True)
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
@pytest.mark.parametrize("tests", [UNITTEST, PYTEST], ids=["unittest", "pytest"])
def test_a_test_of_a_django_view_is_written(
    root: Path, flaw: Flaw, environment: Environment, tests: TestPlan | NoTests
) -> None:
    step, test = written(root, flaw, replace(environment, tests=tests))
    assert isinstance(step, Passed), step
    assert test is not None
