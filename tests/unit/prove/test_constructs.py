import pytest

from countermine.core.patches import PatchOrigin
from countermine.core.spans import tree_path
from countermine.core.witnesses import SetupFile, Stimulus, Witness
from countermine.prove.constructs import payload_pieces, violations
from countermine.testing.findings import finding_at
from countermine.testing.proving import stimulus, witness_for

PATH = tree_path("app.py")
OLD = b"import os\nimport sys\n\n\ndef view(text):\n    return eval(text)\n"


@pytest.fixture
def witness() -> Witness:
    finding = finding_at("app.py", OLD, b"eval(text)")
    return witness_for(
        finding,
        attacks=(
            stimulus("read", "../../{canary}/etc/shadow-file"),
            Stimulus(
                name="file",
                inputs=(),
                files=(SetupFile(name="archive-of-evil.zip", content_base64=""),),
            ),
        ),
        controls=(stimulus("plain", "quarterly-report.txt"),),
    )


def found(
    witness: Witness,
    new: str,
    old: bytes | None = OLD,
    origin: PatchOrigin = PatchOrigin.REMEDY,
) -> tuple[str, ...]:
    before = {} if old is None else {PATH: old}
    return violations(before, {PATH: new.encode()}, witness, origin)


@pytest.mark.parametrize(
    ("line", "construct"),
    [
        ("import gc", "module gc"),
        ("import ctypes.util", "module ctypes.util"),
        ("from ctypes import CDLL", "module ctypes"),
        ("from importlib import machinery", "module importlib"),
        ("from os import *", "*"),
        ("from six.moves import builtins", "builtins"),
        ("import atexit", "module atexit"),
        ("import unittest.mock", "module unittest.mock"),
        ("from sys import addaudithook", "addaudithook"),
        ("from threading import Timer as Later", "Timer"),
        ("sys.addaudithook(print)", "addaudithook"),
        ("sys._getframe().f_back", "_getframe"),
        ("x = sys._getframe().f_back", "f_back"),
        ("sys.settrace(None)", "settrace"),
        ("sys.setprofile(None)", "setprofile"),
        ("sys.modules.pop('os')", "modules"),
        ("sys.meta_path.clear()", "meta_path"),
        ("inspect.currentframe()", "currentframe"),
        ("os._exit(0)", "_exit"),
        ("threading.Thread(target=f).start()", "Thread"),
        ("view.__code__ = other.__code__", "__code__"),
        ("object.__subclasses__()", "__subclasses__"),
        ("exec(text)", "exec"),
        ("compile(text, '', 'eval')", "compile"),
        ("__import__('os')", "__import__"),
        ("globals()['x'] = 1", "globals"),
        ("__builtins__['open'] = None", "__builtins__"),
        ("os.open = print", "an assignment to os.open"),
        ("del os.open", "an assignment to os.open"),
        ("os.path.join = print", "an assignment to os.path.join"),
        ("setattr(os, 'open', print)", "setattr on os"),
        ("delattr(os, 'open')", "delattr on os"),
        ("getattr(sys, name)(print)", "getattr with a computed name"),
        ("getattr(*both)", "getattr with a computed name"),
        ("getattr(sys, 'settrace')(None)", "the name 'settrace' as text"),
        ("d['__import__']", "the name '__import__' as text"),
        ("loop.call_later(1, f)", "call_later"),
        ("loop.call_soon(f)", "call_soon"),
        ("task.add_done_callback(f)", "add_done_callback"),
        ("import weakref", "module weakref"),
        ("weakref.finalize(x, f)", "weakref.finalize"),
        ("atexit.register(f)", "atexit.register"),
        ("class Late:\n    def __del__(self): f()", "__del__"),
        ("vars(sys)['settrace']", "vars(sys)"),
        ("vars()['x']", "vars()"),
        ("sys.__dict__['settrace']", "sys.__dict__"),
        ("getattr(sys, '__dict__')", "the name '__dict__' as text"),
        ("operator.attrgetter(name)(sys)", "attrgetter with a computed name"),
        ("methodcaller('set' + 'trace')(sys)", "methodcaller with a computed name"),
        ("operator.attrgetter('flags.settrace')(sys)", "the name 'settrace' as text"),
        ("os.path.isdir('/target')", "the place '/target'"),
        ("__file__.startswith('/target/')", "the place '/target/'"),
        ("__file__.encode().startswith(b'/target/app')", "the place '/target/app'"),
        ("open('/tmp/countermine/x')", "the place '/tmp/countermine/x'"),
        ("import _md5", "module _md5"),
        ("from _hashlib import openssl_md5", "module _hashlib"),
        ("import posix", "module posix"),
        ("import random\nSOURCE = random.Random()", "random.Random"),
        ("import random\nrandom.seed(1)", "random.seed"),
        ("import pickle\npickle._Unpickler(data)", "pickle._Unpickler"),
        ("from pickle import _loads", "pickle._loads"),
        ("import hashlib\nhashlib._hashlib.openssl_md5(b'')", "hashlib._hashlib"),
    ],
)
def test_what_could_blind_the_observer_is_refused(
    witness: Witness, line: str, construct: str
) -> None:
    assert f"app.py newly uses {construct}" in found(witness, OLD.decode() + line + "\n")


@pytest.mark.parametrize(
    "line",
    [
        "import re\nPATTERN = re.compile('x')",
        "from flask import abort",
        "process.kill()",
        "import ast\nast.literal_eval('1')",
        "self.open = print",
        "setattr(self, 'open', 1)",
        "getattr(self, 'open')",
        "import json",
        "import random\nrandom.SystemRandom().choice('ab')",
        "from __future__ import annotations",
        "import shop\nshop._checked(name)",
        "from shop.services import _checked",
        "self._checked(name)",
        "from pathlib import Path",
        "encryptor.finalize()",
        "vars(self)",
        "self.__dict__",
        "operator.attrgetter('name')",
        "redirect('/targets/list')",
        "hashlib.md5(b'', usedforsecurity=False)",
    ],
)
def test_what_fixes_are_made_of_is_not(witness: Witness, line: str) -> None:
    assert found(witness, OLD.decode() + line + "\n") == ()


@pytest.mark.parametrize("origin", sorted(set(PatchOrigin) - {PatchOrigin.REMEDY}))
@pytest.mark.parametrize(
    "line",
    [
        "hashlib.md5(text, usedforsecurity=False)",
        "functools.partial(hashlib.md5, usedforsecurity=no)",
        "hashlib.md5(text, **{'usedforsecurity': False})",
    ],
)
def test_that_a_hash_serves_no_security_is_for_a_remedy_to_say(
    witness: Witness, line: str, origin: PatchOrigin
) -> None:
    new = OLD.decode() + line + "\n"
    assert found(witness, new, origin=origin) == ("app.py newly uses usedforsecurity",)
    assert found(witness, new, new.encode(), origin=origin) == ()
    assert found(witness, new) == ()


@pytest.mark.parametrize("origin", sorted(PatchOrigin))
def test_that_it_does_anybody_may_say(witness: Witness, origin: PatchOrigin) -> None:
    line = "hashlib.sha256(text, usedforsecurity=True)\n"
    assert found(witness, OLD.decode() + line, origin=origin) == ()


def test_what_was_there_before_is_not_judged(witness: Witness) -> None:
    old = b"import gc\n\ngc.collect()\nx = eval('1')\n"
    assert found(witness, "import gc\n\ngc.collect()\nx = eval('2')\n", old) == ()


def test_a_second_use_of_what_was_there_is_judged(witness: Witness) -> None:
    old = b"x = eval('1')\n"
    assert found(witness, "x = eval('1')\ny = eval('2')\n", old) == ("app.py newly uses eval",)


def test_a_new_file_is_judged_as_a_whole(witness: Witness) -> None:
    assert found(witness, "import gc\n", None) == ("app.py newly uses module gc",)


def test_where_a_text_does_not_parse_its_words_are_judged(witness: Witness) -> None:
    assert found(witness, "def (:\n  gc.collect()\n") == ("app.py newly uses gc",)
    assert found(witness, "print 'hello'\n") == ()


@pytest.mark.parametrize(
    "line",
    [
        'if "/ETC/shadow-file" in text: return',
        'if text == "quarterly-report.txt": return',
        'if "archive-of-evil.zip" in text: return',
        'if "Canary" in text: return',
        'if "countermine" in text: return',
    ],
)
def test_text_of_the_witness_is_refused(witness: Witness, line: str) -> None:
    refused = found(witness, OLD.decode() + line.replace("return", "pass") + "\n")
    assert [one.startswith("app.py names the witness's own text") for one in refused] == [True]


def test_text_that_the_file_had_before_is_not(witness: Witness) -> None:
    old = b"NAME = 'quarterly-report.txt'\n"
    assert found(witness, "NAME = 'quarterly-report.txt'  # kept\n", old) == ()


def test_short_pieces_of_a_payload_may_stand_in_a_fix(witness: Witness) -> None:
    assert found(witness, OLD.decode() + "if '../' in 'x': pass\n") == ()


def test_pieces_are_split_at_placeholders_and_sorted(witness: Witness) -> None:
    assert payload_pieces(witness) == (
        "/etc/shadow-file",
        "archive-of-evil.zip",
        "canary",
        "countermine",
        "quarterly-report.txt",
    )
