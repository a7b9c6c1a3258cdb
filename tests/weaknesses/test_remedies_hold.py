"""Runs the code that remedies make: attacks fail in all variants, legitimate use stays the same."""

import importlib
import os
import pickle
import shlex
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from countermine.testing.remedies import patched


def fixed(package: str, code: str, **names: object) -> Callable[..., Any]:
    """Return the function ``f`` of marked code as the remedy leaves it."""
    remedies = importlib.import_module(f"countermine.weaknesses.{package}.remedy").REMEDIES
    space: dict[str, Any] = dict(names)
    exec(compile(patched(remedies, code), "case.py", "exec"), space)
    function: Callable[..., Any] = space["f"]
    return function


@pytest.fixture
def store(tmp_path: Path) -> Path:
    base = tmp_path / "base"
    (base / "sub").mkdir(parents=True)
    (base / "sub" / "a.txt").write_text("fine")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "base-other").mkdir()
    (tmp_path / "base-other" / "a.txt").write_text("secret")
    (base / "link").symlink_to(tmp_path)
    return base


OUTSIDE = ["../secret.txt", "sub/../../secret.txt", "../base-other/a.txt", "link/secret.txt", "\0"]
JOINS = [
    """
import os
def f(base, name):
    with «open(os.path.join(base, name))» as stream:
        return stream.read()
""",
    """
def f(base, name):
    with «open(f"{base}/{name}")» as stream:
        return stream.read()
""",
    """
def f(base, name):
    with «open("%s/%s" % (base, name))» as stream:
        return stream.read()
""",
    """
from pathlib import Path
def f(base, name):
    base = Path(base)
    return «(base / name).read_text()»
""",
    """
from pathlib import Path
def f(base, name):
    base = Path(base)
    path = base.joinpath(name)
    return «path.read_text()»
""",
]


@pytest.mark.parametrize("code", JOINS)
@pytest.mark.parametrize("name", OUTSIDE)
def test_no_path_leads_out_of_its_folder(store: Path, code: str, name: str) -> None:
    read = fixed("path_traversal", code)

    with pytest.raises(ValueError, match=r"\S"):
        read(str(store), name)


@pytest.mark.parametrize("code", JOINS)
@pytest.mark.parametrize("name", ["sub/a.txt", "sub/../sub/./a.txt", "sub//a.txt"])
def test_paths_in_the_folder_are_read_as_before(store: Path, code: str, name: str) -> None:
    assert fixed("path_traversal", code)(str(store), name) == "fine"


def test_an_absolute_name_is_refused(store: Path) -> None:
    read = fixed("path_traversal", JOINS[0])

    with pytest.raises(ValueError, match="is not below"):
        read(str(store), str(store.parent / "secret.txt"))


def test_a_folder_below_the_current_one_still_works(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(store.parent)

    assert fixed("path_traversal", JOINS[0])("base", "sub/a.txt") == "fine"


@pytest.fixture
def shop() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (id INTEGER, name TEXT)")
    connection.executemany("INSERT INTO t VALUES (?, ?)", [(1, "ann"), (2, "o'neil"), (3, "50%")])
    return connection


STATEMENTS = [
    "f\"SELECT id FROM t WHERE name = '{x}'\"",
    "\"SELECT id FROM t WHERE name = '%s'\" % x",
    '"SELECT id FROM t WHERE name = \'" + x + "\'"',
    "\"SELECT id FROM t WHERE name = '{}'\".format(x)",
    "\"SELECT id FROM t WHERE name = '{0}' OR name = '{0}'\".format(x)",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_statements_take_any_value_and_give_away_nothing(
    shop: sqlite3.Connection, statement: str
) -> None:
    code = f"import sqlite3\ndef f(db, x):\n    return «db.execute({statement})».fetchall()\n"
    look_up = fixed("sql_injection", code)

    assert look_up(shop, "ann") == [(1,)]
    assert look_up(shop, "o'neil") == [(2,)]
    assert look_up(shop, "' OR '1'='1") == []
    assert look_up(shop, "'; DROP TABLE t; --") == []
    assert look_up(shop, "ann") == [(1,)]
    shop.close()


def test_wildcards_stay_wildcards_and_numbers_stay_numbers(shop: sqlite3.Connection) -> None:
    code = (
        "import sqlite3\ndef f(db, x, n):\n"
        "    q = f\"SELECT id FROM t WHERE name LIKE '%{x}%' AND id > {n} LIMIT {n}\"\n"
        "    return «db.execute(q)».fetchall()\n"
    )

    assert fixed("sql_injection", code)(shop, "n", 1) == [(2,)]
    shop.close()


HOSTILE = ["a b", "a'b", 'a"b', "$(id)", "`id`", "a;id", "a\nid", "--x", "", "é"]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    "command",
    [
        'f"touch {x} out"',
        '"touch \'" + x + "\' out"',
        '"touch \\"%s\\" out" % x',
        '"touch {} out".format(x)',
    ],
)
def test_a_value_is_one_word_of_the_command(command: str, value: str) -> None:
    code = f"import os\ndef f(x):\n    return «os.popen({command})»\n"
    seen: list[str] = []

    class Fake:
        @staticmethod
        def popen(text: str) -> None:
            seen.append(text)

    run = fixed("command_injection", code.replace("import os\n", ""), os=Fake)
    run(value)

    assert shlex.split(seen[0]) == ["touch", value, "out"]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_is_one_argument_behind_the_options(value: str) -> None:
    code = (
        "import subprocess\ndef f(x):\n"
        "    return «subprocess.run(f\"rm -f '{x}.txt' {x}\", shell=True)»\n"
    )
    seen: list[tuple[object, dict[str, object]]] = []

    run = fixed("command_injection", code)
    run.__globals__["subprocess"] = type(
        "Fake", (), {"run": staticmethod(lambda a, **k: seen.append((a, k)))}
    )
    run(value)

    assert seen == [(["rm", "-f", "--", f"{value}.txt", value], {})]


NAMES: dict[str, object] = {
    "enum": lambda *a, **k: ("enum", a, k),
    "str": lambda **k: ("str", k),
    "two": 2,
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("enum('a', 2)", ("enum", ("a", 2), {})),
        ("enum(str(min=1), none=False)", ("enum", (("str", {"min": 1}),), {"none": False})),
        ("enum([1, -2.5], {'a': (1, None)})", ("enum", ([1, -2.5], {"a": (1, None)}), {})),
        (" [enum(), 'x'] ", [("enum", (), {}), "x"]),
        ("max(1, -two) + two ** 3 % 5 == 4", True),
        ("(~two & 6) << abs(-1), not two", (8, False)),
        ("1 < two < 3 < 3, 1 < two <= 2", (False, True)),
        ("0 or two, two and 0 and missing, 'a' if two == 2 else missing", (2, 0, "a")),
    ],
)
def test_expressions_over_known_names_keep_their_value(text: str, value: object) -> None:
    evaluate = fixed("code_injection", "def f(x, names):\n    return «eval(x, names)»\n")

    assert evaluate(text, NAMES) == value


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "enum.__globals__",
        "enum(__builtins__)",
        "(lambda: 1)()",
        "[x for x in [1]]",
        "enum(*[1])",
        "open('x')",
        "f'{enum}'",
        "(x := 1)",
    ],
)
def test_expressions_over_known_names_reach_nothing_else(text: str) -> None:
    evaluate = fixed("code_injection", "def f(x, names):\n    return «eval(x, names)»\n")

    with pytest.raises((NameError, SyntaxError)):
        evaluate(text, {**NAMES, "__builtins__": {"open": open}})


def test_calculations_keep_their_value_and_run_nothing() -> None:
    calculate = fixed("code_injection", "def f(formula):\n    return «eval(formula)»\n")

    assert calculate("2 * (3 + 4) / -7 // 1 % 5") == 3.0
    for text in ("__import__('os')", "'a' * 9", "9 ** 9", "x", "(1).real"):
        with pytest.raises(ValueError, match=r"\S"):
            calculate(text)


def test_conversions_by_name_keep_their_value_and_run_nothing() -> None:
    code = "def f(kind, x):\n    return «eval(kind + '(\"' + x + '\")')»\n"
    convert = fixed("code_injection", code)

    assert [convert("int", "3"), convert(" float ", "2.5")] == [3, 2.5]
    assert convert("str", r"a\n'b'") == "a\n'b'"
    for kind, text in (
        ("int", "three"),
        ("print", "x"),
        ("str", '"+open("x")+"'),
        ("str", '", "b'),
        ("int('1') or str", "x"),
        ("str", '") or str("x'),
    ):
        with pytest.raises((ValueError, SyntaxError)):
            convert(kind, text)


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (os.getenv, ("HOME",))


def test_pickles_of_plain_data_are_read_and_others_refused() -> None:
    load = fixed(
        "unsafe_deserialization", "import pickle\ndef f(x):\n    return «pickle.loads(x)»\n"
    )
    plain = {"a": [1, 2.5, None, (True, b"x")], "b": {1, 2}, "c": 1 + 2j}

    assert load(pickle.dumps(plain)) == plain
    with pytest.raises(pickle.UnpicklingError, match="is not plain data"):
        load(pickle.dumps(Evil()))


def test_options_are_refused_and_other_values_passed_on() -> None:
    seen: list[object] = []
    code = 'import subprocess\ndef f(x):\n    «subprocess.run(["git", "log", x])»\n'
    run = fixed("argument_injection", code)
    run.__globals__["subprocess"] = type("Fake", (), {"run": staticmethod(seen.append)})

    run("main")

    assert seen == [["git", "log", "main"]]
    with pytest.raises(ValueError, match="begins with a dash"):
        run("--output=/x")
