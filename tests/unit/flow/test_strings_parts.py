# Programs on one line each are easier to compare.
"""Texts put together and taken apart: what is tainted stays so, what is not does not become so."""

from pathlib import Path

from tests.unit.flow.guarded import both, twins, weaknesses

COMMANDS = twins(
    "command-injection",
    ("f-string", 'os.system(f"ls {x}")', 'os.system(f"ls {len(x)}")'),
    ("f-string spec", 'os.system(f"ls {x!s:>10}")', 'os.system(f"ls {int(x):>10}")'),
    ("percent", 'os.system("ls %s" % x)', 'os.system("ls %d" % int(x))'),
    ("percent pair", 'os.system("%s %s" % ("ls", x))', 'os.system("%s %s" % ("ls", "a"))'),
    (
        "percent mapping",
        'os.system("ls %(d)s" % {"d": x, "e": "a"})',
        'os.system("ls %(e)s" % {"d": x, "e": "a"})',
    ),
    ("format", 'os.system("ls {}".format(x))', 'os.system("ls {}".format("a"))'),
    (
        "format by number",
        'os.system("ls {1}".format("a", x))',
        'os.system("ls {0}".format("a", x))',
    ),
    (
        "format by name",
        'os.system("ls {d}".format(d=x, e="a"))',
        'os.system("ls {e}".format(d=x, e="a"))',
    ),
    (
        "format spread",
        'os.system("ls {d}".format(**{"d": x, "e": "a"}))',
        'os.system("ls {e}".format(**{"d": x, "e": "a"}))',
    ),
    (
        "format_map",
        'os.system("ls {d}".format_map({"d": x, "e": "a"}))',
        'os.system("ls {e}".format_map({"d": x, "e": "a"}))',
    ),
    ("join", 'os.system(" ".join(["ls", x]))', 'os.system(" ".join(["ls", "a"]))'),
    (
        "join of a generator",
        'os.system(" ".join(p for p in x.split(",")))',
        'os.system(" ".join(p for p in "a,b".split(",")))',
    ),
    ("joined by it", 'os.system(x.join(["ls", "a"]))', 'os.system("x".join(["ls", "a"]))'),
    ("concatenation", 'os.system("ls " + x)', 'os.system("ls " + "x")'),
    (
        "copy before an addition",
        """
        command = "ls"
        before = command
        command += x
        os.system(command)
        """,
        """
        command = "ls"
        before = command
        command += x
        os.system(before)
        """,
    ),
    (
        "copy before a replacement",
        """
        command = x
        other = command.replace("a", "b")
        command = "ls"
        os.system(other)
        """,
        """
        command = "ls"
        other = x.replace("a", "b")
        os.system(command)
        """,
    ),
    ("slice", "os.system(x[1:])", 'os.system("abc"[1:])'),
    ("index", 'os.system(x.split("/")[0])', 'os.system("a/b".split("/")[0])'),
    (
        "partition",
        'head, _, tail = x.partition("=")\nos.system(tail)',
        'head, _, tail = x.partition("=")\nos.system(_ and "ls")',
    ),
    ("strip", "os.system(x.strip())", 'os.system(" ls ".strip())'),
    ("case", "os.system(x.lower())", 'os.system("LS".lower())'),
    ("replace into", 'os.system("ls X".replace("X", x))', 'os.system("ls X".replace("X", "a"))'),
    ("translate", 'os.system(x.translate({65: "b"}))', 'os.system("A".translate({65: "b"}))'),
    ("repeat", "os.system(x * 2)", 'os.system("ls " * 2)'),
    ("encoded", "os.system(x.encode())", 'os.system("ls".encode())'),
    ("decoded", "os.system(x.encode().decode())", 'os.system(b"ls".decode())'),
    ("bytes", 'os.system(bytes(x, "utf-8"))', 'os.system(bytes("ls", "utf-8"))'),
    ("str", "os.system(str(x))", "os.system(str(int(x)))"),
    ("number", "os.system('kill ' + x)", "os.system('kill ' + str(int(x)))"),
    (
        "buffer",
        """
        out = io.StringIO()
        out.write("ls ")
        out.write(x)
        os.system(out.getvalue())
        """,
        """
        out = io.StringIO()
        out.write("ls ")
        out.write("a")
        os.system(out.getvalue())
        """,
    ),
    (
        "list of parts",
        """
        parts = ["ls"]
        parts += [x]
        os.system(" ".join(parts))
        """,
        """
        parts = ["ls"]
        parts += [str(len(x))]
        os.system(" ".join(parts))
        """,
    ),
    (
        "substitution",
        'os.system(re.sub("A", x, "ls A"))',
        'os.system(re.sub("A", "b", "ls A"))',
    ),
    (
        "match group",
        'os.system(re.search("=(.*)", x).group(1))',
        r'os.system(re.search(r"=(\d+)", x).group(1))',
    ),
    (
        "found all",
        'os.system(re.findall("=(.*)", x)[0])',
        r'os.system(re.findall(r"\d+", x)[0])',
    ),
    (
        "substituted narrow",
        r'os.system("ls " + re.sub(r"[;&|]", "", x))',
        r'os.system("ls " + re.sub(r"[^A-Za-z0-9_]", "", x))',
    ),
    ("slice of what is known", 'os.system(("ls " + x)[:9])', 'os.system(("ls " + x)[:3])'),
    (
        "part before a known one",
        'os.system(("a=" + x).partition("=")[2])',
        'os.system(("a=" + x).partition("=")[0])',
    ),
    (
        "split behind a known one",
        'os.system(f"a={x}".split("=")[1])',
        'os.system(f"a={x}".split("=")[0])',
    ),
    (
        "kept by character",
        'os.system("ls " + "".join(c for c in x if c != ";"))',
        'os.system("ls " + "".join(c for c in x if c.isalnum()))',
    ),
)


@both(COMMANDS)
def test_parts_of_texts(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert weaknesses(tmp_path, body) == expected
