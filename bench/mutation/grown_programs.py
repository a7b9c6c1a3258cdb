"""Python programs that grow by chance over the constructs that the search knows.

They are syntactically right and mean little: values refer to themselves, functions call each
other without end, and what comes from outside may or may not get to something dangerous.
"""

import random

_NAMES = ("a", "b", "c", "d", "key", "rows", "table", "made")
_ATTRIBUTES = ("x", "y", "name", "items", "get", "append", "run", "format", "join", "execute")
_CLASSES = ("One", "Two", "Three")
_FUNCTIONS = ("first", "second", "third", "fourth")
_CONSTANTS = (
    "0", "1", "-1", "3.5", "1j", "10**30", "0x_ff", "'ls '", "''", "'%s'", "'{}'", "b'x'", "None",
    "True", "...", "r'\\d+'", "'a' 'b'", "'''x\ny'''", "f'{a}'", "f'{a!r:>{b}}'", "f\"{f'{a}'}\"",
    "()", "[]", "{}", "'/srv/'", "'select * from t where x = '", "__name__",
)  # fmt: skip
_SOURCES = (
    "request.args['k']", "request.form.get('k')", "request.json", "sys.argv[1]", "input()",
    "os.environ['K']", "request.files['f'].filename", "request.cookies", "open(a).read()",
)  # fmt: skip
_SINKS = (
    "os.system('ls ' + {0})", "eval({0})", "open({0})", "subprocess.run({0}, shell=True)",
    "sqlite3.connect('d').execute('select ' + {0})", "pickle.loads({0})", "yaml.load({0})",
    "render_template_string({0})", "re.match({0}, {1})", "hashlib.md5({0})", "redirect({0})",
    "Markup({0})", "exec({0}, {1})", "requests.get({0}, verify=False)", "render_template('p.html', a={0})",
    "re.match(r'(a|a)*$', {0})", "tarfile.open({0}).extractall({1})", "getattr({0}, {1})()",
    "subprocess.run(['git', 'clone', {0}])", "make_response({0})", "zipfile.ZipFile({0}).extract({1})",
)  # fmt: skip
_OPERATORS = ("+", "-", "*", "%", "//", "@", "**", "<<", "&", "|", "and", "or", "in", "not in", "is",
              "==", "!=", "<", ">=")  # fmt: skip
_DECORATORS = ("@staticmethod", "@classmethod", "@property", "@app.route('/x')", "@wrapped",
               "@functools.wraps(a)", "@dataclass", "@contextmanager", "@functools.cache")  # fmt: skip
_PATTERNS = (
    "[a, *b]",
    "{'k': a, **c}",
    "One(x=a)",
    "1 | 2",
    "'s' as a",
    "_",
    "(a, b)",
    "None",
    "a.b",
)
HEAD = (
    "import functools, hashlib, os, pickle, re, requests, sqlite3, subprocess, sys, tarfile, yaml\n"
    "import zipfile\nfrom dataclasses import dataclass\nfrom contextlib import contextmanager\n"
    "from flask import Flask, Markup, make_response, redirect, render_template, request\n"
    "from flask import render_template_string\napp = Flask(__name__)\n"
)
_DEPTH = 3


class Grower:
    """Grows modules that may import each other."""

    def __init__(self, chance: random.Random, modules: tuple[str, ...]) -> None:
        """Grow by this chance; ``modules`` are the names of those that stand side by side."""
        self._chance = chance
        self._modules = modules

    def module(self) -> str:
        """Return the text of one module."""
        lines = [HEAD]
        lines += [self._import() for _ in range(self._chance.randrange(3))]
        for _ in range(self._chance.randrange(2, 9)):
            lines += self._definition(0) if self._chance.random() < 0.7 else self._statement(0, 1)
        return "\n".join(lines) + "\n"

    def _one(self, of: tuple[str, ...]) -> str:
        return self._chance.choice(of)

    def _import(self) -> str:
        name, thing = self._one(self._modules), self._one((*_FUNCTIONS, *_CLASSES))
        return self._one(
            (
                f"import {name}",
                f"from {name} import *",
                f"from {name} import {thing}",
                f"from . import {name} as {self._one(_NAMES)}",
                f"import {name} as {thing}",
                f"from .{name} import {thing} as {self._one(_FUNCTIONS)}",
                f"try:\n    from {name} import {thing}\nexcept ImportError:\n    {thing} = None",
            )
        )

    def expression(self, depth: int) -> str:
        """Return an expression that is nested at most so deep."""
        if depth <= 0 or self._chance.random() < 0.2:
            return self._one((*_NAMES, *_NAMES, "self", self._one(_CONSTANTS), self._one(_SOURCES)))
        a, b = self.expression(depth - 1), self.expression(depth - 2)
        n, x = self._one(_NAMES), self._one(_ATTRIBUTES)
        f, m = self._one((*_FUNCTIONS, *_CLASSES)), self._one(self._modules)
        return self._one(
            (
                f"({a} {self._one(_OPERATORS)} {b})",
                f"({a}).{x}",
                f"({a})[{b}]",
                f"({a})[{b}:]",
                f"{f}({a}, {b})",
                f"{f}(*{n}, **{n})",
                f"{f}({n}={a})",
                f"({a}).{x}({b})",
                f"[{a}, *{n}]",
                f"({a}, {b})",
                "{" + f"{b}: {a}, **{n}" + "}",
                "{" + f"{a}, {b}" + "}",
                f"[{a} for {n} in {b} if {n}]",
                "{" + f"{n}: {a} for {n} in {b}" + "}",
                f"({a} if {b} else {n})",
                f"(lambda {n}, *z, k={b}: {a})",
                f"(lambda: {f}({a}))()",
                f"({n} := {a})",
                f"not {a}",
                f"(yield {a})",
                f"(await {a})",
                f"{m}.{f}({a})",
                f"functools.partial({f}, {a})({b})",
                f"getattr({n}, {a}, {b})",
                f"super().{x}({a})",
                f"type({n})({a})",
                f"f'{{{n}}} and {{{n}.{x}!r}}'",
                f"'%s %d' % ({a}, {b})",
                f"'{{}} {{k}}'.format({a}, k={b})",
                f"', '.join({a})",
                f"str({a})",
                f"int({n})",
                f"os.path.join({a}, {b})",
                f"sum({n} for {n} in {a})",
                self._one(_SINKS).format(a, b),
            )
        )

    def _target(self) -> str:
        n, m = self._one(_NAMES), self._one(_NAMES)
        return self._one(
            (n, n, n, f"self.{n}", f"{n}[{m}]", f"{n}, {m}", f"{n}, *{m}", f"{n}.x.y", f"{n}['k']")
        )

    def _block(self, indent: int, depth: int) -> list[str]:
        body: list[str] = []
        for _ in range(self._chance.randrange(1, 4)):
            body += self._statement(indent, depth)
        return body

    def _statement(self, indent: int, depth: int) -> list[str]:
        if depth > 0 and self._chance.random() < 0.4:
            return self._compound(indent, depth)
        a, n = self.expression(_DEPTH), self._one(_NAMES)
        plain = (
            f"{self._target()} = {a}", f"{self._target()} = {a}", f"{n} += {a}", f"{n}: str = {a}",
            self._one(_SINKS).format(a, n), self._one(_SINKS).format(n, a), a, f"{n}.append({n})",
            f"{n} = {n}", f"{n}[{n}] = {n}", f"{n} = {n}, {n}", f"del {n}", f"global {n}", "pass",
            f"return {a}", f"raise ValueError({a})", f"assert {a}, {n}", "break", "continue",
            f"nonlocal {n}", self._import().replace("\n", "\n" + "    " * indent), f"yield from {n}",
        )  # fmt: skip
        return ["    " * indent + self._one(plain)]

    def _compound(self, indent: int, depth: int) -> list[str]:
        pad, a = "    " * indent, self.expression(2)
        n = self._one(_NAMES)

        def block() -> list[str]:
            return self._block(indent + 1, depth - 1)

        match self._chance.randrange(8):
            case 0:
                lines = [f"{pad}if {a}:", *block(), f"{pad}elif {n}:", *block()]
                lines += [f"{pad}else:", *block()]
            case 1:
                lines = [f"{pad}for {self._target()} in {a}:", *block(), f"{pad}else:", *block()]
            case 2:
                lines = [f"{pad}while {a}:", *block()]
            case 3:
                lines = [f"{pad}try:", *block(), f"{pad}except ({n}, OSError) as {n}:", *block()]
                lines += [f"{pad}finally:", *block()]
            case 4:
                lines = [f"{pad}with {a} as {n}, open({n}):", *block()]
            case 5:
                lines = [f"{pad}match {a}:"]
                for _ in range(2):
                    lines.append(f"{pad}    case {self._one(_PATTERNS)} if {n}:")
                    lines += self._block(indent + 2, 0)
            case 6:
                lines = [f"{pad}async with {a} as {n}:", *block()]
            case _:
                lines = self._definition(indent, depth)
        return lines

    def _definition(self, indent: int, depth: int = 2) -> list[str]:
        pad = "    " * indent
        lines = [pad + self._one(_DECORATORS)] if self._chance.random() < 0.3 else []
        if self._chance.random() < 0.3:
            bases = ", ".join(self._one((*_CLASSES, "Thread", f"{self._modules[0]}.One"))
                              for _ in range(self._chance.randrange(3)))  # fmt: skip
            lines.append(f"{pad}class {self._one(_CLASSES)}({bases}):")
            for _ in range(self._chance.randrange(1, 4)):
                lines += self._function(indent + 1, depth - 1, "self, ")
            return lines
        return lines + self._function(indent, depth, "")

    def _function(self, indent: int, depth: int, receiver: str) -> list[str]:
        name = self._one((*_FUNCTIONS, *_FUNCTIONS, "__init__", "__getattr__", "__call__", "run"))
        given = self._one(
            ("a, b=1", "a, /, b, *, key='x'", "*rows, **table", "a: str, b: int = 0", "")
        )
        prefix = self._one(("", "", "", "async "))
        pad = "    " * indent
        return [f"{pad}{prefix}def {name}({receiver}{given}):", *self._block(indent + 1, depth)]
