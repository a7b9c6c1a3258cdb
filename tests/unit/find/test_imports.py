"""Which libraries a file can know of, by the bytes of all files."""

import pytest

from countermine.core.spans import TreePath
from countermine.find.imports import Imports, Known, imports_of
from countermine.flow.module_names import ModuleNames


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import a\nimport b.c as d, e\n", {"a", "b.c", "e"}),
        ("from a.b import c as d, e\n", {"a.b", "a.b.c", "a.b.e"}),
        ("from . import a\nfrom ..b import *\n", {".", ".a", "..b"}),
        ("from a import (\n    b,  # why\n    c,\n)\n", {"a", "a.b", "a.c"}),
        ("from a import b, \\\n    c\n", {"a", "a.b", "a.c"}),
        ("try: import a\nexcept ImportError: from b import c\n", {"a", "b", "b.c"}),
        ("def f():\n    if x:\n        import a; import b\n", {"a", "b"}),
        ("x = importlib.import_module('a.b')\ny = __import__(\"c\")\n", {"a.b", "c"}),
    ],
)
def test_imports_are_read_wherever_they_stand(text: str, names: set[str]) -> None:
    assert names <= imports_of(text.encode()).names


def known(files: dict[str, str]) -> dict[str, set[str]]:
    imports: dict[TreePath, Imports] = {
        TreePath(path): imports_of(text.encode()) for path, text in files.items()
    }
    found = Known(imports, ModuleNames(imports), frozenset({"lib", "other"}))
    return {
        path: {name for name in ("lib", "other") if found.at(path) & found.mask(frozenset({name}))}
        for path in imports
    }


def test_a_library_is_known_to_those_that_import_its_user_at_whatever_distance() -> None:
    files = {
        "p/a.py": "import lib\n",
        "p/b.py": "from .a import thing\n",
        "p/c.py": "import p.b\n",
        "p/d.py": "import json\n",
    }
    assert known(files) == {
        "p/a.py": {"lib"},
        "p/b.py": {"lib"},
        "p/c.py": {"lib"},
        "p/d.py": set(),
    }


def test_imports_in_a_circle_come_to_an_end() -> None:
    files = {"a.py": "import b\nimport lib\n", "b.py": "import a\nimport other\n"}
    both = {"lib", "other"}
    assert known(files) == {"a.py": both, "b.py": both}


def test_a_library_that_is_searched_itself_is_known_to_its_own_files() -> None:
    files = {"src/lib/__init__.py": "", "src/lib/core.py": "from .base import x\n"}
    assert known(files)["src/lib/core.py"] == {"lib"}


def test_a_module_beside_a_program_is_found_by_its_folder() -> None:
    files = {"app/main.py": "import helper\n", "app/helper.py": "import lib\n"}
    assert known(files)["app/main.py"] == {"lib"}
