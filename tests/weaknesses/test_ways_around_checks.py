"""Patches with a way around their check are seen through; twins that have none are let be."""

from collections.abc import Callable, Sequence

import pytest

from countermine.core.spans import tree_path
from countermine.core.witnesses import Absent, Effect, Shown, Stimulus, Witness
from countermine.prove.conditions import conditions
from countermine.prove.effects import UNPACKED, effects
from countermine.prove.legitimate import further_uses
from countermine.prove.moved import comparisons, dangers
from countermine.prove.mutations import UNDONE_BY, mutated
from countermine.prove.pools import fewer, pool_bits
from countermine.prove.records import Claim
from countermine.prove.search import directed
from countermine.weaknesses.registry import BUILT_IN
from tests.weaknesses.makers import MAKERS
from tests.weaknesses.witness_bench import Bench, finding_of
from tests.weaknesses.witness_targets import FUNCTIONS, Target

FOLDED_PATH = """
import os, unicodedata
FOLDER = os.path.join(os.path.dirname(__file__), "files")

def run(name):
    {first}
    if ".." in name or "/" in name:
        raise FileNotFoundError(name)
    {last}
    with open(os.path.join(FOLDER, name)) as file:
        return file.read()
"""
FOLDED_SQL = """
import sqlite3, unicodedata

def run(name):
    database = sqlite3.connect(":memory:")
    database.execute("create table users (name text, age int)")
    {first}
    name = name.replace("'", "''")
    {last}
    return database.execute("select age from users where name = '" + name + "'").fetchall()
"""
FOLDED_PAGE = """
import html, unicodedata

def run(name):
    {first}
    name = html.escape(name)
    {last}
    return "<p>Hello " + name + "</p>"
"""
FOLD = 'name = unicodedata.normalize("NFKC", name)'
CHECKED_CODE = """
import re

def run(expression):
    if "__" in expression or "import" in expression:
        raise ValueError(expression)
    return {last}(expression)
"""
DROPPED_PATH = """
import os, re
FOLDER = os.path.join(os.path.dirname(__file__), "files")

def run(name):
    {first}
    if ".." in name or name.startswith("/"):
        raise FileNotFoundError(name)
    {last}
    with open(os.path.join(FOLDER, name)) as file:
        return file.read()
"""
DROP = 'name = name.encode("ascii", "ignore").decode()'
ASCII_SQL = """
import sqlite3

def run(name):
    database = sqlite3.connect(":memory:")
    database.execute("create table users (name text, age int)")
    if name.isascii(){also}:
        name = name.replace("'", "''")
    return database.execute("select age from users where name = '" + name + "'").fetchall()
"""
EXEMPT_TAR = """
import os
import tarfile

def run(archive_path, target_dir):
    base = os.path.realpath(target_dir)
    with tarfile.open(archive_path) as archive:
        archive.extraction_filter = lambda member, path: member
        for member in archive.getmembers():
            trusted = member.name.lower().endswith((".png", ".jpg"))
            path = os.path.realpath(os.path.join(base, member.name))
            inside = os.path.commonpath([base, path]) == base and member.isfile()
            if not ({allowed}):
                raise ValueError("outside")
            archive.extract(member, base)
    return True
"""
LONG_XML = """
import io
import xml.sax
import xml.sax.handler

def run(document):
    parser = xml.sax.make_parser()
    parser.setFeature(xml.sax.handler.feature_external_ges, {never}len(document) > 900)
    parser.parse(io.StringIO(document))
    return True
"""
SOME_MODULES = """
import io
import pickle

class Some(pickle.Unpickler):
    def find_class(self, module, name):
        if module != "{module}"{also}:
            raise pickle.UnpicklingError("only plain data")
        return super().find_class(module, name)

def run(data):
    return Some(io.BytesIO(data.encode("latin-1"))).load()
"""
More = Callable[[Witness, str, str], Sequence[Stimulus]]


def target(name: str) -> Target:
    return next(one for one in FUNCTIONS if one.name == name)


def respelled(made: Witness, _flawed: str, _source: str) -> Sequence[Stimulus]:
    return mutated(made, made.attacks, 12)


def undoing(made: Witness, flawed: str, source: str) -> Sequence[Stimulus]:
    path = tree_path("app.py")
    calls = conditions({path: flawed.encode()}, {path: source.encode()}).calls
    undone = [way for name in calls for way in UNDONE_BY.get(name, ())]
    return mutated(made, made.attacks, 16, undone)


def meeting(made: Witness, flawed: str, source: str) -> Sequence[Stimulus]:
    path = tree_path("app.py")
    asked = conditions({path: flawed.encode()}, {path: source.encode()})
    return directed(made, made.attacks[:3], asked, ("collections",), 18, set())


def themselves(made: Witness, _flawed: str, _source: str) -> Sequence[Stimulus]:
    return made.attacks


WRONG = (
    ("path", FOLDED_PATH.format(first="", last=FOLD), respelled),
    ("sql", FOLDED_SQL.format(first="", last=FOLD), respelled),
    ("xss", FOLDED_PAGE.format(first="", last=FOLD), respelled),
    ("code", CHECKED_CODE.format(last="eval"), respelled),
    ("path", DROPPED_PATH.format(first="", last=DROP), undoing),
    ("sql", ASCII_SQL.format(also=""), undoing),
    ("tar", EXEMPT_TAR.format(allowed="trusted or inside"), meeting),
    ("sax", LONG_XML.format(never=""), meeting),
    ("pickle", SOME_MODULES.format(module="builtins", also=""), themselves),
    ("pickle", SOME_MODULES.format(module="collections", also=""), meeting),
    ("pickle", SOME_MODULES.format(module="app", also=""), meeting),
)
RIGHT = (
    ("path", FOLDED_PATH.format(first=FOLD, last=""), respelled),
    ("sql", FOLDED_SQL.format(first=FOLD, last=""), respelled),
    ("xss", FOLDED_PAGE.format(first=FOLD, last=""), respelled),
    ("code", CHECKED_CODE.format(last="float"), respelled),
    ("path", DROPPED_PATH.format(first=DROP, last=""), undoing),
    ("sql", ASCII_SQL.format(also=" or True"), undoing),
    ("tar", EXEMPT_TAR.format(allowed="inside"), meeting),
    ("sax", LONG_XML.format(never="False and "), meeting),
    ("pickle", SOME_MODULES.format(module="builtins", also=' or name != "set"'), themselves),
    ("pickle", SOME_MODULES.format(module="collections", also=' or name != "deque"'), meeting),
)


def driven(bench: Bench, name: str, source: str, more: More) -> Sequence[Effect]:
    one = target(name)
    effects, benign, _ = bench.run(one, source, more=lambda made: more(made, one.flawed, source))
    assert benign.error is None
    assert effects
    return effects


@pytest.mark.parametrize(("name", "source", "more"), WRONG)
def test_a_way_around_the_check_is_found(bench: Bench, name: str, source: str, more: More) -> None:
    assert any(isinstance(one, Shown) for one in driven(bench, name, source, more))


@pytest.mark.parametrize(("name", "source", "more"), RIGHT)
def test_a_check_without_a_way_around_holds(
    bench: Bench, name: str, source: str, more: More
) -> None:
    effects = driven(bench, name, source, more)
    assert all(isinstance(one, Absent) for one in effects), effects


FLAT = """
import os, tarfile

def run(archive_path, target_dir):
    with tarfile.open(archive_path) as archive:
        for member in archive.getmembers():
            if member.isfile():
                member.name = os.path.basename(member.name)
                archive.extract(member, target_dir)
    return True
"""


WEAK_ELSEWHERE = """
import hashlib

def tag(text):
    return hashlib.md5(text, usedforsecurity=False).hexdigest()

def run(password):
    {known}
    return {value}
"""
SELECT = """
import sqlite3

def run(name):
    database = sqlite3.connect(":memory:")
    database.execute("create table users (name text, age int)")
    return database.execute("select age from users where {}", {}).fetchall()
"""
CODE_OF = """
import random, secrets, string

def run(length):
    return {value}
"""


def uses(made: Witness) -> Sequence[Stimulus]:
    return further_uses(made, 6)


@pytest.mark.parametrize(("source", "kept"), [(FLAT, False), (target("tar").fixed[0], True)])
def test_folders_of_an_archive_belong_to_its_use(bench: Bench, source: str, *, kept: bool) -> None:
    one = target("tar")
    made = claim_of(one).witness
    before, after = (
        bench.run(one, text, more=lambda known: further_uses(known, 1))[2][-1]
        for text in (one.flawed, source)
    )
    assert UNPACKED in effects(made, (before,))
    assert (UNPACKED in effects(made, (after,))) is kept
    assert after.error is None


@pytest.mark.parametrize(
    ("value", "same"),
    [('"".join(filter(str.isalpha, name))', False), ("html.escape(name)", True)],
)
def test_text_for_people_has_more_than_letters(bench: Bench, value: str, *, same: bool) -> None:
    one = target("xss")
    source = f'import html\n\ndef run(name):\n    return "<p>Hello " + {value} + "</p>"\n'
    before, after = (bench.run(one, text, more=uses)[2] for text in (one.flawed, source))
    assert len(before) == len(after) == 7
    assert ([seen.result for seen in before] == [seen.result for seen in after]) is same


@pytest.mark.parametrize(
    ("known", "value", "moved"),
    [
        ("", "tag(password.encode())", True),
        ("", "hashlib.sha256(password.encode()).hexdigest()", False),
        ("tag(b'page')", "hashlib.sha256(password.encode()).hexdigest()", False),
    ],
)
def test_a_weak_hash_that_is_borrowed_is_seen(
    bench: Bench, known: str, value: str, *, moved: bool
) -> None:
    one = target("hash")
    flawed = WEAK_ELSEWHERE.format(known=known, value="hashlib.md5(password.encode()).hexdigest()")
    source = WEAK_ELSEWHERE.format(known=known, value=value)
    before, after = (bench.run(one, text, most=0)[1] for text in (flawed, source))
    claim = claim_of(one)
    assert bool(set(dangers(claim, (after,))) - set(dangers(claim, (before,)))) is moved


@pytest.mark.parametrize(
    ("value", "easier"),
    [
        ('"".join(secrets.choice("abcd") for _ in range(8))', True),
        ('"".join(secrets.SystemRandom().choices("abcd", k=8))', True),
        ("secrets.token_hex(8)[:8]", True),
        ("str(secrets.randbelow(10**8))", True),
        ('"".join(secrets.choice(string.ascii_letters) for _ in range(8))', False),
        ('"".join(secrets.SystemRandom().sample(string.ascii_letters, 8))', False),
        ("secrets.token_urlsafe(6)", False),
        ("secrets.token_hex(16)", False),
    ],
)
def test_a_pool_that_became_smaller_is_seen(bench: Bench, value: str, *, easier: bool) -> None:
    one = target("random")
    made = claim_of(one).witness
    before, again, after = (
        bench.run(one, text, most=0)[1]
        for text in (one.flawed, one.flawed + "\n", CODE_OF.format(value=value))
    )
    bits = pool_bits(made, (before,), again.result)
    assert bits is not None
    assert 45 < bits <= 48
    assert fewer(bits, pool_bits(made, (after,), before.result)) is easier


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("name like '%' || ? || '%'", True),
        ("name like ?", True),
        ("instr(name, ?) > 0", False),
        ("name = ?", False),
    ],
)
def test_how_a_statement_compares_is_kept(bench: Bench, condition: str, *, kept: bool) -> None:
    one = target("sql")
    source = SELECT.format(condition, "(name,)")
    flawed = SELECT.format("name like '%\" + name + \"%'", "()")
    before, after = (bench.run(one, text, most=0)[1] for text in (flawed, source))
    made = claim_of(one).witness
    was, now = (
        [found for found in comparisons(made, (seen,)) if found.startswith("SQL ")]
        for seen in (before, after)
    )
    assert was == ["SQL like"]
    assert (now == was) is kept


def claim_of(one: Target) -> Claim:
    finding = finding_of(one, one.flawed)
    known = next(known for known in BUILT_IN if known.facts.id == one.weakness)
    made = MAKERS[one.weakness].make(finding, {tree_path("app.py"): one.flawed.encode()})
    assert isinstance(made, Witness)
    return Claim(finding=finding, witness=made, weakness=known)
