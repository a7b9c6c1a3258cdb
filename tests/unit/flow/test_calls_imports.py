"""A function is the same one however it was imported, and in whatever file it stands."""

import pytest

from tests.unit.find.conftest import Find
from tests.unit.flow.pairs import Twins, is_found, view

TOOLS = "import os\n\n\ndef yes(v):\n    return v\n\n\ndef no(v):\n    return 'ls'\n"


def _path(name: str) -> str:
    return name.replace("kit_", "kit/", 1)


def package(body: str, top: str = "", **more: str) -> Twins:
    """Return a program of a package with a view and helpers."""
    files = {
        "shop/__init__.py": "",
        "shop/tools.py": TOOLS,
        "shop/views.py": view(body, top),
        **{f"shop/{_path(name)}.py": text for name, text in more.items()},
    }
    return Twins(files, "yes", "no")


def use(name: str, top: str, **more: str) -> Twins:
    """Return a view that sends what a helper makes of its input to the shell."""
    return package(f"os.system({name}(p))", top, **more)


CASES: dict[str, Twins] = {
    "module": use("tools.HOLE", "from shop import tools\n"),
    "module by its full name": use("shop.tools.HOLE", "import shop.tools\n"),
    "module with an alias": use("t.HOLE", "import shop.tools as t\n"),
    "module by a relative import": use("tools.HOLE", "from . import tools\n"),
    "function": use("HOLE", "from shop.tools import HOLE\n"),
    "function with an alias": use("f", "from shop.tools import HOLE as f\n"),
    "function by a relative import": use("HOLE", "from .tools import HOLE\n"),
    "everything": use("HOLE", "from shop.tools import *\n"),
    "re-exported twice": use(
        "f",
        "from shop.one import f\n",
        one="from shop.two import f\n",
        two="from shop.tools import HOLE as f\n",
    ),
    "by version": use(
        "f",
        "import sys\nif sys.version_info > (3,):\n    from shop.tools import HOLE as f\n"
        "else:\n    from shop.old import f\n",
    ),
    "inside the function": package("from shop.tools import HOLE\nos.system(HOLE(p))"),
    "inside the function, relative": package("from .tools import HOLE as f\nos.system(f(p))"),
    "module inside the function": package("import shop.tools as t\nos.system(t.HOLE(p))"),
    "name of the module": use("f", "from shop import tools\nf = tools.HOLE\n"),
    "class": package(
        "os.system(Kit().HOLE(p))",
        "from shop.kit import Kit\n",
        kit="class Kit:\n    def yes(self, v):\n        return v\n\n    def no(self, v):\n"
        "        return 'ls'\n",
    ),
    "class with an imported base": package(
        "os.system(Kit().HOLE(p))",
        "from shop.kit import Kit\n",
        base="class Base:\n    def yes(self, v):\n        return v\n\n    def no(self, v):\n"
        "        return 'ls'\n",
        kit="from .base import Base\n\n\nclass Kit(Base):\n    pass\n",
    ),
    "instance of another module": package(
        "os.system(kit.HOLE(p))",
        "from shop.kit import kit\n",
        kit="class Kit:\n    def yes(self, v):\n        return v\n\n    def no(self, v):\n"
        "        return 'ls'\n\n\nkit = Kit()\n",
    ),
    "constant of another module": package(
        "v = p if MODE == 'yes' else 'ls'\nos.system(v)",
        "from shop.settings import MODE\n",
        settings="MODE = 'HOLE'\n",
    ),
    "chain of three files": package(
        "step(p)",
        "from shop.one import step\n",
        one="from shop.two import run\nfrom shop import tools\n\n\ndef step(v):\n"
        "    run(tools.HOLE(v))\n",
        two="import os\n\n\ndef run(line):\n    os.system(line)\n",
    ),
    "source in a third file": package(
        "two.run(one.read())",
        "from shop import one, two\n",
        one="from flask import request\nfrom shop import tools\n\n\ndef read():\n"
        "    return tools.HOLE(request.form['q'])\n",
        two="import os\n\n\ndef run(line):\n    os.system(line)\n",
    ),
    "file beside it": Twins(
        {"app.py": view("os.system(HOLE(p))", "from tools import HOLE\n"), "tools.py": TOOLS},
        "yes",
        "no",
    ),
    "files below src": Twins(
        {
            "src/shop/__init__.py": "",
            "src/shop/tools.py": TOOLS,
            "src/shop/views.py": view("os.system(HOLE(p))", "from shop.tools import HOLE\n"),
        },
        "yes",
        "no",
    ),
    "package without a file of its own": Twins(
        {
            "shop/kit/tools.py": TOOLS,
            "shop/views.py": view("os.system(HOLE(p))", "from shop.kit.tools import HOLE\n"),
        },
        "yes",
        "no",
    ),
    "by getattr of a module": package(
        'os.system(getattr(tools, "HOLE")(p))', "from shop import tools\n"
    ),
    "by __import__": package('m = __import__("shop.tools", fromlist=["x"])\nos.system(m.HOLE(p))'),
    "by importlib at the top": use(
        "m.HOLE", 'import importlib\nm = importlib.import_module("shop.tools")\n'
    ),
    "by importlib, relative": package(
        'm = import_module(".tools", "shop")\nos.system(m.HOLE(p))',
        "from importlib import import_module\n",
    ),
    "by importlib": package(
        'm = importlib.import_module("shop.tools")\nos.system(m.HOLE(p))', "import importlib\n"
    ),
    "for types only": package(
        "run(app.tool, p)",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from shop.kit import HOLE\n\n"
        "def run(t: 'HOLE', v):\n    os.system(t.of(v))\n",
        kit="class yes:\n    def of(self, v):\n        return v\n\n\nclass no:\n"
        "    def of(self, v):\n        return 'ls'\n",
    ),
    "maybe from a library": use(
        "f",
        "try:\n    from fastlib import f\nexcept ImportError:\n"
        "    from shop.tools import HOLE as f\n",
    ),
    "maybe there": use(
        "f",
        "try:\n    from shop.fast import HOLE as f\nexcept ImportError:\n"
        "    from shop.tools import HOLE as f\n",
    ),
    "from two levels up": use(
        "f",
        "from shop.kit.deep import f\n",
        kit___init__="",
        kit_deep="from ..tools import HOLE as f\n",
    ),
    "re-exported everything": use(
        "HOLE", "from shop.kit import HOLE\n", kit___init__="from shop.tools import *\n"
    ),
    "re-exported": use(
        "HOLE", "from shop.kit import HOLE\n", kit___init__="from ..tools import yes, no\n"
    ),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_is_sent_passes_the_imported_function(find: Find, name: str) -> None:
    assert is_found(find, CASES[name].files(CASES[name].flawed))


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_other_function_is_told_from_it(find: Find, name: str) -> None:
    assert not is_found(find, CASES[name].files(CASES[name].quiet))
