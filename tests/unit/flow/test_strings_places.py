# Programs on one line each are easier to compare.
# ruff: noqa: E501
"""Where in a URL, a path, a statement, a shell line or a page a value lands decides."""

from pathlib import Path

from tests.unit.flow.guarded import both, twins, weaknesses

PLACES = [
    *twins(
        "server-side-request-forgery",
        ("whole", "requests.get(x)", 'requests.get("https://a.example/?q=" + x)'),
        ("scheme", 'requests.get(x + "://a.example/")', 'requests.get("https://a.example/" + x)'),
        (
            "host",
            'requests.get("https://" + x + "/v1")',
            'requests.get(f"https://a.example/v1/{x}")',
        ),
        (
            "end of the host",
            'requests.get("https://a.example" + x)',
            'requests.get("https://a.example/" + x)',
        ),
        (
            "label of the host",
            'requests.get(f"https://{x}.example/v1")',
            'requests.get("https://a.example/v1", params={"q": x})',
        ),
        (
            "port",
            'requests.get(f"https://a.example:{x}/")',
            'requests.get(f"https://a.example:8080/{x}")',
        ),
        (
            "user",
            'requests.get(f"https://{x}@a.example/")',
            'requests.get(f"https://a.example/@{x}")',
        ),
        (
            "format",
            'requests.get("{}/v1".format(x))',
            'requests.get("https://a.example/{}".format(x))',
        ),
        ("percent", 'requests.get("http://%s/v1" % x)', 'requests.get("http://a.example/%s" % x)'),
        (
            "joined",
            'requests.get(urljoin("https://a.example/", x))',
            'requests.get(urljoin("https://a.example/", "v1") + "?q=" + x)',
        ),
        (
            "constant base",
            'URL = "https://"\n---\nrequests.get(URL + x)',
            'URL = "https://a.example/v1/"\n---\nrequests.get(URL + x)',
        ),
        (
            "constant base without a slash",
            'URL = "https://a.example"\n---\nrequests.get(URL + x)',
            'URL = "https://a.example"\n---\nrequests.get(f"{URL}/{x}")',
        ),
        (
            "number as a port",
            'requests.get(f"http://a.example:{x}/")',
            'requests.get(f"http://a.example:{int(x)}/")',
        ),
        (
            "quoted whole",
            "requests.get(unquote(quote(x, safe='')))",
            'requests.get("https://a.example/" + quote(x, safe=""))',
        ),
        (
            "configured base",
            'requests.get(x + app.config["PATH"])',
            'requests.get(app.config["API"] + "/v1?q=" + x)',
        ),
    ),
    *twins(
        "open-redirect",
        ("whole", "return redirect(x)", 'return redirect("/a?next=" + x)'),
        ("behind one slash", 'return redirect("/" + x)', 'return redirect("/a/" + x)'),
        ("slash in an f-string", 'return redirect(f"/{x}")', 'return redirect(f"/users/{x}")'),
        (
            "slash by format",
            'return redirect("/{}".format(x))',
            'return redirect("/u/{}".format(x))',
        ),
        (
            "host unfinished",
            'return redirect("https://a.example" + x)',
            'return redirect("https://a.example/" + x)',
        ),
        ("host", 'return redirect(f"https://{x}/a")', 'return redirect(f"https://a.example/{x}")'),
        ("quoted", 'return redirect("/" + unquote(x))', 'return redirect("/" + quote(x, safe=""))'),
        (
            "route",
            'return redirect(request.args["next"])',
            'return redirect(url_for("view", next=x))',
        ),
        ("number", 'return redirect("/" + x)', 'return redirect("/" + str(int(x)))'),
        ("fragment", 'return redirect(x + "#top")', 'return redirect("#" + x)'),
    ),
    *twins(
        "path-traversal",
        ("behind a folder", 'open("/srv/files/" + x)', 'open("/srv/files/" + str(int(x)))'),
        ("before an extension", 'open(f"/srv/files/{x}.txt")', 'open(f"/srv/files/{int(x)}.txt")'),
        ("joined", "open(os.path.join(BASE, x))", "open(os.path.join(BASE, str(len(x))))"),
        ("below", "(ROOT / x).read_text()", '(ROOT / "a").read_text()'),
    ),
    *twins(
        "sql-injection",
        (
            "value",
            """db.execute("select * from t where a = '%s'" % x)""",
            'db.execute("select * from t where a = ?", [x])',
        ),
        (
            "number",
            'db.execute(f"select * from t limit {x}")',
            'db.execute(f"select * from t limit {int(x)}")',
        ),
        (
            "order",
            'db.execute("select * from t order by " + x)',
            'db.execute("select * from t order by " + ("a" if x else "b"))',
        ),
        (
            "placeholders",
            'db.execute("select * from t where a in (%s)" % ",".join(x.split(",")), ())',
            'db.execute("select * from t where a in (%s)" % ",".join("?" for _ in x.split(",")), x.split(","))',
        ),
        (
            "repeated placeholders",
            'db.execute("select * from t where a in (" + x + ")")',
            'db.execute("select * from t where a in (" + ",".join(["?"] * len(x.split(","))) + ")", x.split(","))',
        ),
        (
            "pattern",
            """db.execute(f"select * from t where a like '%{x}%'")""",
            'db.execute("select * from t where a like ?", (f"%{x}%",))',
        ),
        (
            "columns",
            'db.execute("select " + ",".join(x.split(",")) + " from t")',
            'cols = [c for c in x.split(",") if c in ("a", "b")]\ndb.execute("select " + ",".join(cols) + " from t")',
        ),
    ),
    *twins(
        "command-injection",
        ("argument", 'subprocess.run("ls " + x, shell=True)', 'subprocess.run(["ls", "--", x])'),
        ("program", "subprocess.run([x])", 'subprocess.run(["ls", "--", x])'),
        (
            "script",
            'subprocess.run(["sh", "-c", "ls " + x])',
            'subprocess.run(["sh", "-c", "ls \\"$1\\"", "sh", x])',
        ),
        ("quotes around", """os.system("ls '" + x + "'")""", 'os.system("ls " + shlex.quote(x))'),
        (
            "quoted within quotes",
            """os.system(f"ls '{shlex.quote(x)}'")""",
            'os.system(f"ls {shlex.quote(x)}")',
        ),
        (
            "quoted within double quotes",
            """os.system('ls "' + shlex.quote(x) + '"')""",
            'os.system("ls -l " + shlex.quote(x) + " /tmp")',
        ),
        ("environment", "os.system(x)", 'subprocess.run("ls $D", shell=True, env={"D": x})'),
        (
            "input",
            "subprocess.run(x, shell=True)",
            'subprocess.run("sort", shell=True, input=x.encode())',
        ),
    ),
    *twins(
        "cross-site-scripting",
        ("text", 'return f"<p>{x}</p>"', 'return f"<p>{html.escape(x)}</p>"'),
        ("number", 'return f"<p>{x}</p>"', 'return f"<p>{int(x)}</p>"'),
        ("kept as text", "return Response(x)", 'return Response(x, mimetype="text/plain")'),
        ("json", "return Response(json.dumps(x))", "return jsonify(x)"),
        (
            "unquoted attribute",
            'return f"<a title={html.escape(x)}>a</a>"',
            """return f'<a title="{html.escape(x)}">a</a>'""",
        ),
        (
            "script",
            'return "<script>var a = " + html.escape(x) + "</script>"',
            'return "<script>var a = " + str(int(x)) + "</script>"',
        ),
    ),
]


@both(PLACES)
def test_the_place_decides(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert weaknesses(tmp_path, body) == expected
