"""What an earlier search found is said again only where a new one would say the same."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countermine.catalogue.schema import Catalogue
from countermine.core.inventory import FileRole
from countermine.core.levels import SourceLevel
from countermine.find.flows import find_flows
from countermine.flow.bounds import Bounds
from tests.unit.find.remembering import FILES, VIEW, Counting, Tree, written

UNITS = ["shop/orders.py", "shop/pages.py", "shop/shell.py", "shop/stores.py"]


@pytest.fixture
def tree(tmp_path: Path, catalogue: Catalogue) -> Tree:
    tree = Tree(tmp_path, catalogue)
    assert tree.search() == UNITS
    return tree


def test_an_unchanged_tree_is_not_followed_again(tree: Tree) -> None:
    assert find_flows(tree.request(), Counting()).findings
    assert tree.search() == []


def test_an_edit_that_no_unit_depends_on_runs_none(tree: Tree) -> None:
    tree.add("shop/words.py", "\n\ndef longer(text):\n    return text * 2\n")
    assert tree.search() == []


def test_an_edit_runs_the_unit_of_the_file_and_those_that_asked_for_it(tree: Tree) -> None:
    tree.add("shop/stores.py", "# more\n")
    assert tree.search() == ["shop/stores.py"]
    tree.add("shop/shell.py", "# more\n")
    assert tree.search() == ["shop/orders.py", "shop/shell.py"]


def test_an_edit_that_is_taken_back_runs_nothing(tree: Tree) -> None:
    tree.add("shop/shell.py", "# more\n")
    assert tree.search() != []
    tree.write("shop/shell.py", FILES["shop/shell.py"])
    assert tree.search() == []


def test_a_new_caller_in_a_file_that_was_never_asked_for_is_seen(tree: Tree) -> None:
    tree.add("shop/words.py", f"\n\n{VIEW}@app.route('/w')\ndef w():\n    run(request.args['x'])\n")
    assert "shop/shell.py" in tree.search()


def test_a_caller_that_goes_away_is_seen(tree: Tree) -> None:
    tree.add("shop/words.py", "\n\ndef call(x):\n    from shop import shell\n    shell.run(x)\n")
    tree.memory.values.clear()
    tree.search()
    tree.write("shop/words.py", "def plain(text):\n    return text\n")
    assert "shop/shell.py" in tree.search()


def test_a_template_is_looked_at_again_where_it_changed(tree: Tree) -> None:
    before = find_flows(tree.request(), Counting())
    tree.write("shop/templates/page.html", "<p>{{ name }}</p>\n")
    assert tree.search() == ["shop/pages.py"]
    assert find_flows(tree.request(), Counting()).findings != before.findings
    tree.add("shop/templates/other.html", "<p>more</p>\n")
    assert tree.search() == []


CHANGES: dict[str, Callable[[Tree], None]] = {
    "a file comes": lambda tree: tree.write("shop/more.py", "import os\n"),
    "a file goes": lambda tree: tree.write("shop/words.py", None),
    "a template comes": lambda tree: tree.write("shop/templates/more.html", "{{ x }}"),
    "a file is renamed": lambda tree: (
        tree.write("shop/words.py", None),
        tree.write("shop/sayings.py", FILES["shop/words.py"]),
    )[-1],
}


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_other_names_of_files_are_another_tree(tree: Tree, name: str) -> None:
    CHANGES[name](tree)
    assert tree.search() == UNITS


def test_another_question_gets_an_answer_of_its_own(tree: Tree) -> None:
    request = tree.request()
    others = [
        replace(request, levels=(SourceLevel.REMOTE,)),
        replace(request, roles=(FileRole.SOURCE, FileRole.TEST)),
        replace(request, bounds=Bounds(unit_bytes=1, rounds=1)),
        replace(request, weaknesses=request.weaknesses[:3]),
        replace(request, weaknesses=tuple(replace(f, consequence="x") for f in request.weaknesses)),
        replace(request, focus=frozenset({request.inventory.files[1].path})),
        replace(request, catalogue=replace(request.catalogue, rows=_fewer(request.catalogue))),
    ]
    for other in others:
        assert tree.search(other) != []
        assert tree.search(other) == []
    assert tree.search(request) == []


def _fewer(catalogue: Catalogue) -> object:
    rows = catalogue.rows
    return replace(rows, sinks=rows.sinks[:-1])


def test_where_the_tree_lies_does_not_matter(
    tree: Tree, tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue
) -> None:
    elsewhere = Tree(tmp_path_factory.mktemp("elsewhere"), catalogue)
    elsewhere.memory = tree.memory
    assert elsewhere.search() == []


def test_the_number_of_processes_does_not_matter(tree: Tree) -> None:
    kept = dict(tree.memory.values)
    tree.memory.values.clear()
    assert tree.search(replace(tree.request(), jobs=2)) == UNITS
    assert tree.memory.values == kept


HARM: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _: b"",
    "no text": lambda value: b"\xff" + value,
    "another kind": lambda _: b"[1,2,3]",
    "half": lambda value: value[: len(value) // 2],
    "deep": lambda _: b"[" * 100_000,
    "other types": lambda value: value.replace(b'"shop', b'1,"shop'),
    "other places": lambda value: value.replace(b'"high"', b'"sure"'),
}


@pytest.mark.parametrize("name", sorted(HARM))
def test_what_is_harmed_is_not_there(tree: Tree, name: str) -> None:
    tree.memory.values = {n: HARM[name](value) for n, value in tree.memory.values.items()}
    tree.search()
    assert tree.search() == []


def test_an_answer_under_the_name_of_another_is_not_taken(tree: Tree) -> None:
    names = sorted(tree.memory.values)
    values = [tree.memory.values[name] for name in names]
    tree.memory.values = dict(zip(names, [*values[1:], values[0]], strict=True))
    assert tree.search() == UNITS


def test_a_file_that_cannot_be_read_any_more_is_missed(tree: Tree) -> None:
    (tree.root / "shop/words.py").write_bytes(b"\0")
    assert tree.search() == UNITS


PARTS = (
    "# nothing\n",
    "\n\ndef helper(text):\n    return run(text)\n",
    f"\n\n{VIEW}@app.route('/n')\ndef n():\n    os.system(request.args['x'])\n",
    "\nfrom shop.shell import *\n",
    "\nfrom shop.words import plain as run\n",
    (
        "\nfrom shop.stores import Store\n\n\nclass Far(Store):\n    def fetch(self, name):\n"
        "        eval(name)\n"
    ),
    (
        f"\n\n{VIEW}from shop.stores import Shelf\n@app.route('/s')\ndef s():\n"
        "    Shelf().fetch(request.args['x'])\n"
    ),
    "\nimport os\nrun = os.system\n",
    "\nif (:\n",
    "\nPASSWORD = 'aK9zQw7xLp2'\n",
    "\ndef fetch(self, name):\n    return open(name)\n",
)
EDITS = st.one_of(
    st.tuples(
        st.sampled_from(sorted(p for p in FILES if p.endswith(".py"))), st.sampled_from(PARTS)
    ),
    st.tuples(st.sampled_from(("shop/new.py", "tests/test_a.py")), st.sampled_from((*PARTS, None))),
    st.tuples(st.sampled_from(sorted(FILES)), st.none()),
    st.tuples(
        st.sampled_from(("shop/templates/page.html", "shop/templates/other.html")),
        st.sampled_from(
            ("{{ name }}", "{{ name|safe }}", "{% include 'other.html' %}", "{% if %}")
        ),
    ),
)


@settings(
    max_examples=int(os.environ.get("COUNTERMINE_EXAMPLES", "4")),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(edits=st.lists(EDITS, min_size=1, max_size=5))
def test_warm_says_what_cold_says_whatever_is_edited(
    tmp_path_factory: pytest.TempPathFactory,
    catalogue: Catalogue,
    edits: list[tuple[str, str | None]],
) -> None:
    tree = Tree(tmp_path_factory.mktemp("tree"), catalogue)
    tree.search()
    for path, part in edits:
        if part is None or path.endswith(".html"):
            tree.write(path, part)
        else:
            tree.add(path, part)
        tree.search()


def test_units_of_one_process_know_nothing_of_each_other(tree: Tree) -> None:
    request = replace(tree.request(), memory=None)
    one = find_flows(replace(request, jobs=1), Counting())
    assert written(one) == written(find_flows(replace(request, jobs=4), Counting()))
