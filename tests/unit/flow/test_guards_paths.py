# Programs on one line each are easier to compare.
# ruff: noqa: E501
"""Which checks keep a path below its folder, and which only look so."""

from pathlib import Path

from tests.unit.flow.guarded import both, twins, weaknesses

PATHS = twins(
    "path-traversal",
    (
        "is_relative_to",
        """
        p = ROOT / x
        if not p.is_relative_to(ROOT):
            abort(400)
        open(p)
        """,
        """
        p = (ROOT / x).resolve()
        if not p.is_relative_to(ROOT):
            abort(400)
        open(p)
        """,
    ),
    (
        "is_relative_to, the other way round",
        """
        p = (ROOT / x).resolve()
        if p.is_relative_to(ROOT):
            abort(400)
        open(p)
        """,
        """
        p = (ROOT / x).resolve()
        if p.is_relative_to(ROOT):
            open(p)
        """,
    ),
    (
        "relative_to",
        """
        p = ROOT / x
        try:
            p.relative_to(ROOT)
        except ValueError:
            abort(400)
        open(p)
        """,
        """
        p = (ROOT / x).resolve()
        try:
            p.relative_to(ROOT.resolve())
        except ValueError:
            abort(400)
        open(p)
        """,
    ),
    (
        "among the parents",
        """
        p = ROOT / x
        if ROOT not in p.parents:
            abort(400)
        open(p)
        """,
        """
        p = (ROOT / x).resolve()
        if ROOT not in p.parents:
            abort(400)
        open(p)
        """,
    ),
    (
        "beginning of a resolved path",
        """
        p = os.path.realpath(os.path.join(BASE, x))
        if not p.startswith(BASE):
            abort(400)
        open(p)
        """,
        """
        p = os.path.realpath(os.path.join(BASE, x))
        if not p.startswith(BASE + os.sep):
            abort(400)
        open(p)
        """,
    ),
    (
        "beginning with a slash",
        """
        p = os.path.join(BASE, x)
        if not p.startswith(BASE + "/"):
            abort(400)
        open(p)
        """,
        """
        p = os.path.abspath(os.path.join(BASE, x))
        if not p.startswith(BASE + "/"):
            abort(400)
        open(p)
        """,
    ),
    (
        "beginning by f-string",
        """
        p = os.path.normpath(os.path.join(BASE, x))
        if not p.startswith(f"{BASE}"):
            abort(400)
        open(p)
        """,
        """
        p = os.path.normpath(os.path.join(BASE, x))
        if not p.startswith(f"{BASE}/"):
            abort(400)
        open(p)
        """,
    ),
    (
        "beginning that is a literal",
        """
        p = os.path.normpath("/srv/files/" + x)
        if not p.startswith("/srv/files"):
            abort(400)
        open(p)
        """,
        """
        p = os.path.normpath("/srv/files/" + x)
        if not p.startswith("/srv/files/"):
            abort(400)
        open(p)
        """,
    ),
    (
        "beginning that ends with a separator by join",
        """
        p = os.path.join(BASE, x)
        if not p.startswith(os.path.join(BASE, "")):
            abort(400)
        open(p)
        """,
        """
        p = os.path.abspath(os.path.join(BASE, x))
        if not p.startswith(os.path.join(BASE, "")):
            abort(400)
        open(p)
        """,
    ),
    (
        "beginning of the text of a path",
        """
        p = (ROOT / x)
        if not str(p).startswith(str(ROOT) + os.sep):
            abort(400)
        open(p)
        """,
        """
        p = (ROOT / x).resolve()
        if not str(p).startswith(str(ROOT) + os.sep):
            abort(400)
        open(p)
        """,
    ),
    (
        "resolved in the test only",
        """
        p = os.path.join(BASE, x)
        if not p.startswith(BASE + os.sep):
            abort(400)
        open(p)
        """,
        """
        p = os.path.join(BASE, x)
        if not os.path.realpath(p).startswith(BASE + os.sep):
            abort(400)
        open(p)
        """,
    ),
    (
        "beginning, or the folder itself",
        """
        p = os.path.realpath(os.path.join(BASE, x))
        if p == BASE or p.startswith("/"):
            open(p)
        """,
        """
        p = os.path.realpath(os.path.join(BASE, x))
        if p == BASE or p.startswith(BASE + os.sep):
            open(p)
        """,
    ),
    (
        "commonpath",
        """
        p = os.path.realpath(os.path.join(BASE, x))
        if os.path.commonprefix([p, BASE]) != BASE:
            abort(400)
        open(p)
        """,
        """
        p = os.path.realpath(os.path.join(BASE, x))
        if os.path.commonpath([p, BASE]) != BASE:
            abort(400)
        open(p)
        """,
    ),
    (
        "commonpath of what",
        """
        p = os.path.join(BASE, x)
        if os.path.commonpath([p, BASE]) != BASE:
            abort(400)
        open(p)
        """,
        """
        p = os.path.abspath(os.path.join(BASE, x))
        if os.path.commonpath((BASE, p)) == BASE:
            open(p)
        """,
    ),
    (
        "relpath",
        """
        p = os.path.join(BASE, x)
        if p.startswith(".."):
            abort(400)
        open(p)
        """,
        """
        p = os.path.join(BASE, x)
        if os.path.relpath(p, BASE).startswith(".."):
            abort(400)
        open(p)
        """,
    ),
    (
        "basename",
        "open(os.path.join(BASE, os.path.dirname(x)))",
        "open(os.path.join(BASE, os.path.basename(x)))",
    ),
    (
        "tail of split",
        "open(os.path.join(BASE, os.path.split(x)[0]))",
        "open(os.path.join(BASE, os.path.split(x)[1]))",
    ),
    ("name of a path", "open(ROOT / Path(x).parent)", "open(ROOT / Path(x).name)"),
    (
        "tail behind the last slash",
        'open(BASE + "/" + x.split("/", 1)[-1])',
        'open(BASE + "/" + x.split("/")[-1])',
    ),
    (
        "tail by rpartition",
        'open(BASE + "/" + x.rpartition("/")[0])',
        'open(BASE + "/" + x.rpartition("/")[2])',
    ),
    (
        "secure_filename",
        "from werkzeug.utils import secure_filename\nsecure_filename(x)\nopen(os.path.join(BASE, x))",
        "from werkzeug.utils import secure_filename\nopen(os.path.join(BASE, secure_filename(x)))",
    ),
    (
        "safe_join",
        "from werkzeug.utils import safe_join\nopen(os.path.join(BASE, x))",
        "from werkzeug.utils import safe_join\nopen(safe_join(BASE, x))",
    ),
    (
        "base of safe_join",
        "from werkzeug.utils import safe_join\nopen(safe_join(x, 'a.txt'))",
        "from werkzeug.utils import safe_join\nopen(safe_join(BASE, x))",
    ),
    (
        "send_from_directory",
        "return send_file(os.path.join(BASE, x))",
        "return send_from_directory(BASE, x)",
    ),
    (
        "folder of send_from_directory",
        "return send_from_directory(x, 'a.txt')",
        "return send_from_directory(BASE, x)",
    ),
    (
        "taken out once",
        'open(os.path.join(BASE, x.replace("../", "")))',
        'open(os.path.join(BASE, x.replace("/", "").replace("..", "")))',
    ),
    (
        "stripped",
        'open(os.path.join(BASE, x.lstrip("/")))',
        'open(os.path.join(BASE, x.replace("/", "_")))',
    ),
    (
        "parents refused",
        """
        if "../" in x:
            abort(400)
        open(os.path.join(BASE, x))
        """,
        """
        if ".." in x or x.startswith("/"):
            abort(400)
        open(os.path.join(BASE, x))
        """,
    ),
    (
        "parents refused, folder before",
        """
        if x.startswith(".."):
            abort(400)
        open(BASE + "/" + x)
        """,
        """
        if ".." in x:
            abort(400)
        open(BASE + "/" + x)
        """,
    ),
    (
        "parts",
        """
        if ".." in x.split("\\n"):
            abort(400)
        open(BASE + "/" + x)
        """,
        """
        if ".." in x.split("/"):
            abort(400)
        open(BASE + "/" + x)
        """,
    ),
    (
        "parts of a path",
        """
        if ".." in Path(x).suffixes:
            abort(400)
        open(BASE + "/" + x)
        """,
        """
        if ".." in Path(x).parts:
            abort(400)
        open(BASE + "/" + x)
        """,
    ),
    (
        "slash refused",
        """
        if "\\\\" in x:
            abort(400)
        open(os.path.join(BASE, x))
        """,
        """
        if "/" in x:
            abort(400)
        open(os.path.join(BASE, x))
        """,
    ),
    (
        "any of what is refused",
        """
        if any(c in x for c in ("<", ">")):
            abort(400)
        open(os.path.join(BASE, x))
        """,
        """
        if any(c in x for c in ("/", "..")):
            abort(400)
        open(os.path.join(BASE, x))
        """,
    ),
    (
        "extension",
        """
        if not x.endswith(".txt"):
            abort(400)
        open(os.path.join(BASE, x))
        """,
        """
        if x not in ("a.txt", "b.txt"):
            abort(400)
        open(os.path.join(BASE, x))
        """,
    ),
    (
        "extension in a list",
        """
        if x.rsplit(".", 1)[1].lower() not in ("txt", "png"):
            abort(400)
        open(os.path.join(BASE, x))
        """,
        """
        if x.lower() not in ("a.txt", "a.png"):
            abort(400)
        open(os.path.join(BASE, x))
        """,
    ),
    (
        "extension by a function",
        """
        def allowed(name):
            return "." in name and name.rsplit(".", 1)[1] in {"txt", "png"}
        ---
        if allowed(x):
            open(os.path.join(BASE, x))
        """,
        """
        def allowed(name):
            return name in {"a.txt", "b.png"}
        ---
        if allowed(x):
            open(os.path.join(BASE, x))
        """,
    ),
    (
        "extension by splitext",
        """
        if os.path.splitext(x)[1] in {".txt"}:
            open(os.path.join(BASE, x))
        """,
        """
        ext = os.path.splitext(x)[1]
        if ext in {".txt"}:
            open(BASE + "/a" + ext)
        """,
    ),
    (
        "exists",
        """
        p = os.path.join(BASE, x)
        if not os.path.isfile(p):
            abort(404)
        open(p)
        """,
        """
        if x not in os.listdir(BASE):
            abort(404)
        open(os.path.join(BASE, x))
        """,
    ),
    (
        "absolute refused",
        """
        if os.path.isabs(x):
            abort(400)
        open(os.path.join(BASE, x))
        """,
        """
        if os.path.isabs(x) or ".." in x:
            abort(400)
        open(os.path.join(BASE, x))
        """,
    ),
    (
        "base compared",
        """
        if os.path.dirname(x) == "a":
            open(os.path.join(BASE, x))
        """,
        """
        if os.path.basename(x) != x:
            abort(400)
        open(os.path.join(BASE, x))
        """,
    ),
    (
        "name compared",
        """
        if Path(x).parent.name == x:
            abort(400)
        open(ROOT / x)
        """,
        """
        if Path(x).name != x:
            abort(400)
        open(ROOT / x)
        """,
    ),
    (
        "length",
        """
        if len(x) > 20:
            abort(400)
        open(os.path.join(BASE, x))
        """,
        """
        if not x.isalnum() or len(x) > 20:
            abort(400)
        open(os.path.join(BASE, x))
        """,
    ),
    (
        "checked by a function that raises",
        """
        def check(path):
            if not os.path.exists(path):
                raise ValueError(path)
        ---
        p = os.path.realpath(os.path.join(BASE, x))
        check(p)
        open(p)
        """,
        """
        def check(path):
            if not path.startswith(BASE + os.sep):
                raise ValueError(path)
        ---
        p = os.path.realpath(os.path.join(BASE, x))
        check(p)
        open(p)
        """,
    ),
    (
        "checked by a function that joins",
        """
        def below(name):
            p = os.path.join(BASE, name)
            if not os.path.exists(p):
                raise ValueError(p)
            return p
        ---
        open(below(x))
        """,
        """
        def below(name):
            p = os.path.realpath(os.path.join(BASE, name))
            if os.path.commonpath([p, BASE]) != BASE:
                raise ValueError(p)
            return p
        ---
        open(below(x))
        """,
    ),
    (
        "checked by a function that tells",
        """
        def inside(path):
            return os.path.abspath(path).startswith(BASE)
        ---
        p = os.path.join(BASE, x)
        if not inside(p):
            abort(403)
        open(p)
        """,
        """
        def inside(path):
            return os.path.abspath(path).startswith(BASE + os.sep)
        ---
        p = os.path.join(BASE, x)
        if not inside(p):
            abort(403)
        open(p)
        """,
    ),
    (
        "checked by a function that tries",
        """
        def inside(path):
            try:
                path.stat()
                return True
            except ValueError:
                return False
        ---
        p = (ROOT / x).resolve()
        if not inside(p):
            abort(403)
        open(p)
        """,
        """
        def inside(path):
            try:
                path.relative_to(ROOT)
                return True
            except ValueError:
                return False
        ---
        p = (ROOT / x).resolve()
        if not inside(p):
            abort(403)
        open(p)
        """,
    ),
    (
        "held by a function to a folder of the request",
        """
        def below(base, path):
            root, path = os.path.realpath(base), os.path.realpath(path)
            if os.path.commonpath([root, path]) != root:
                abort(404)
            return path
        ---
        folder = os.path.join(BASE, request.args["folder"])
        open(below(folder, os.path.join(folder, x)))
        """,
        """
        def below(base, path):
            root, path = os.path.realpath(base), os.path.realpath(path)
            if os.path.commonpath([root, path]) != root:
                abort(404)
            return path
        ---
        folder = below(BASE, os.path.join(BASE, request.args["folder"]))
        open(below(folder, os.path.join(folder, x)))
        """,
    ),
    (
        "held by a function that calls another",
        """
        def below(base, path):
            path = path.resolve()
            path.relative_to(base.resolve())
            return path
        def held(base, name):
            return below(base, base / name)
        ---
        open(held(ROOT.joinpath(*request.args.getlist("part")), x))
        """,
        """
        def below(base, path):
            path = path.resolve()
            path.relative_to(base.resolve())
            return path
        def held(base, name):
            return below(base, base / name)
        ---
        open(held(ROOT, x))
        """,
    ),
    (
        "checked by a function against a folder of the request",
        """
        def check(base, path):
            if not path.is_relative_to(base):
                abort(404)
        ---
        base = ROOT / request.headers["X-Folder"]
        p = (base / x).resolve()
        check(base, p)
        open(p)
        """,
        """
        def check(base, path):
            if not path.is_relative_to(base):
                abort(404)
        ---
        p = (ROOT / x).resolve()
        check(ROOT, p)
        open(p)
        """,
    ),
)


@both(PATHS)
def test_containment(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert weaknesses(tmp_path, body) == expected
