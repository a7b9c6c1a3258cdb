"""Where a sink may be meant, by the bytes alone."""

import pytest

from countermine.catalogue.schema import Catalogue
from countermine.core.spans import TreePath
from countermine.find.bound_names import bound_names
from countermine.find.imports import imports_of
from countermine.find.library_roots import LibraryRoots
from countermine.find.token_index import TokenIndex
from countermine.flow.module_names import ModuleNames

HERE = TreePath("here.py")
KINDS = frozenset({"command", "path", "code", "sql", "deserialization", "html"})


def sinks(catalogue: Catalogue, text: str) -> list[str]:
    data = text.encode()
    index = TokenIndex(catalogue, KINDS, {HERE: imports_of(data)}, ModuleNames([HERE]))
    return [text[offset:].partition("\n")[0] for offset in index.sinks(HERE, data)]


@pytest.mark.parametrize(
    "text",
    [
        "import os\nos.system(x)\n",
        "import os as o\no.system(x)\n",
        "from os import system\nsystem(x)\n",
        "from os import (  # the shell\n    path, system,\n)\nsystem(x)\n",
        "from os import *\nsystem(x)\n",
        "import os\nhost = os\nhost.system(x)\n",
        "import os\nself.os.system(x)\n",
        "import os\nos \\\n    .system(x)\n",
    ],
)
def test_a_function_is_found_however_its_module_is_named(catalogue: Catalogue, text: str) -> None:
    assert sinks(catalogue, text)[-1:] == ["system(x)"]


@pytest.mark.parametrize(
    "text",
    [
        "import os\nplatform.system(x)\n",
        "import os\nsystem(x)\n",
        "import os\nfind().system(x)\n",
        "system = 1\nthis.file\nfile = x\neval = None\n",
        "from os import system\nsystem.name\nos.system.name\n",
        "row.get(x)\n",
    ],
)
def test_what_only_has_the_name_of_a_sink_is_passed_over(catalogue: Catalogue, text: str) -> None:
    assert sinks(catalogue, text) == []


def test_a_builtin_counts_where_it_is_called_or_handed_on(catalogue: Catalogue) -> None:
    text = "eval (x)\nmap(eval, x)\nrun = eval\neval.__name__\n"
    assert sinks(catalogue, text) == ["eval (x)", "eval, x)", "eval"]


def test_a_method_counts_only_where_its_library_is_used(catalogue: Catalogue) -> None:
    text = "client.get(a, b)\n"
    assert sinks(catalogue, text) == []
    assert sinks(catalogue, f"import paramiko\n{text}") == ["get(a, b)"]


def test_a_method_of_a_value_that_a_framework_gives_counts(catalogue: Catalogue) -> None:
    text = "from flask import request\nrequest.files['a'].save(b)\n"
    assert sinks(catalogue, text) == ["save(b)"]


def test_a_receiver_has_to_have_a_telling_name(catalogue: Catalogue) -> None:
    assert sinks(catalogue, "self.cursor.execute(x)\nget().execute(x)\n") == [
        "execute(x)",
        "execute(x)",
    ]
    assert sinks(catalogue, "pool.execute(x)\nexecute(x)\n") == []


def test_imports_are_read_without_a_tree() -> None:
    bound = bound_names(b"import a.b as c\nfrom d import (e as f,\n  g)\nh = i.j\n")
    assert bound.imported == {b"f", b"g"}
    assert (bound.others[b"c"], bound.others[b"f"], bound.others[b"h"]) == ({b"b"}, {b"e"}, {b"j"})
    assert not bound.everything


def test_a_class_may_come_from_a_package_of_another_name(catalogue: Catalogue) -> None:
    roots = LibraryRoots(catalogue).of("werkzeug.datastructures.FileStorage")
    assert {"werkzeug", "flask"} <= roots
