"""Targets that are entered through a framework, a program's arguments, or an object."""

from countermine.core.entrypoints import Channel, EntryKind
from tests.weaknesses.witness_targets import Target


def entered(
    weakness: str,
    kind: EntryKind,
    qualname: str,
    value: tuple[Channel, str | None],
    sink: str,
    source: str,
) -> Target:
    """Return a target with no fix: only that its flaw is shown is of interest."""
    channel, key = value
    return Target(
        name=f"{kind.value}-{qualname.strip('<>')}-{channel.value}",
        weakness=weakness,
        kind=kind,
        qualname=qualname,
        channel=channel,
        key=key,
        sink=sink,
        flawed=source,
        fixed=(),
    )


FLASK = """
import os, sqlite3, subprocess, pickle, base64
from flask import Flask, request, render_template_string, send_file, make_response
app = Flask(__name__)
FOLDER = os.path.join(os.path.dirname(__file__), "files")

def log(view):
    import functools
    @functools.wraps(view)
    def inner(*a, **k):
        return view(*a, **k)
    return inner

@app.route("/file/<path:name>")
@log
def download(name):
    return send_file(os.path.join(FOLDER, name))

@app.route("/hello")
def hello():
    return "<p>Hello " + request.args.get("name", "") + "</p>"

@app.route("/tpl", methods=["GET", "POST"])
def tpl():
    if request.method == "POST":
        return render_template_string("<p>" + request.form["name"] + request.form["title"] + "</p>")
    return "form"

@app.route("/ping", methods=["POST"])
def ping():
    host = request.get_json()["host"]
    return subprocess.check_output("echo " + host, shell=True)

@app.route("/user/<int:uid>")
def user(uid):
    c = sqlite3.connect(":memory:")
    c.execute("create table users(name, age)")
    name = request.headers.get("X-Name", "")
    return str(c.execute("select * from users where name = '" + name + "'").fetchall())

@app.route("/session")
def session():
    return str(pickle.loads(base64.b64decode(request.cookies.get("data"))))

@app.route("/upload", methods=["POST"])
def upload():
    f = request.files["doc"]
    os.makedirs(FOLDER, exist_ok=True)
    f.save(os.path.join(FOLDER, f.filename))
    return "ok"
"""
FASTAPI = """
import os, subprocess, sqlite3
from fastapi import FastAPI, Form, UploadFile, File, Header, Cookie, APIRouter
from fastapi.responses import HTMLResponse, FileResponse
from pydantic import BaseModel
app = FastAPI()
router = APIRouter(prefix="/api")
class Item(BaseModel):
    host: str
    count: int
    tags: list[str]

@router.post("/ping/{zone}")
async def ping(zone: int, item: Item):
    return subprocess.check_output("echo " + item.host, shell=True)

@app.get("/hello", response_class=HTMLResponse)
def hello(name: str, page: int):
    return "<p>Hello " + name + "</p>"

@app.get("/file/{name:path}")
def download(name: str):
    return FileResponse(os.path.join("/target/files", name))

@app.post("/up")
async def upload(doc: UploadFile = File(...), title: str = Form(...)):
    os.makedirs("/target/files", exist_ok=True)
    with open("/target/files/" + doc.filename, "wb") as f:
        f.write(await doc.read())
    return {"ok": 1}

@app.get("/q")
def query(x_name: str = Header(None)):
    c = sqlite3.connect(":memory:")
    c.execute("create table users(name, age)")
    return c.execute("select * from users where name = '%s'" % x_name).fetchall()
app.include_router(router)
"""
STARLETTE = """
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.responses import HTMLResponse
import subprocess
async def home(request):
    return HTMLResponse("<p>" + request.query_params["name"])
async def form(request):
    data = await request.form()
    return HTMLResponse(subprocess.check_output("echo " + data["host"], shell=True))
app = Starlette(routes=[Route("/", home), Route("/f", form, methods=["POST"])])
"""
DJANGO = """
import subprocess, os
from django.db import connection
from django.http import HttpResponse, FileResponse
from django.views import View
from django.contrib.auth.decorators import login_required
def hello(request):
    return HttpResponse("<p>Hello " + request.GET.get("name", "") + "</p>")
@login_required
def ping(request, zone):
    return HttpResponse(subprocess.check_output("echo " + request.POST["host"], shell=True))
class Search(View):
    def get(self, request, term):
        with connection.cursor() as c:
            c.execute("create table users(name, age)")
            c.execute("select * from users where name = '" + term + "'")
            return HttpResponse(str(c.fetchall()))
def upload(request):
    f = request.FILES["doc"]
    os.makedirs("/target/files", exist_ok=True)
    with open("/target/files/" + request.POST["title"], "wb") as out:
        out.write(f.read())
    return HttpResponse("ok")
"""
OPTIONS = """
import argparse, subprocess
def main():
    p = argparse.ArgumentParser()
    p.add_argument("host")
    p.add_argument("--count", type=int, required=True)
    p.add_argument("--label")
    a = p.parse_args()
    command = "echo %s %s" % (a.label, a.count)
    print(subprocess.check_output(command, shell=True, text=True))
    return 0
if __name__ == "__main__":
    main()
"""
ARGUMENTS = """
import sys, os
os.system("echo " + sys.argv[1])
"""
INPUT = """
import os, sys
def run():
    data = sys.stdin.read()
    eval(data.strip() or "0")
    os.system("echo " + os.environ.get("LABEL", "none"))
run()
"""
COMMANDS = """
import argparse, pickle
p = argparse.ArgumentParser()
sub = p.add_subparsers(dest="cmd", required=True)
a = sub.add_parser("other")
b = sub.add_parser("load")
b.add_argument("--file", required=True); b.add_argument("mode", choices=["x","y"])
if __name__ == "__main__":
    args = p.parse_args()
    if args.cmd == "load":
        print(pickle.load(open(args.file, "rb")))
"""
CLASSES = """
import sqlite3, subprocess, abc, asyncio
from dataclasses import dataclass
from typing import Optional
@dataclass
class Config:
    path: str
    debug: bool
class Base(abc.ABC):
    def __init__(self, config: Config, timeout: int, name):
        self.config, self.timeout = config, timeout
    def ping(self, host: str, extra: Optional[dict]):
        return self.make("echo " + host)
    @abc.abstractmethod
    def make(self, c): ...
class Real(Base):
    def make(self, c):
        return subprocess.check_output(c, shell=True)
    @staticmethod
    def st(x):
        return eval(x)
    @classmethod
    async def cl(cls, x, *args, **kwargs):
        await asyncio.sleep(0)
        return eval(x)
    def gen(self, x):
        yield 1
        yield eval(x)
    @property
    def p(self): return 1
"""

C, K = Channel, EntryKind
FLASK_VIEW, ASGI, DJANGO_VIEW = K.FLASK_VIEW, K.ASGI_ROUTE, K.DJANGO_VIEW
WEB = (
    entered("path-traversal", FLASK_VIEW, "download", (C.PATH, "name"), "open", FLASK),
    entered("cross-site-scripting", FLASK_VIEW, "hello", (C.QUERY, "name"), "return", FLASK),
    entered("template-injection", FLASK_VIEW, "tpl", (C.FORM, "name"), "render", FLASK),
    entered("command-injection", FLASK_VIEW, "ping", (C.JSON, "host"), "run", FLASK),
    entered("sql-injection", FLASK_VIEW, "user", (C.HEADER, "X-Name"), "execute", FLASK),
    entered("path-traversal", FLASK_VIEW, "upload", (C.UPLOAD_NAME, "doc"), "open", FLASK),
    entered("command-injection", ASGI, "ping", (C.JSON, "host"), "run", FASTAPI),
    entered("cross-site-scripting", ASGI, "hello", (C.QUERY, "name"), "return", FASTAPI),
    entered("path-traversal", ASGI, "download", (C.PATH, "name"), "open", FASTAPI),
    entered("path-traversal", ASGI, "upload", (C.UPLOAD_NAME, "doc"), "open", FASTAPI),
    entered("sql-injection", ASGI, "query", (C.HEADER, "x-name"), "execute", FASTAPI),
    entered("cross-site-scripting", ASGI, "home", (C.QUERY, "name"), "return", STARLETTE),
    entered("command-injection", ASGI, "form", (C.FORM, "host"), "run", STARLETTE),
    entered("cross-site-scripting", DJANGO_VIEW, "hello", (C.QUERY, "name"), "return", DJANGO),
    entered("command-injection", DJANGO_VIEW, "ping", (C.FORM, "host"), "run", DJANGO),
    entered("sql-injection", DJANGO_VIEW, "Search.get", (C.PATH, "term"), "execute", DJANGO),
    entered("path-traversal", DJANGO_VIEW, "upload", (C.FORM, "title"), "open", DJANGO),
)
"""These need the frameworks."""

PLAIN = (
    entered("command-injection", K.SCRIPT, "<module>", (C.ARGV, "label"), "run", OPTIONS),
    entered("command-injection", K.SCRIPT, "main", (C.ARGV, "--label"), "run", OPTIONS),
    entered("command-injection", K.SCRIPT, "<module>", (C.ARGV, None), "os.system", ARGUMENTS),
    entered("code-injection", K.SCRIPT, "<module>", (C.STDIN, None), "eval", INPUT),
    entered("command-injection", K.SCRIPT, "<module>", (C.ENV, "LABEL"), "os.system", INPUT),
    entered("unsafe-deserialization", K.SCRIPT, "<module>", (C.ARGV, "file"), "pickle", COMMANDS),
    entered("command-injection", K.METHOD, "Base.ping", (C.PARAMETER, "host"), "run", CLASSES),
    entered("code-injection", K.METHOD, "Real.st", (C.PARAMETER, "x"), "eval", CLASSES),
    entered("code-injection", K.METHOD, "Real.cl", (C.PARAMETER, "x"), "eval", CLASSES),
    entered("code-injection", K.METHOD, "Real.gen", (C.PARAMETER, "x"), "eval", CLASSES),
)
"""These need the standard library only."""
