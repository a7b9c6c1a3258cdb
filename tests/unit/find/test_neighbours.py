"""Programs that stand side by side in one tree have nothing to do with each other."""

from countermine.core.findings import Finding
from countermine.core.spans import TreePath
from countermine.find.imports import imports_of
from countermine.find.neighbours import Neighbours
from countermine.flow.module_names import ModuleNames
from tests.unit.find.conftest import Find


def neighbourhoods(files: dict[str, str]) -> set[frozenset[str]]:
    texts = {TreePath(path): text.encode() for path, text in files.items()}
    imports = {path: imports_of(text) for path, text in texts.items()}
    found = Neighbours(imports, texts, ModuleNames(texts))
    return {frozenset(found.around(path)) for path in texts}


def test_files_that_import_one_another_are_neighbours_at_whatever_distance() -> None:
    files = {"a.py": "import b\n", "b.py": "from c import x\n", "c.py": "", "d.py": "import os\n"}
    assert neighbourhoods(files) == {frozenset({"a.py", "b.py", "c.py"}), frozenset({"d.py"})}


def test_a_package_is_one_neighbourhood() -> None:
    files = {"p/__init__.py": "", "p/a.py": "", "p/q/__init__.py": "", "p/q/b.py": "", "c.py": ""}
    assert neighbourhoods(files) == {frozenset(set(files) - {"c.py"}), frozenset({"c.py"})}


def test_a_module_that_a_text_names_is_a_neighbour() -> None:
    urls = "urlpatterns = [path('shop/', include('shop.urls'))]\n"
    files = {"site/urls.py": urls, "shop/__init__.py": "", "shop/urls.py": "", "other/urls.py": ""}
    assert frozenset({"site/urls.py", "shop/__init__.py", "shop/urls.py"}) in neighbourhoods(files)
    assert frozenset({"other/urls.py"}) in neighbourhoods(files)


def test_each_of_two_programs_has_the_package_of_its_own() -> None:
    one = {"app/__init__.py": "", "app/db.py": "", "main.py": "from app.db import run\n"}
    files = {f"{place}/{path}": text for place in ("a", "b") for path, text in one.items()}
    assert neighbourhoods(files) == {
        frozenset(f"{place}/{path}" for path in one) for place in ("a", "b")
    }


DATABASE = "import sqlite3\n\n\ndef run(text):\n    sqlite3.connect('x').execute({})\n"
MAIN = (
    "import sys\nfrom app.db import run\n\n\ndef main():\n    run('select ' + sys.argv[1])\n\n\n"
    "main()\n"
)


def test_what_a_program_imports_is_its_own_package(find: Find) -> None:
    files: dict[str, str | bytes] = {}
    for place, statement in (("a", "'select 1'"), ("b", "text")):
        files[f"{place}/app/__init__.py"] = ""
        files[f"{place}/app/db.py"] = DATABASE.format(statement)
        files[f"{place}/main.py"] = MAIN
    found = find(files).findings
    assert [finding.location.path for finding in found] == ["b/app/db.py"]
    assert _entries(found) == {"b/main.py"}


def _entries(findings: tuple[Finding, ...]) -> set[str]:
    return {finding.entry.path for finding in findings if finding.entry is not None}
