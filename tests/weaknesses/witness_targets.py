"""Small targets for each weakness: flawed, fixed, and a quiet twin; one function or view each."""

from dataclasses import dataclass

from countermine.core.entrypoints import Channel, EntryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A module with a flaw, its fixes, and how it is entered."""

    name: str
    weakness: str
    kind: EntryKind
    qualname: str
    channel: Channel
    key: str | None
    sink: str
    flawed: str
    fixed: tuple[str, ...]
    """The fix, and quiet twins: nothing may be shown in any of them."""
    function: str | None = None
    """Function of the sink, where it is another than the entry point's."""
    wrong: tuple[str, ...] = ()
    """Patches of the symptom: each must be refused by what it shows, or by its legitimate use."""
    place: str = ""
    """Text of the flawed source that the finding is about; all of it where empty."""
    online: bool = False
    """Whether it needs packages from the index."""


def function(
    name: str,
    weakness: str,
    sink: str,
    key: str | None,
    sources: tuple[str, ...],
    wrong: tuple[str, ...] = (),
) -> Target:
    """Return a target that is a function ``run``; the first source is flawed.

    Without a key it is a call that is the flaw, whatever enters.
    """
    return Target(
        name=name,
        weakness=weakness,
        kind=EntryKind.FUNCTION,
        qualname="run",
        channel=Channel.PARAMETER,
        key=key,
        sink=sink,
        flawed=sources[0],
        fixed=sources[1:],
        wrong=wrong,
    )


PATH = (
    """
import os
FOLDER = os.path.join(os.path.dirname(__file__), "files")

def run(name):
    with open(os.path.join(FOLDER, name)) as file:
        return file.read()
""",
    """
import os
FOLDER = os.path.realpath(os.path.join(os.path.dirname(__file__), "files"))

def run(name):
    path = os.path.realpath(os.path.join(FOLDER, name))
    if os.path.commonpath([path, FOLDER]) != FOLDER or path == FOLDER:
        raise ValueError("outside")
    with open(path) as file:
        return file.read()
""",
    """
import os
FOLDER = os.path.join(os.path.dirname(__file__), "files")

def run(name):
    os.makedirs(FOLDER, exist_ok=True)
    with open(os.path.join(FOLDER, "fixed.txt"), "a") as log:
        log.write(name)
    return len(name) > 1
""",
)
COMMAND = (
    """
import subprocess

def run(host):
    return subprocess.run("echo " + host, shell=True, capture_output=True, text=True).stdout
""",
    """
import subprocess

def run(host):
    return subprocess.run(["echo", host], capture_output=True, text=True).stdout
""",
    """
import shlex
import subprocess

def run(host):
    command = "echo " + shlex.quote(host)
    return subprocess.run(command, shell=True, capture_output=True, text=True).stdout
""",
)
COMMAND_QUOTED = (
    """
import os

def run(host):
    return os.system("echo 'to %s' > /dev/null" % host)
""",
    """
import os, shlex

def run(host):
    return os.system("echo %s > /dev/null" % shlex.quote("to " + host))
""",
)
ARGUMENT = (
    """
import subprocess

def run(pattern):
    return subprocess.run(["grep", pattern, "/dev/null"], capture_output=True).returncode
""",
    """
import subprocess

def run(pattern):
    return subprocess.run(["grep", "--", pattern, "/dev/null"], capture_output=True).returncode
""",
    """
import subprocess

def run(pattern):
    return subprocess.run(["grep", "--regexp=" + pattern, "/dev/null"]).returncode
""",
)
CODE = (
    """
def run(expression):
    return eval(expression)
""",
    """
import ast

def run(expression):
    return ast.literal_eval(expression)
""",
    """
def run(expression):
    return eval("repr(%r)" % expression)
""",
)
CODE_IN_STRING = (
    """
def run(name):
    return eval("'value ' + '%s'" % name, {"__builtins__": __builtins__})
""",
    """
def run(name):
    return "value " + name
""",
)
SQL = (
    """
import sqlite3

def run(name):
    database = sqlite3.connect(":memory:")
    database.execute("create table users (name text, age int)")
    return database.execute("select age from users where name = '" + name + "'").fetchall()
""",
    """
import sqlite3

def run(name):
    database = sqlite3.connect(":memory:")
    database.execute("create table users (name text, age int)")
    return database.execute("select age from users where name = ?", (name,)).fetchall()
""",
    """
import sqlite3

def run(name):
    database = sqlite3.connect(":memory:")
    database.execute("create table users (name text, age int)")
    quoted = name.replace("'", "''")
    return database.execute("select age from users where name = '" + quoted + "'").fetchall()
""",
)
SQL_NUMBER = (
    """
def run(cursor, number):
    cursor.execute("create table users (name text, age int)")
    return cursor.execute(f"select name from users where age = {number}").fetchall()
""",
    """
def run(cursor, number):
    cursor.execute("create table users (name text, age int)")
    return cursor.execute(f"select name from users where age = {int(number)}").fetchall()
""",
)
PICKLE = (
    """
import pickle

def run(data):
    return pickle.loads(data.encode("latin-1"))
""",
    """
import io
import pickle

class Plain(pickle.Unpickler):
    def find_class(self, module, name):
        raise pickle.UnpicklingError("only plain data")

def run(data):
    return Plain(io.BytesIO(data.encode("latin-1"))).load()
""",
)
PICKLE_BASE64 = (
    """
import base64
import pickle

def run(cookie):
    return pickle.loads(base64.b64decode(cookie))
""",
    """
import base64
import io
import pickle

class Plain(pickle.Unpickler):
    def find_class(self, module, name):
        raise pickle.UnpicklingError("only plain data")

def run(cookie):
    return Plain(io.BytesIO(base64.b64decode(cookie))).load()
""",
)
PICKLE_FILE = (
    """
import pickle

def run(path):
    with open(path, "rb") as file:
        return pickle.load(file)
""",
    """
import pickle

class Plain(pickle.Unpickler):
    def find_class(self, module, name):
        raise pickle.UnpicklingError("only plain data")

def run(path):
    with open(path, "rb") as file:
        return Plain(file).load()
""",
)
YAML = (
    """
import yaml

def run(path):
    with open(path) as file:
        return yaml.load(file, Loader=yaml.Loader)
""",
    """
import yaml

def run(path):
    with open(path) as file:
        return yaml.safe_load(file)
""",
    """
import yaml

def run(path):
    with open(path) as file:
        return yaml.load(file, Loader=yaml.FullLoader)
""",
)
TAR = (
    """
import tarfile

def run(archive_path, target_dir):
    with tarfile.open(archive_path) as archive:
        archive.extractall(target_dir)
    return True
""",
    """
import os
import tarfile

def run(archive_path, target_dir):
    base = os.path.realpath(target_dir)
    with tarfile.open(archive_path) as archive:
        for member in archive.getmembers():
            path = os.path.realpath(os.path.join(base, member.name))
            if os.path.commonpath([base, path]) != base or not (member.isfile() or member.isdir()):
                raise ValueError("outside")
            archive.extract(member, base)
    return True
""",
)
ZIP = (
    """
import os
import zipfile

def run(archive_path, target_dir):
    with zipfile.ZipFile(archive_path) as archive:
        for name in archive.namelist():
            path = os.path.join(target_dir, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(archive.read(name))
    return True
""",
    """
import zipfile

def run(archive_path, target_dir):
    with zipfile.ZipFile(archive_path) as archive:
        archive.extractall(target_dir)
    return True
""",
)
XSS = (
    """
def run(name):
    return "<p>Hello " + name + "</p>"
""",
    """
import html

def run(name):
    return "<p>Hello " + html.escape(name) + "</p>"
""",
)
XSS_TAGS_TAKEN_OUT = (
    """
import re

def run(name):
    return "<p>Hello " + re.sub("<[^>]*>", "", name) + "</p>"
""",
)
XSS_ATTRIBUTE = (
    """
import html

def run(name):
    return "<input value='" + html.escape(name, quote=False) + "'>"
""",
    """
import html

def run(name):
    return "<input value='" + html.escape(name) + "'>"
""",
)
XSS_SCRIPT = (
    """
import html

def run(name):
    return "<script>var name = '" + name.replace("<", "") + "';</script>"
""",
    """
import json

def run(name):
    return "<script>var name = " + json.dumps(name).replace("<", "\\\\u003c") + ";</script>"
""",
)
TEMPLATE = (
    """
import jinja2

def run(name):
    return jinja2.Template("Hello " + name).render()
""",
    """
import jinja2

def run(name):
    return jinja2.Template("Hello {{ name }}").render(name=name)
""",
)
SAX = (
    """
import io
import xml.sax
import xml.sax.handler

def run(document):
    parser = xml.sax.make_parser()
    parser.setFeature(xml.sax.handler.feature_external_ges, True)
    parser.parse(io.StringIO(document))
    return True
""",
    """
import io
import xml.sax

def run(document):
    parser = xml.sax.make_parser()
    parser.parse(io.StringIO(document))
    return True
""",
)
ETREE = (
    """
import xml.etree.ElementTree as ET

def run(document):
    return ET.fromstring(document).tag
""",
    """
import xml.etree.ElementTree as ET
from xml.parsers import expat

def refuse(*_declared):
    raise ValueError("the document declares entities")

def run(document):
    parser = expat.ParserCreate()
    parser.EntityDeclHandler = refuse
    parser.Parse(document, True)
    return ET.fromstring(document).tag
""",
)
LXML = (
    """
from lxml import etree

def run(document):
    parser = etree.XMLParser(resolve_entities=True)
    return etree.fromstring(document.encode(), parser).tag
""",
    """
from lxml import etree

def run(document):
    parser = etree.XMLParser(resolve_entities=False)
    return etree.fromstring(document.encode(), parser).tag
""",
)
HASH = (
    """
import hashlib

def run(password):
    return hashlib.md5(password.encode()).hexdigest()
""",
    """
import hashlib

def run(password):
    return hashlib.sha256(password.encode()).hexdigest()
""",
    """
import hashlib

def run(password):
    return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()
""",
)
RANDOM = (
    """
import random
import string

def run(length):
    return "".join(random.choice(string.ascii_letters) for _ in range(8))
""",
    """
import secrets
import string

def run(length):
    return "".join(secrets.choice(string.ascii_letters) for _ in range(8))
""",
    """
import random
import string

def run(length):
    return "".join(random.SystemRandom().choice(string.ascii_letters) for _ in range(8))
""",
)
CIPHER = (
    """
from Crypto.Cipher import AES

def run(text):
    return AES.new(b"0" * 16, AES.MODE_ECB).encrypt(b"1" * 16)
""",
    """
from Crypto.Cipher import AES

def run(text):
    return AES.new(b"0" * 16, AES.MODE_GCM, nonce=b"2" * 12).encrypt(b"1" * 16)
""",
)

FUNCTIONS = (
    function("path", "path-traversal", "open", "name", PATH),
    function("command", "command-injection", "subprocess.run", "host", COMMAND),
    function("command-quoted", "command-injection", "os.system", "host", COMMAND_QUOTED),
    function("argument", "argument-injection", "subprocess.run", "pattern", ARGUMENT),
    function("code", "code-injection", "eval", "expression", CODE),
    function("code-in-string", "code-injection", "eval", "name", CODE_IN_STRING),
    function("sql", "sql-injection", "sqlite3.Connection.execute", "name", SQL),
    function("sql-number", "sql-injection", "sqlite3.Cursor.execute", "number", SQL_NUMBER),
    function("pickle", "unsafe-deserialization", "pickle.loads", "data", PICKLE),
    function("pickle-base64", "unsafe-deserialization", "pickle.loads", "cookie", PICKLE_BASE64),
    function("pickle-file", "unsafe-deserialization", "pickle.load", "path", PICKLE_FILE),
    function("tar", "archive-extraction", "tarfile.TarFile.extractall", "archive_path", TAR),
    function("zip", "archive-extraction", "zipfile.ZipFile.read", "archive_path", ZIP),
    function("xss", "cross-site-scripting", "return", "name", XSS, XSS_TAGS_TAKEN_OUT),
    function("xss-attribute", "cross-site-scripting", "return", "name", XSS_ATTRIBUTE),
    function("xss-script", "cross-site-scripting", "return", "name", XSS_SCRIPT),
    function("sax", "xml-external-entities", "xml.sax.make_parser", "document", SAX),
    function(
        "etree", "xml-entity-expansion", "xml.etree.ElementTree.fromstring", "document", ETREE
    ),
    function("hash", "weak-hash", "hashlib.md5", "password", HASH),
    function("random", "predictable-randomness", "random.choice", "length", RANDOM),
)
"""These need the standard library only."""

WITH_PACKAGES = (
    function("yaml", "unsafe-deserialization", "yaml.load", "path", YAML),
    function("template", "template-injection", "jinja2.Template", "name", TEMPLATE),
    function("lxml", "xml-external-entities", "lxml.etree.fromstring", "document", LXML),
    function("cipher", "weak-cipher", "Crypto.Cipher.AES.new", "text", CIPHER),
)
