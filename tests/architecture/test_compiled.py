"""What compiling the engine needs of its sources; `make test-compiled` tries the whole of it."""

import ast
import tomllib
from pathlib import Path

import pytest

from support.compiled_wheel import SOURCE, modules, with_finals, without_slots

ROOT = SOURCE.parent
FILES = [SOURCE / name for name in modules(SOURCE)]


def _dataclasses(tree: ast.Module) -> dict[ast.ClassDef, ast.expr]:
    return {
        node: decorator
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
        if ast.unparse(decorator).startswith("dataclass")
    }


def _only_for_checking(tree: ast.Module) -> set[str]:
    return {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for statement in node.body
        if isinstance(statement, (ast.Import, ast.ImportFrom))
        for name in statement.names
    }


def _names(annotation: ast.expr) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(annotation):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= _names(ast.parse(node.value, mode="eval").body)
        elif isinstance(node, ast.Name):
            found.add(node.id)
    return found


def test_every_module_of_the_engine_is_compiled() -> None:
    engine = {f for f in (SOURCE / "countermine" / "flow").rglob("*.py") if f.stem != "__init__"}
    assert engine <= set(FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_dataclass_can_be_compiled(file: Path) -> None:
    tree = ast.parse(with_finals(without_slots(file.read_text(encoding="utf-8"))))
    unknown = _only_for_checking(tree)
    for node, decorator in _dataclasses(tree).items():
        assert "slots" not in ast.unparse(decorator), "slots are not taken out of the copy"
        for field in node.body:
            if isinstance(field, ast.AnnAssign):
                used = _names(field.annotation) & unknown
                assert not used, f"{node.name}: {used} is not there when the program runs"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_nothing_asks_for_the_slots_of_a_class(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    asked = [n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr == "__slots__"]
    assert not asked


def _texts(text: str) -> list[str]:
    values = (n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant))
    return sorted(value for value in values if isinstance(value, str))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_texts_of_a_copy_are_those_of_the_module(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert _texts(with_finals(without_slots(text))) == _texts(text)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_object_is_copied_past_its_constructor(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    imported = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    imported |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert not imported & {"copy", "pickle"}


def test_constants_of_the_copy_say_that_they_are() -> None:
    text = '"""What it is."""\n\nLIMIT = 3\n_TABLE: dict[str, int] = {}\nOne: TypeAlias = str\n'
    assert with_finals(text) == (
        '"""What it is."""\nfrom typing import Final\n\n'
        "LIMIT: Final = 3\n_TABLE: Final[dict[str, int]] = {}\nOne: TypeAlias = str\n"
    )


def test_slots_are_taken_out_of_the_copy_alone() -> None:
    text = "@dataclass(frozen=True, slots=True, eq=False)\nclass One:\n    slots=True\n"
    assert without_slots(text) == (
        "@dataclass(frozen=True, eq=False)\nclass One:\n    slots=True\n"
    )


def test_the_compiler_is_the_type_checker_of_the_lock_file() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    versions = {f"{one['name']}=={one.get('version')}" for one in locked["package"]}
    assert set(project["tool"]["hatch"]["build"]["hooks"]["custom"]["dependencies"]) <= versions
