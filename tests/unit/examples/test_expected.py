"""What `expected.toml` says of an example is true of its code."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = sorted(path.parent for path in ROOT.glob("examples/*/expected.toml"))
CLASSES = {
    "archive-extraction",
    "code-injection",
    "command-injection",
    "cross-site-scripting",
    "path-traversal",
    "predictable-randomness",
    "sql-injection",
    "template-injection",
    "unsafe-deserialization",
    "weak-hash",
    "xml-external-entities",
}


def definition(path: Path, qualname: str) -> ast.AST:
    node: ast.AST = ast.parse(path.read_text())
    for part in qualname.split("."):
        node = next(
            child
            for child in ast.iter_child_nodes(node)
            if isinstance(child, ast.FunctionDef | ast.ClassDef) and child.name == part
        )
    return node


def calls(node: ast.AST) -> set[str]:
    named = {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
    return named | {"return" for child in ast.walk(node) if isinstance(child, ast.Return)}


def rows(example: Path, kind: str) -> list[dict[str, str]]:
    return tomllib.loads((example / "expected.toml").read_text())[kind]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_every_flaw_and_twin_is_where_it_is_said_to_be(example: Path) -> None:
    for row in [*rows(example, "flaw"), *rows(example, "twin")]:
        function = definition(example / row["file"], row["function"])
        assert row.get("sink", row.get("call")) in calls(function), row


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_every_entry_exists(example: Path) -> None:
    for row in rows(example, "flaw"):
        path, _, name = row["entry"].partition(":")
        assert definition(example / path, name)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_every_flaw_has_a_twin(example: Path) -> None:
    flaws = {row["weakness"] for row in rows(example, "flaw")}
    assert flaws == {row["weakness"] for row in rows(example, "twin")}


def test_the_shop_has_every_class_of_flaw() -> None:
    shop = ROOT / "examples" / "shop"
    assert {row["weakness"] for row in rows(shop, "flaw")} == CLASSES


def test_the_readme_tables_are_up_to_date() -> None:
    script = ROOT / "support" / "examples_readme.py"
    done = subprocess.run(
        [sys.executable, script, "--check"], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_library_passes_its_own_tests() -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-m", "unittest", "-q"],
        cwd=ROOT / "examples" / "libconfig",
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
