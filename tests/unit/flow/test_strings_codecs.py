# Programs on one line each are easier to compare.
# ruff: noqa: E501
"""What encoding makes harmless, for what, and what decoding brings back."""

from pathlib import Path

from tests.unit.flow.guarded import both, twins, weaknesses

CODECS = [
    *twins(
        "command-injection",
        (
            "base64 decoded",
            "os.system(base64.b64decode(base64.b64encode(x.encode())).decode())",
            "os.system('ls ' + base64.b64encode(x.encode()).decode())",
        ),
        (
            "base64 of the request",
            "os.system(base64.b64decode(x).decode())",
            "os.system('ls ' + base64.urlsafe_b64encode(x.encode()).decode())",
        ),
        (
            "hex",
            "os.system(bytes.fromhex(x).decode())",
            "os.system('ls ' + x.encode().hex())",
        ),
        (
            "hexlify",
            "os.system(binascii.unhexlify(x).decode())",
            "os.system('ls ' + binascii.hexlify(x.encode()).decode())",
        ),
        (
            "json round trip",
            'os.system(json.loads(json.dumps({"a": x}))["a"])',
            'os.system(json.loads(json.dumps({"a": "ls"}))["a"])',
        ),
        ("json is no quoting", 'os.system("echo " + json.dumps(x))', 'os.system("echo ls")'),
        (
            "html escape is no quoting",
            'os.system("ls " + html.escape(x))',
            'os.system("ls " + shlex.quote(html.escape(x)))',
        ),
        (
            "unquoted after the check",
            """
            if not x.isalnum():
                abort(400)
            os.system("ls " + base64.b64decode(x).decode())
            """,
            """
            y = base64.b64decode(x).decode()
            if not y.isalnum():
                abort(400)
            os.system("ls " + y)
            """,
        ),
        (
            "quoted twice over",
            "os.system(shlex.split(shlex.quote(x))[0])",
            "os.system('ls ' + shlex.quote(x))",
        ),
    ),
    *twins(
        "cross-site-scripting",
        (
            "json is no escape",
            'return "<p>" + json.dumps(x)',
            'return "<p>" + html.escape(json.dumps(x))',
        ),
        (
            "unescaped again",
            'return "<p>" + html.unescape(html.escape(x))',
            'return "<p>" + html.escape(html.unescape(x))',
        ),
        ("url quoted", 'return "<p>" + unquote(quote(x))', 'return "<p>" + quote(x)'),
        (
            "base64",
            'return "<p>" + base64.b64decode(x).decode()',
            'return "<p>" + base64.b64encode(x.encode()).decode()',
        ),
        (
            "shell quoting is no escape",
            'return "<p>" + shlex.quote(x)',
            'return "<p>" + html.escape(x)',
        ),
        ("repr is no escape", 'return "<p>" + repr(x)', 'return f"<p>{html.escape(repr(x))}"'),
        (
            "upper case is no escape",
            'return "<p>" + x.upper()',
            'return "<p>" + html.escape(x).upper()',
        ),
    ),
    *twins(
        "sql-injection",
        (
            "html escape is none of sql",
            """db.execute("select * from t where a = '" + html.escape(x, quote=False) + "'")""",
            """db.execute("select * from t where a = ?", (html.escape(x),))""",
        ),
        (
            "url quoting and back",
            """db.execute("select * from t where a = '" + unquote(x) + "'")""",
            """db.execute("select * from t where a = ?", (unquote(x),))""",
        ),
        (
            "json is none of sql",
            """db.execute("select * from t where a = '" + json.dumps(x) + "'")""",
            """db.execute("select * from t where a = '" + base64.b64encode(x.encode()).decode() + "'")""",
        ),
    ),
    *twins(
        "path-traversal",
        (
            "checked before decoding",
            """
            if ".." in x or "/" in x:
                abort(400)
            open(os.path.join(BASE, unquote(x)))
            """,
            """
            y = unquote(x)
            if ".." in y or "/" in y:
                abort(400)
            open(os.path.join(BASE, y))
            """,
        ),
        (
            "quoted with the slash kept",
            "open(BASE + '/' + unquote(quote(x, safe='')))",
            "open(BASE + '/' + quote(x, safe='') + '.txt')",
        ),
        (
            "base of the name before decoding",
            "open(os.path.join(BASE, unquote(os.path.basename(x))))",
            "open(os.path.join(BASE, os.path.basename(unquote(x))))",
        ),
    ),
]


@both(CODECS)
def test_encoding_and_decoding(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert weaknesses(tmp_path, body) == expected
