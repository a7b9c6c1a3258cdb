# Programs on one line each are easier to compare.
# ruff: noqa: E501
"""What escapes and quotes for one kind of sink, and for no other."""

from pathlib import Path

from tests.unit.flow.guarded import both, twins, weaknesses

PAGES = twins(
    "cross-site-scripting",
    ("html", "return '<p>' + x", "return '<p>' + html.escape(x)"),
    (
        "markupsafe",
        "import markupsafe\nreturn '<p>' + str(markupsafe.Markup(x))",
        "import markupsafe\nreturn '<p>' + markupsafe.escape(x)",
    ),
    (
        "markupsafe format",
        "import markupsafe\nreturn markupsafe.Markup('<p>' + x)",
        "import markupsafe\nreturn markupsafe.Markup('<p>{}').format(x)",
    ),
    (
        "markupsafe percent",
        "import markupsafe\nreturn markupsafe.Markup('<p>%s' % x)",
        "import markupsafe\nreturn markupsafe.Markup('<p>%s') % x",
    ),
    (
        "bleach",
        "import bleach\nbleach.clean(x)\nreturn '<p>' + x",
        "import bleach\nreturn '<p>' + bleach.clean(x)",
    ),
    (
        "nh3",
        "import nh3\nreturn '<p>' + nh3.clean('a') + x",
        "import nh3\nreturn '<p>' + nh3.clean(x)",
    ),
    ("cgi", "import cgi\nreturn '<p>' + x", "import cgi\nreturn '<p>' + cgi.escape(x)"),
    (
        "by hand",
        "return '<p>' + x.replace('a', 'b')",
        "return '<p>' + x.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')",
    ),
    (
        "own escape",
        "def esc(t):\n    return t.strip()\n---\nreturn '<p>' + esc(x)",
        "def esc(t):\n    return html.escape(t.strip())\n---\nreturn '<p>' + esc(x)",
    ),
    (
        "a page in an attribute",
        "return '<iframe srcdoc=\"' + html.escape(x) + '\"></iframe>'",
        "return '<iframe title=\"' + html.escape(x) + '\"></iframe>'",
    ),
    (
        "an address in a drawing",
        "return '<svg><a xlink:href=\"' + html.escape(x) + '\">'",
        "return '<svg><a xlink:title=\"' + html.escape(x) + '\">'",
    ),
    (
        "of each",
        "return ''.join('<li>' + p for p in x.split(','))",
        "return ''.join('<li>' + html.escape(p) for p in x.split(','))",
    ),
    (
        "mapped",
        "return ''.join(map(str, x.split(',')))",
        "return ''.join(map(html.escape, x.split(',')))",
    ),
)

SHELLS = twins(
    "command-injection",
    ("shlex", "os.system('ls ' + x)", "os.system('ls ' + shlex.quote(x))"),
    ("pipes", "pipes.quote('ls')\nos.system('ls ' + x)", "os.system('ls ' + pipes.quote(x))"),
    ("list", "subprocess.run(['sh', '-c', x])", "subprocess.run(['ls', '--', x])"),
    ("joined list", "os.system(' '.join(['ls', x]))", "os.system(shlex.join(['ls', '--', x]))"),
    (
        "each quoted",
        "os.system('ls ' + ' '.join(x.split()))",
        "os.system('ls ' + ' '.join(shlex.quote(p) for p in x.split()))",
    ),
    (
        "mapped",
        "os.system('ls ' + ' '.join(map(str, x.split())))",
        "os.system('ls ' + ' '.join(map(shlex.quote, x.split())))",
    ),
    (
        "quotes by hand",
        "os.system('ls \"%s\"' % x.replace('\"', ''))",
        "os.system('ls %s' % shlex.quote(x.replace('\"', '')))",
    ),
    (
        "own quote",
        "def q(t):\n    return \"'\" + t + \"'\"\n---\nos.system('ls ' + q(x))",
        "def q(t):\n    return shlex.quote(t)\n---\nos.system('ls ' + q(x))",
    ),
    (
        "wrong kind",
        "os.system('ls ' + re.escape(x))",
        "os.system('ls ' + shlex.quote(re.escape(x)))",
    ),
    (
        "only when needed",
        "os.system('ls ' + (shlex.quote(x) if ' ' in x else x))",
        "os.system('ls ' + (shlex.quote(x) if ' ' in x else 'a'))",
    ),
)

STATEMENTS = twins(
    "sql-injection",
    (
        "parameters",
        "db.execute('select * from t where a = ' + x)",
        "db.execute('select * from t where a = ?', (x,))",
    ),
    (
        "named parameters",
        "db.execute(f'select * from t where a = {x}')",
        "db.execute('select * from t where a = :a', {'a': x})",
    ),
    (
        "identifier",
        "import psycopg2\nfrom psycopg2 import sql\n---\nc = psycopg2.connect('').cursor()\nc.execute(sql.SQL('select * from ' + x))",
        "import psycopg2\nfrom psycopg2 import sql\n---\nc = psycopg2.connect('').cursor()\nc.execute(sql.SQL('select * from {}').format(sql.Identifier(x)))",
    ),
    (
        "literal",
        "import psycopg2\nfrom psycopg2 import sql\n---\nc = psycopg2.connect('').cursor()\nc.execute(sql.SQL('select {}').format(sql.SQL(x)))",
        "import psycopg2\nfrom psycopg2 import sql\n---\nc = psycopg2.connect('').cursor()\nc.execute(sql.SQL('select {}').format(sql.Literal(x)))",
    ),
    (
        "quote_ident",
        "import psycopg2\n---\nc = psycopg2.connect('').cursor()\nc.execute('select * from \"' + x + '\"')",
        "import psycopg2\nfrom psycopg2.extensions import quote_ident\n---\nc = psycopg2.connect('').cursor()\nc.execute('select * from ' + quote_ident(x, c))",
    ),
    (
        "mogrify",
        "import psycopg2\n---\nc = psycopg2.connect('').cursor()\nc.execute(c.mogrify('select ' + x))",
        "import psycopg2\n---\nc = psycopg2.connect('').cursor()\nc.execute(c.mogrify('select %s', (x,)))",
    ),
    (
        "quote_name",
        "from django.db import connection\n---\nc = connection.cursor()\nc.execute('select * from ' + x)",
        "from django.db import connection\n---\nc = connection.cursor()\nc.execute('select * from ' + connection.ops.quote_name(x))",
    ),
    (
        "bound text",
        "from sqlalchemy import create_engine, text\n---\ncreate_engine('').connect().execute(text('select ' + x))",
        "from sqlalchemy import create_engine, text\n---\ncreate_engine('').connect().execute(text('select :a'), {'a': x})",
    ),
    (
        "bindparams",
        "from sqlalchemy import create_engine, text\n---\ncreate_engine('').connect().execute(text('select %s' % x))",
        "from sqlalchemy import create_engine, text\n---\ncreate_engine('').connect().execute(text('select :a').bindparams(a=x))",
    ),
    (
        "quotes doubled",
        "db.execute(\"select '\" + x.replace('\"', '') + \"'\")",
        'db.execute("select \'" + x.replace("\'", "\'\'") + "\'")',
    ),
    (
        "quotes of a name doubled",
        "db.execute('select * from `' + x.replace('\"', '\"\"') + '`')",
        "db.execute('select * from \"' + x.replace('\"', '\"\"') + '\"')",
    ),
    (
        "ticks of a name doubled",
        "db.execute('select * from %s' % x.replace('`', '``'))",
        "db.execute('select * from `%s`' % x.replace('`', '``'))",
    ),
    (
        "a name quoted by a function",
        (
            'def named(n):\n    return "\'" + n.replace(\'"\', \'""\') + "\'"\n---\n'
            "db.execute('select * from {of}'.format(of=named(x)))"
        ),
        (
            "def named(n):\n    return '\"' + n.replace('\"', '\"\"') + '\"'\n---\n"
            "db.execute('select * from {of}'.format(of=named(x)))"
        ),
    ),
    (
        "direction",
        "db.execute('select * from t order by a ' + x)",
        "db.execute('select * from t order by a ' + ('desc' if x == 'desc' else 'asc'))",
    ),
)

DIRECTORIES = twins(
    "ldap-injection",
    (
        "filter",
        "import ldap\n---\nc = ldap.initialize('')\nc.search_s('o=a', 2, '(uid=' + x + ')')",
        "import ldap\nfrom ldap.filter import escape_filter_chars\n---\nc = ldap.initialize('')\nc.search_s('o=a', 2, '(uid=' + escape_filter_chars(x) + ')')",
    ),
    (
        "filter_format",
        "import ldap\n---\nc = ldap.initialize('')\nc.search_s('o=a', 2, '(uid=%s)' % x)",
        "import ldap, ldap.filter\n---\nc = ldap.initialize('')\nc.search_s('o=a', 2, ldap.filter.filter_format('(uid=%s)', [x]))",
    ),
    (
        "dn",
        "import ldap\n---\nc = ldap.initialize('')\nc.search_s('cn=' + x, 2)",
        "import ldap, ldap.dn\n---\nc = ldap.initialize('')\nc.search_s('cn=' + ldap.dn.escape_dn_chars(x), 2)",
    ),
    (
        "ldap3",
        "import ldap3\n---\nc = ldap3.Connection('')\nc.search('o=a', f'(uid={x})')",
        "import ldap3\nfrom ldap3.utils.conv import escape_filter_chars\n---\nc = ldap3.Connection('')\nc.search('o=a', f'(uid={escape_filter_chars(x)})')",
    ),
    (
        "narrow",
        "import ldap\n---\nif not re.fullmatch('[^&]+', x):\n    abort(400)\nldap.initialize('').search_s('o=a', 2, '(uid=' + x + ')')",
        "import ldap\n---\nif not re.fullmatch('[a-z]+', x):\n    abort(400)\nldap.initialize('').search_s('o=a', 2, '(uid=' + x + ')')",
    ),
)

TREES = twins(
    "xpath-injection",
    (
        "variable",
        "from lxml import etree\n---\nt = etree.Element('a')\nt.xpath(\"//a[@b='\" + x + \"']\")",
        "from lxml import etree\n---\nt = etree.Element('a')\nt.xpath('//a[@b=$b]', b=x)",
    ),
    (
        "compiled",
        "from lxml import etree\n---\nt = etree.Element('a')\netree.XPath(\"//a[@b='%s']\" % x)(t)",
        "from lxml import etree\n---\nt = etree.Element('a')\netree.XPath('//a[@b=$b]')(t, b=x)",
    ),
    (
        "number",
        "from lxml import etree\n---\nt = etree.Element('a')\nt.xpath(f'//a[{x}]')",
        "from lxml import etree\n---\nt = etree.Element('a')\nt.xpath(f'//a[{int(x)}]')",
    ),
    (
        "quotes gone",
        "from lxml import etree\n---\nt = etree.Element('a')\nt.xpath(\"//a[@b='\" + x.strip() + \"']\")",
        "from lxml import etree\n---\nt = etree.Element('a')\nif not x.isalnum():\n    abort(400)\nt.xpath(\"//a[@b='\" + x + \"']\")",
    ),
)

LINES = [
    *twins(
        "log-injection",
        ("repr", "log.info('user ' + x)", "log.info('user ' + repr(x))"),
        ("repr in a template", "log.info('user %s' % x)", "log.info('user %r' % x)"),
        ("repr by conversion", "log.info(f'user {x}')", "log.info(f'user {x!r}')"),
        (
            "line breaks gone",
            "log.info('user ' + x.strip())",
            "log.info('user ' + x.replace('\\r', '').replace('\\n', ''))",
        ),
        (
            "first line",
            "log.info('user ' + x.splitlines(True)[0])",
            "log.info('user ' + x.splitlines()[0])",
        ),
        (
            "pattern",
            "log.info('user ' + re.sub('[<>]', '', x))",
            "log.info('user ' + re.sub(r'[\\r\\n]', '', x))",
        ),
        ("encoded", "log.info('user ' + unquote(quote(x)))", "log.info('user ' + quote(x))"),
        (
            "unicode escape",
            "log.info('user %s', x)",
            "log.info('user %s', x.encode('unicode_escape').decode())",
        ),
    ),
    *twins(
        "header-injection",
        (
            "line breaks gone",
            "from http.server import BaseHTTPRequestHandler\n\nclass H(BaseHTTPRequestHandler):\n    def do_GET(self):\n        self.send_header('a', unquote(self.path))\n---\npass",
            "from http.server import BaseHTTPRequestHandler\n\nclass H(BaseHTTPRequestHandler):\n    def do_GET(self):\n        self.send_header('a', self.path.replace('\\r', '').replace('\\n', ''))\n---\npass",
        ),
        (
            "quoted",
            "from http.server import BaseHTTPRequestHandler\n\nclass H(BaseHTTPRequestHandler):\n    def do_GET(self):\n        self.send_header('Location', unquote(self.path))\n---\npass",
            "from http.server import BaseHTTPRequestHandler\n\nclass H(BaseHTTPRequestHandler):\n    def do_GET(self):\n        self.send_header('Location', '/a?' + quote(unquote(self.path)))\n---\npass",
        ),
        (
            "refused",
            "from http.server import BaseHTTPRequestHandler\n\nclass H(BaseHTTPRequestHandler):\n    def do_GET(self):\n        p = unquote(self.path)\n        if ' ' in p:\n            return\n        self.send_header('a', p)\n---\npass",
            "from http.server import BaseHTTPRequestHandler\n\nclass H(BaseHTTPRequestHandler):\n    def do_GET(self):\n        p = unquote(self.path)\n        if '\\n' in p or '\\r' in p:\n            return\n        self.send_header('a', p)\n---\npass",
        ),
    ),
]

OTHERS = [
    *twins(
        "code-injection",
        ("literal", "eval(x)", "ast.literal_eval(x)"),
        ("number", "eval(x)", "eval(str(int(x)))"),
        ("builtins taken away", "eval(x, {'__builtins__': {}})", "eval('a', {'a': x})"),
        ("known names", "getattr(os, x)\neval(x)", "{'a': os.getcwd}[x]()"),
        (
            "words refused",
            "if 'import' in x:\n    abort(400)\neval(x)",
            "if x not in ('a', 'b'):\n    abort(400)\neval(x)",
        ),
    ),
    *twins(
        "path-traversal",
        (
            "wrong kind",
            "open(os.path.join(BASE, html.escape(x)))",
            "open(os.path.join(BASE, os.path.basename(html.escape(x))))",
        ),
        (
            "shell quoting",
            "open(os.path.join(BASE, shlex.quote(x)))",
            "open(os.path.join(BASE, str(uuid.uuid5(uuid.NAMESPACE_URL, x))))",
        ),
        (
            "slug",
            "from slugify import slugify\n---\nslugify(x)\nopen(os.path.join(BASE, x))",
            "from slugify import slugify\n---\nopen(os.path.join(BASE, slugify(x)))",
        ),
        (
            "pathvalidate",
            "open(BASE + '/' + x.strip())",
            "from pathvalidate import sanitize_filename\n---\nopen(BASE + '/' + sanitize_filename(x))",
        ),
    ),
]


@both([*PAGES, *SHELLS, *STATEMENTS])
def test_escapes_of_pages_shells_and_statements(
    tmp_path: Path, body: str, expected: list[str]
) -> None:
    assert weaknesses(tmp_path, body) == expected


@both([*DIRECTORIES, *TREES, *LINES, *OTHERS])
def test_escapes_of_other_kinds(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert weaknesses(tmp_path, body) == expected
