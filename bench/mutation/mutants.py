"""Texts with bytes changed by chance: real files of the standard library, programs, templates."""

import random
import sysconfig
from functools import cache
from pathlib import Path

FAMILIES = (
    ("shutil", "os", "tarfile", "zipfile"),
    ("subprocess", "threading", "signal"),
    ("http/server", "http/client", "http/cookies", "socketserver"),
    ("urllib/request", "urllib/parse", "urllib/response"),
    ("asyncio/base_events", "asyncio/events", "asyncio/tasks", "asyncio/streams"),
    ("logging/__init__", "logging/config", "logging/handlers"),
    ("xml/sax/expatreader", "xml/dom/minidom", "xml/dom/pulldom", "xml/etree/ElementTree"),
    ("email/message", "email/generator", "email/_header_value_parser"),
    ("pdb", "bdb", "cmd", "inspect"),
    ("pickle", "shelve", "copy", "dataclasses"),
    ("unittest/case", "unittest/mock", "unittest/loader"),
    ("ctypes/util", "platform", "webbrowser", "cgitb"),
    ("imaplib", "ftplib", "smtplib", "telnetlib"),
    ("ssl", "hashlib", "hmac", "secrets", "random"),
    ("tempfile", "glob", "pathlib", "fileinput"),
)
"""Modules that import each other or do the same kind of thing; those that are there are taken."""
TOKENS = (
    b"(", b")", b"[", b"]", b"{", b"}", b":", b",", b".", b"=", b":=", b"*", b"**", b"@", b"\\\n",
    b"\n", b"\r\n", b"\r", b"\f", b"\t", b"    ", b"\0", b"\xff", b"\xef\xbb\xbf", b"'", b'"', b"'''",
    b'"""', b"f'{", b"t'{a}'", b"#", b";", b"lambda: ", b"yield ", b"await ", b"async ", b"return ",
    b"class A(A): pass\n", b"def f(f=f): f(f)\n", b"import *\n", b"from . import *\n", b"print 'x'\n",
    b"except A, b:\n", b"exec 'x' in a\n", b"match a:\n", b"case _:\n", b"global a\n", b"else:\n",
    "\u212a".encode(), "\u0430".encode(), "\u202e".encode(), b"os.system(a)", b"eval(input())",
    b"{{ a|safe }}", b"{% if a %}", b"{% endfor %}", b"`a`", b"0777", b"1_", b"a <> b", b"<<<<<<< x\n",
)  # fmt: skip
WINDOW_LINES = 160
"""Most of a real file is left out, so that there are many mutants."""


@cache
def _file(name: str) -> bytes:
    path = Path(sysconfig.get_path("stdlib"), f"{name}.py")
    return path.read_bytes() if path.is_file() else b""


def mutated(chance: random.Random, text: bytes, times: int) -> bytes:
    """Return a text with so many changes: bytes cut, doubled, swapped, or put in."""
    out = bytearray(text)
    for _ in range(times):
        at = chance.randrange(len(out) + 1)
        size = chance.choice((1, 1, 2, 8, 40, 300))
        kind = chance.randrange(7)
        if kind == 0:
            del out[at : at + size]
        elif kind == 1:
            out[at:at] = chance.choice(TOKENS)
        elif kind == 2:
            out[at:at] = out[at : at + size] * chance.choice((1, 2, 30))
        elif kind == 3:
            out[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == 4:
            other = chance.randrange(len(out) + 1)
            out[at:at] = out[other : other + size]
        elif kind == 5:
            line = out.find(b"\n", at) + 1
            del out[line : out.find(b"\n", line) + 1]
        else:
            line = out.find(b"\n", at) + 1
            out[line:line] = b" " * chance.randrange(9)
    return bytes(out)


def real_files(chance: random.Random) -> dict[str, bytes]:
    """Return windows of one to three real files that stand side by side, mutated."""
    known = [name for name in chance.choice(FAMILIES) if _file(name)]
    found: dict[str, bytes] = {}
    for name in chance.sample(known, min(len(known), chance.randrange(1, 4))):
        lines = _file(name).splitlines(keepends=True)
        size = len(lines) if chance.random() < 0.02 else WINDOW_LINES
        start = chance.randrange(max(1, len(lines) - size))
        imports = [line for line in lines if line.startswith((b"import ", b"from "))]
        text = b"".join([*imports, *lines[start : start + size]])
        found[f"{name}.py"] = mutated(chance, text, chance.randrange(1, 30))
    return found
