"""The text of a regression test, as a function for pytest or a case for unittest."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import indent

from countermine.core.regressions import RegressionProbe
from countermine.prove.regression.calls import Call

_STANDARD = re.compile(
    r"^(?:import|from) (?:asyncio|base64|bz2|contextlib|gzip|hashlib|hmac|io|json|logging|lzma|os"
    r"|pathlib|pickle|random|re|runpy|secrets|shlex|socket|sqlite3|ssl|stat|sys|tarfile|tempfile"
    r"|time|tracemalloc|types|unittest|urllib|wsgiref|zipfile|zlib)\b"
)
_OUTSIDE = re.compile(
    r"^(?:import|from) (?:aiohttp|Crypto|Cryptodome|cryptography|django|fastapi|ldap3|lxml"
    r"|pymongo|pytest|starlette|tornado|yarl)\b"
)


_FOLDER = re.compile(r"(?<![\w.\"'])folder\b")
_CONTAINED = re.compile(r"(\"[^\"]*\"|[\w.]+(?:\(\w+\))?) in ([\w.]+(?:\(\w+\))?)")


_LINE = 84
"""Longest line of managers, indented as it will be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestText:
    """What a regression test says, whatever its style."""

    __test__ = False

    title: str
    """Docstring of the module."""
    call: Call
    probe: RegressionProbe
    payloads: tuple[str, ...]
    """The payloads of the probe that the test uses."""

    suffix: str = ""
    """Tells apart the tests of single payloads."""
    likely: int = 0
    """How many of the first payloads were seen showing the flaw as attacks."""

    @property
    def name(self) -> str:
        """Return the name of the test's function."""
        return f"test_{self.call.subject}_{self.probe.name}{self.suffix}"


def as_pytest(texts: Sequence[TestText]) -> str:
    """Return the module of pytest functions, one for each text."""
    several = any(len(text.payloads) > 1 for text in texts)
    imports = ("import pytest",) if several else ()
    return _module(texts[0], "\n\n\n".join(map(_function, texts)), imports)


def _function(text: TestText) -> str:
    several = len(text.payloads) > 1
    body = _drive(text)
    fixtures = [*(["payload"] if several else []), *text.call.fixtures]
    if _uses_folder([*body, text.probe.never]):
        fixtures.append("tmp_path")
        body = [_FOLDER.sub("tmp_path", line) for line in body]
    body.append(_assertion(_FOLDER.sub("tmp_path", text.probe.never), text.probe.message))
    lines = [f"def {text.name}({', '.join(fixtures)}):", *_indented(_doc(text), *body)]
    if several:
        listed = _indented(*(f"{one}," for one in text.payloads))
        marked = ['"payload",', "[", *listed, "],"]
        lines = ["@pytest.mark.parametrize(", *_indented(*marked), ")", *lines]
    return "\n".join(lines)


def as_unittest(texts: Sequence[TestText]) -> str:
    """Return the module of a unittest case with a method for each text."""
    methods = [_method(text) for text in texts]
    imports: tuple[str, ...] = ("import unittest",)
    if any("TemporaryDirectory" in method for method in methods):
        imports = ("import tempfile", "import unittest", "from pathlib import Path")
    title = "".join(part.title() for part in texts[0].call.subject.split("_"))
    case = f"class {title}RegressionTest(unittest.TestCase):\n" + "\n\n".join(methods)
    ending = '\n\n\nif __name__ == "__main__":\n    unittest.main()'
    return _module(texts[0], case + ending, imports)


def _method(text: TestText) -> str:
    several = len(text.payloads) > 1
    body = [*_drive(text), _method_assertion(text)]
    if _uses_folder([*body[:-1], text.probe.never]):
        opened = "with tempfile.TemporaryDirectory() as scratch:"
        body = [opened, *_indented("folder = Path(scratch)", *body)]
    if several:
        listed = _indented(*(f"{one}," for one in text.payloads))
        part = ["with self.subTest(payload=payload):", *_indented(*body)]
        body = ["for payload in (", *listed, "):", *_indented(*part)]
    return "\n".join(_indented(f"def {text.name}(self):", *_indented(_doc(text), *body)))


def _uses_folder(lines: list[str]) -> bool:
    return any(_FOLDER.search(line) for line in lines)


def _assertion(never: str, message: str) -> str:
    message = _quoted(message)
    contained = _CONTAINED.fullmatch(never)
    if contained is not None:
        return f"assert {contained[1]} not in {contained[2]}, {message}"
    joined = " or " in never or " and " in never
    return f"assert not ({never}), {message}" if joined else f"assert not {never}, {message}"


def _method_assertion(text: TestText) -> str:
    never, message = text.probe.never, _quoted(text.probe.message)
    contained = _CONTAINED.fullmatch(never)
    if contained is not None:
        return f"self.assertNotIn({contained[1]}, {contained[2]}, {message})"
    return f"self.assertFalse({never}, {message})"


def _quoted(message: str) -> str:
    return json.dumps(message, ensure_ascii=False)


def _doc(text: TestText) -> str:
    return f'"""{text.probe.summary}"""'


def _drive(text: TestText) -> list[str]:
    """Return the statements up to the check."""
    call, probe = text.call, text.probe
    asked = call.expression
    lines = [*probe.setup, *_value(text), *call.setup]
    managers = ["suppress(Exception, SystemExit)" if call.program else "suppress(Exception)"]
    managers += [*call.around, *probe.around]
    after: list[str] = []
    if _sees(text) and call.program:
        managers.append("redirect_stdout(io.StringIO()) as printed")
        after.append("seen = printed.getvalue()")
    elif _sees(text):
        lines.append('seen = ""')
        asked = f"seen = {call.answer.format(asked)}"
    if _is_sent(text):
        lines.append('sent_to = ""')
        asked = f"sent_to = {(call.sent_to or '').format(asked)}"
    if probe.looks_at_headers:
        lines.append("headed = []")
        asked = f"headed = {(call.headed or '').format(asked)}"
    asked = "\n".join([*call.before, asked])
    note = [] if probe.inputless else ["# To refuse the value is fine."]
    return [*lines, *note, *_within(managers, asked), *after]


def _within(managers: list[str], asked: str) -> list[str]:
    """Return the call inside its managers: on one line, or one inside another where it is long."""
    line = f"with {', '.join(managers)}:"
    if len(line) <= _LINE or len(managers) == 1:
        return [line, *_indented(asked)]
    return [f"with {managers[0]}:", *_indented(*_within(managers[1:], asked))]


def _is_sent(text: TestText) -> bool:
    return re.search(r"\bsent_to\b", text.probe.never) is not None


def _sees(text: TestText) -> bool:
    return re.search(r"\bseen\b", text.probe.never) is not None


def _value(text: TestText) -> list[str]:
    """Return the statements that define ``value``, where the test uses it."""
    call = text.call
    used = "\n".join([call.expression, *call.before, *call.setup, *call.around, text.probe.never])
    if not re.search(r"\bvalue\b", used):
        return []
    if len(text.payloads) > 1:
        return [f"value = {text.probe.value}"]
    if text.probe.value == "payload":
        return [f"value = {text.payloads[0]}"]
    return [f"payload = {text.payloads[0]}", f"value = {text.probe.value}"]


def _indented(*lines: str) -> list[str]:
    return [indent(line, "    ") for line in lines]


def _module(text: TestText, body: str, imports: tuple[str, ...]) -> str:
    call, probe = text.call, text.probe
    wanted = {*imports, *call.imports, *probe.imports}
    printed = call.program and _sees(text)
    wanted.add(f"from contextlib import {'redirect_stdout, ' if printed else ''}suppress")
    wanted.update(["import io"] if printed else [])
    wanted = _joined(wanted)
    standard = [one for one in wanted if _STANDARD.match(one)]
    outside = [one for one in wanted if _OUTSIDE.match(one)]
    own = wanted.difference(standard, outside)
    blocks = ["\n".join(sorted(block, key=_order)) for block in (standard, outside)]
    blocks.append("\n".join(call.start))
    blocks.append("\n".join(_own_import(call, one) for one in sorted(own, key=_order)))
    head = "\n\n".join([f'"""{text.title}"""', *(block for block in blocks if block)])
    answering = call.helpers.strip()
    answering = answering if answering.removeprefix("def ").partition("(")[0] in body else ""
    helpers = (one for one in (answering, probe.helpers.strip()) if one)
    return "\n\n\n".join([head, *helpers, body]) + "\n"


def _joined(lines: set[str]) -> set[str]:
    """Return import statements with one for each module that names come from."""
    plain = {line for line in lines if not line.startswith("from ")}
    names: dict[str, set[str]] = {}
    for line in lines - plain:
        module, _, listed = line.removeprefix("from ").partition(" import ")
        names.setdefault(module, set()).update(listed.split(", "))
    return plain | {f"from {module} import {', '.join(sorted(n))}" for module, n in names.items()}


def _own_import(call: Call, line: str) -> str:
    return f"{line}  # noqa: E402" if call.start else line


def _order(line: str) -> tuple[bool, str]:
    """Sort ``import x`` before ``from x import y``, as most sorters do."""
    return line.startswith("from "), line
