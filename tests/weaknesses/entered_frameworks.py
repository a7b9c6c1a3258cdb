"""Targets that are entered through further web frameworks, and through commands."""

from countermine.core.entrypoints import Channel, EntryKind
from tests.weaknesses.entered_targets import entered

AIOHTTP = """
import os, subprocess
from aiohttp import web

FOLDER = os.path.join(os.path.dirname(__file__), "files")
routes = web.RouteTableDef()

@routes.get("/hello")
async def hello(request):
    text = "<p>Hello " + request.query.get("name", "") + "</p>"
    return web.Response(text=text, content_type="text/html")

async def ping(request):
    data = await request.post()
    return web.Response(text=subprocess.check_output("echo " + data["host"], shell=True, text=True))

async def download(request):
    name = request.match_info["name"]
    with open(os.path.join(FOLDER, name)) as stream:
        return web.Response(text=stream.read())

def create_app():
    app = web.Application()
    app.add_routes(routes)
    app.router.add_post("/ping/{zone}", ping)
    app.router.add_get("/file/{name:.*}", download)
    return app
"""
TORNADO = """
import os, subprocess
import tornado.web

class Hello(tornado.web.RequestHandler):
    def get(self):
        self.write("<p>Hello " + self.get_argument("name", "") + "</p>")

class Ping(tornado.web.RequestHandler):
    async def post(self):
        self.write(subprocess.check_output("echo " + self.get_body_argument("host"), shell=True))

class Download(tornado.web.RequestHandler):
    def get(self, name):
        with open(os.path.join("files", name)) as stream:
            self.write(stream.read())

def make_app():
    return tornado.web.Application([
        (r"/hello", Hello), (r"/ping", Ping), (r"/file/(.*)", Download),
    ])
"""
BOTTLE = """
import os, subprocess
from bottle import Bottle, request, route, default_app

app = Bottle()

@app.get("/hello")
def hello():
    return "<p>Hello " + request.query.get("name", "") + "</p>"

@app.post("/ping/<zone:int>")
def ping(zone):
    return subprocess.check_output("echo " + request.forms.get("host"), shell=True)

@route("/file/<name:path>")
def download(name):
    with open(os.path.join("files", name)) as stream:
        return stream.read()
"""
SANIC = """
import os, subprocess
from sanic import Sanic, html, text

app = Sanic("sample")

@app.get("/hello")
async def hello(request):
    return html("<p>Hello " + request.args.get("name", "") + "</p>")

@app.post("/ping/<zone:int>")
async def ping(request, zone):
    return text(subprocess.check_output("echo " + request.form.get("host"), shell=True, text=True))

@app.get("/file/<name:path>")
async def download(request, name):
    with open(os.path.join("files", name)) as stream:
        return text(stream.read())
"""
WSGI = """
import os, subprocess
from urllib.parse import parse_qs
from werkzeug.wrappers import Request, Response

def application(environ, start_response):
    name = parse_qs(environ.get("QUERY_STRING", "")).get("name", [""])[0]
    body = "<p>Hello " + name + "</p>"
    start_response("200 OK", [("Content-Type", "text/html")])
    return [body.encode()]

@Request.application
def ping(request):
    return Response(subprocess.check_output("echo " + request.args["host"], shell=True))

class Files:
    def __init__(self, folder="files"):
        self.folder = folder

    def __call__(self, environ, start_response):
        with open(os.path.join(self.folder, environ["PATH_INFO"].lstrip("/")), "rb") as stream:
            data = stream.read()
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [data]
"""
PLAIN_ASGI = """
import os, subprocess
from urllib.parse import parse_qs

async def app(scope, receive, send):
    query = parse_qs(scope["query_string"].decode())
    out = subprocess.check_output("echo " + query.get("host", ["x"])[0], shell=True)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": out})
"""
QUART = """
import os, subprocess
from quart import Quart, request

app = Quart(__name__)

@app.route("/hello")
async def hello():
    return "<p>Hello " + request.args.get("name", "") + "</p>"

@app.route("/ping/<int:zone>", methods=["POST"])
async def ping(zone):
    form = await request.form
    return subprocess.check_output("echo " + form["host"], shell=True)

@app.route("/file/<path:name>")
async def download(name):
    with open(os.path.join("files", name)) as stream:
        return stream.read()
"""
DRF = """
import os, subprocess
from django.db import connection
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet
from rest_framework.decorators import api_view, action
from rest_framework.response import Response

class Ping(APIView):
    def post(self, request):
        command = "echo " + request.data["host"]
        return Response(subprocess.check_output(command, shell=True, text=True))

class Users(ViewSet):
    def list(self, request):
        with connection.cursor() as cursor:
            cursor.execute("create table users(name, age)")
            name = request.query_params.get("name", "")
            cursor.execute("select * from users where name = '%s'" % name)
            return Response(cursor.fetchall())

    @action(detail=True, methods=["get"])
    def file(self, request, pk=None):
        with open(os.path.join("files", request.GET["name"])) as stream:
            return Response(stream.read())

@api_view(["POST"])
def run(request):
    command = "echo " + request.data.get("host")
    return Response(subprocess.check_output(command, shell=True, text=True))
"""
SERVERS = """
import os, subprocess
from http.server import BaseHTTPRequestHandler
from socketserver import StreamRequestHandler
from urllib.parse import urlparse, parse_qs

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        query = parse_qs(urlparse(self.path).query)
        out = subprocess.check_output("echo " + query["host"][0], shell=True)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(out)

    def do_POST(self):
        size = int(self.headers["Content-Length"])
        data = self.rfile.read(size).decode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(eval(data)).encode())

class Lines(StreamRequestHandler):
    def handle(self):
        line = self.rfile.readline().decode().strip()
        self.wfile.write(subprocess.check_output("echo " + line, shell=True))
"""
CLICK = """
import os, subprocess
import click
import typer

cli2 = typer.Typer()

@click.group()
def cli():
    pass

@cli.command()
@click.argument("host")
@click.option("--count", type=int, required=True)
@click.option("--label", default="none")
def ping(host, count, label):
    click.echo(subprocess.check_output("echo %s %d" % (label, count), shell=True, text=True))

@cli.command()
@click.option("--count", type=int)
def number(count):
    os.system("echo %s" % count)

@click.command()
@click.argument("source", type=click.File("r"))
def calculate(source):
    click.echo(eval(source.read()))

@cli2.command()
def greet(name: str, times: int = 1):
    subprocess.run("echo " + name, shell=True)
"""

OBJECTS = '''
import os

class Item:
    def __init__(self, size, key):
        self.size, self.key = size, key

class Service:
    def fetch(self, folder, item):
        """Fetch.

        :param str folder: where from
        :param Item item: what
        """
        with open(os.path.join(folder, item.key)) as stream:
            return stream.read()

class Accessor:
    stat = os.stat

def sized(text):
    Accessor().stat(os.path.dirname(os.path.abspath(__file__)))
    return eval(text)

def strange(thing, text):
    return thing @ eval(text)
'''
STRANGE = entered(
    "code-injection",
    EntryKind.FUNCTION,
    "strange",
    (Channel.PARAMETER, "text"),
    "eval",
    OBJECTS,
)

C, K = Channel, EntryKind
ASGI, DJANGO_VIEW, FUNCTION, METHOD, SCRIPT = (
    K.ASGI_ROUTE,
    K.DJANGO_VIEW,
    K.FUNCTION,
    K.METHOD,
    K.SCRIPT,
)
FURTHER = (
    entered("command-injection", ASGI, "ping", (C.FORM, "host"), "run", AIOHTTP),
    entered("path-traversal", ASGI, "download", (C.PATH, "name"), "open", AIOHTTP),
    entered("cross-site-scripting", METHOD, "Hello.get", (C.QUERY, "name"), "write", TORNADO),
    entered("path-traversal", METHOD, "Download.get", (C.PATH, "name"), "open", TORNADO),
    entered("command-injection", FUNCTION, "ping", (C.FORM, "host"), "run", BOTTLE),
    entered("command-injection", ASGI, "ping", (C.BODY, "host"), "run", SANIC),
    entered("path-traversal", ASGI, "download", (C.QUERY, "name"), "open", SANIC),
    entered("command-injection", FUNCTION, "ping", (C.QUERY, "host"), "run", WSGI),
    entered("path-traversal", METHOD, "Files.__call__", (C.PATH, "environ"), "open", WSGI),
    entered("command-injection", FUNCTION, "app", (C.PATH, "scope"), "run", PLAIN_ASGI),
    entered("command-injection", ASGI, "ping", (C.FORM, "host"), "run", QUART),
    entered("sql-injection", DJANGO_VIEW, "Users.list", (C.QUERY, "name"), "execute", DRF),
    entered("command-injection", DJANGO_VIEW, "run", (C.JSON, "host"), "run", DRF),
)
"""These need the frameworks."""

SERVED = (
    entered("command-injection", METHOD, "Handler.do_GET", (C.PATH, None), "run", SERVERS),
    entered("code-injection", METHOD, "Handler.do_POST", (C.BODY, None), "eval", SERVERS),
    entered("path-traversal", METHOD, "Service.fetch", (C.PARAMETER, "item"), "open", OBJECTS),
    entered("code-injection", FUNCTION, "sized", (C.PARAMETER, "text"), "eval", OBJECTS),
    entered("command-injection", METHOD, "Lines.handle", (C.BODY, None), "run", SERVERS),
)
"""These need the standard library only."""

COMMANDS = (
    entered("command-injection", SCRIPT, "ping", (C.ARGV, "label"), "run", CLICK),
    entered("code-injection", SCRIPT, "calculate", (C.ARGV, "source"), "eval", CLICK),
    entered("command-injection", SCRIPT, "greet", (C.ARGV, "name"), "run", CLICK),
)
