"""Every remedy: the code that it makes, in variants, and the code that it leaves alone."""

import importlib
from textwrap import dedent

import pytest

from countermine.core.knowledge import NamedRemedy
from countermine.testing.remedies import patched, refused


def remedies(package: str) -> tuple[NamedRemedy, ...]:
    module = importlib.import_module(f"countermine.weaknesses.{package}.remedy")
    found: tuple[NamedRemedy, ...] = module.REMEDIES
    return found


def after(package: str, code: str, *, sink: str = "") -> str:
    return patched(remedies(package), dedent(code).lstrip("\n"), sink=sink)


def last(package: str, head: str, line: str, *, sink: str = "") -> str:
    """Return the last line of a function after the remedy, without its indentation."""
    return (
        after(package, f"{head}\ndef f(x, y: str, *z):\n    {line}\n", sink=sink)
        .splitlines()[-1]
        .strip()
    )


def why_not(package: str, head: str, line: str, *, sink: str = "") -> str:
    code = f"{head}\ndef f(x, y: str, *z):\n    {line}\n"
    return refused(remedies(package), code, sink=sink)


@pytest.mark.parametrize(
    ("line", "fixed"),
    [
        (
            "«cur.execute(f\"SELECT * FROM t WHERE name = '{x}'\")»",
            'cur.execute("SELECT * FROM t WHERE name = ?", (x,))',
        ),
        (
            "«cur.execute(\"SELECT * FROM t WHERE name = '%s' AND id=%d\" % (x, y.id))»",
            'cur.execute("SELECT * FROM t WHERE name = ? AND id=?", (x, y.id))',
        ),
        (
            '«cur.execute("SELECT * FROM t WHERE name = \'" + x + "\' AND id=" + str(y))»',
            'cur.execute("SELECT * FROM t WHERE name = ? AND id=?", (x, y))',
        ),
        (
            "«cur.execute(\"SELECT * FROM t WHERE a LIKE '%{}%'\".format(x))»",
            'cur.execute("SELECT * FROM t WHERE a LIKE ?", (f"%{x}%",))',
        ),
        (
            "«cur.execute('SELECT * FROM t WHERE name = \\'%s\\'' % x)»",
            "cur.execute('SELECT * FROM t WHERE name = ?', (x,))",
        ),
        (
            "«cur.execute(f\"INSERT INTO t (a, b) VALUES ('{x}', ?)\", (y,))»",
            'cur.execute("INSERT INTO t (a, b) VALUES (?, ?)", (x, y))',
        ),
        (
            '«cur.execute(f"SELECT * FROM {TABLE} WHERE id BETWEEN {x} AND {y} LIMIT {x}, {y}")»',
            (
                'cur.execute(f"SELECT * FROM {TABLE} WHERE id BETWEEN ? AND ? LIMIT ?, ?", '
                "(x, y, x, y))"
            ),
        ),
        (
            "«cur.execute(f\"SELECT 'it''s' FROM t WHERE a = 'it''s {x}' AND b IN ({x}, {y})\")»",
            (
                "cur.execute(\"SELECT 'it''s' FROM t WHERE a = ? AND b IN (?, ?)\", "
                '(f"it\'s {x}", x, y))'
            ),
        ),
    ],
)
def test_values_go_to_the_driver_apart_from_the_statement(line: str, fixed: str) -> None:
    assert last("sql_injection", "import sqlite3\n", line) == fixed


def test_a_statement_built_before_the_call_keeps_its_layout() -> None:
    code = '''
    import psycopg2

    def f(cur, x):
        query = f"""
            SELECT * FROM t  -- what's there
            WHERE a LIKE '%{x}%' AND b LIKE 'a%'
        """
        return «cur.execute(query)»
    '''

    assert after("sql_injection", code) == dedent('''
    import psycopg2

    def f(cur, x):
        query = """
            SELECT * FROM t  -- what's there
            WHERE a LIKE %s AND b LIKE 'a%%'
        """
        return cur.execute(query, (f"%{x}%",))
    ''').lstrip("\n")


@pytest.mark.parametrize(
    ("head", "line", "fixed"),
    [
        (
            "from sqlalchemy import text\n",
            "«session.execute(text(f\"SELECT * FROM t WHERE a = '{x}' AND b = {y.id}\"))»",
            (
                'session.execute(text("SELECT * FROM t WHERE a = :x AND b = :id"), '
                '{"x": x, "id": y.id})'
            ),
        ),
        (
            "from sqlalchemy import text\n",
            'q.filter(«text("a = " + x)»)',
            'q.filter(text("a = :x").bindparams(x=x))',
        ),
        (
            "import sqlalchemy\n",
            '«session.execute(f"SELECT * FROM t WHERE a = {x}")»',
            'session.execute(sqlalchemy.text("SELECT * FROM t WHERE a = :x"), {"x": x})',
        ),
        (
            "import asyncpg\n",
            "«con.fetch(f\"SELECT * FROM t WHERE a = '{x}' AND b = {y}\")»",
            'con.fetch("SELECT * FROM t WHERE a = $1 AND b = $2", x, y)',
        ),
        (
            "from django.db import connection\n",
            "«M.objects.raw(\"SELECT * FROM t WHERE a = '%s'\" % x)»",
            'M.objects.raw("SELECT * FROM t WHERE a = %s", (x,))',
        ),
    ],
)
def test_each_driver_gets_its_own_marks(head: str, line: str, fixed: str) -> None:
    assert last("sql_injection", head, line) == fixed


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('«cur.execute(f"SELECT * FROM {x}")»', "a name or a keyword"),
        ('«cur.execute(f"SELECT * FROM t ORDER BY {x}")»', "a name or a keyword"),
        ('«cur.execute(f"SELECT {x} FROM t")»', "a name or a keyword"),
        ('«cur.execute(f"SELECT * FROM t WHERE {x} = 5")»', "a name or a keyword"),
        ('«cur.execute(f"INSERT INTO t ({x}) VALUES (1)")»', "a name or a keyword"),
        ('«cur.execute(f"SELECT * FROM t WHERE a = {x}_b")»', "a piece of a name"),
        ('«cur.execute(f"SELECT * FROM t WHERE a = \'{x}")»', "never closed"),
        ('«cur.execute(f"SELECT * FROM t WHERE \\"{x}\\" = 1")»', "an identifier"),
        ("«cur.execute(x)»", "not assigned exactly once"),
        ('«cur.executescript(f"SELECT {x}")»', "takes no parameters"),
        ('«cur.execute(f"SELECT * FROM t WHERE a = {x}", y)»', "parameters already"),
        ('«cur.execute(f"SELECT * FROM t WHERE a = {x}", *z)»', "cannot be told"),
    ],
)
def test_statements_that_parameters_cannot_mend_are_left_alone(line: str, reason: str) -> None:
    assert reason in why_not("sql_injection", "import sqlite3\n", line)


def test_an_unknown_driver_is_not_guessed() -> None:
    line = '«cur.execute(f"SELECT * FROM t WHERE a = {x}")»'

    assert "driver" in why_not("sql_injection", "", line)


def test_a_statement_that_is_used_twice_is_left_alone() -> None:
    head = "import sqlite3\n"
    line = 'q = f"SELECT * FROM t WHERE a = {x}"\n    other.execute(q)\n    «cur.execute(q)»'

    assert "more than this call" in why_not("sql_injection", head, line)


def test_a_statement_whose_values_change_before_it_runs_is_left_alone() -> None:
    line = 'q = f"SELECT * FROM t WHERE a = {x}"\n    x = 1\n    «cur.execute(q)»'

    assert "'x' changes" in why_not("sql_injection", "import sqlite3\n", line)


@pytest.mark.parametrize(
    ("line", "fixed"),
    [
        (
            '«subprocess.run(f"ls -l {x} {y}", shell=True, check=True)»',
            'subprocess.run(["ls", "-l", "--", str(x), y], check=True)',
        ),
        (
            '«subprocess.check_output("grep -r \'" + x + "\' .", shell=True)»',
            'subprocess.check_output(["grep", "-r", "--", x, "."])',
        ),
        (
            "«subprocess.call(\"git clone '%s' /srv/copy\" % y, shell=True)»",
            'subprocess.call(["git", "clone", "--", y, "/srv/copy"])',
        ),
        (
            '«subprocess.run(f"convert {x} out.png", shell=True)»',
            'subprocess.run(f"convert {shlex.quote(str(x))} out.png", shell=True)',
        ),
        (
            "«subprocess.run(f\"cat '{x}' | wc -l\", shell=True)»",
            'subprocess.run(f"cat {shlex.quote(str(x))} | wc -l", shell=True)',
        ),
        ('«os.system("ping -c 1 " + x)»', 'os.system("ping -c 1 " + shlex.quote(x))'),
        (
            '«os.system("ping -c %d %s" % (x, y))»',
            'os.system("ping -c %d %s" % (x, shlex.quote(y)))',
        ),
        (
            '«os.popen("cat \'" + z["f"] + "\'")».read()',
            "os.popen(f'cat {shlex.quote(z[\"f\"])}').read()",
        ),
    ],
)
def test_commands_keep_their_words_together(line: str, fixed: str) -> None:
    assert last("command_injection", "import os\nimport subprocess\n", line) == fixed


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("«subprocess.run(x, shell=True)»", "not assigned exactly once"),
        ('«subprocess.run(["ls", x])»', "no shell"),
        ('«subprocess.run(f"ls {x}", shell=y)»', "no shell"),
        ('«subprocess.run(f"echo \\"$HOME {x}\\"", shell=True)»', "expanded by the shell"),
        ('«subprocess.run(f"ls {shlex.quote(x)}", shell=True)»', "quoted already"),
        ('«subprocess.run(f"ls \'{x}", shell=True)»', "never closed"),
        ('«subprocess.run("ls", shell=True)»', "constant"),
    ],
)
def test_commands_that_cannot_be_mended_are_left_alone(line: str, reason: str) -> None:
    head = "import shlex\nimport subprocess\n"

    assert reason in why_not("command_injection", head, line)


@pytest.mark.parametrize(
    ("line", "fixed"),
    [
        (
            '«subprocess.run(["git", "clone", x, "/srv"])»',
            'subprocess.run(["git", "clone", "--", x, "/srv"])',
        ),
        (
            '«subprocess.run(["git", "log", x])»',
            'subprocess.run(["git", "log", _not_an_option(x)])',
        ),
    ],
)
def test_values_do_not_become_options(line: str, fixed: str) -> None:
    assert last("argument_injection", "import subprocess\n", line) == fixed


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('«subprocess.run(["ls", "--", x])»', "before the argument already"),
        ('«subprocess.run(["ls", f"./{x}"])»', "no argument may begin with a dash"),
        ("«subprocess.run(x)»", "several steps"),
        ('«subprocess.run(["ls", *z])»', "unpacked"),
    ],
)
def test_arguments_that_are_no_options_are_left_alone(line: str, reason: str) -> None:
    assert reason in why_not("argument_injection", "import subprocess\n", line)


@pytest.mark.parametrize(
    ("head", "line", "fixed"),
    [
        ("import yaml\n", "return «yaml.load(x)»", "return yaml.safe_load(x)"),
        (
            "import yaml as ym\n",
            "return «ym.load(x, Loader=ym.FullLoader)»",
            "return ym.safe_load(x)",
        ),
        (
            "import yaml\n",
            "return «yaml.load_all(x, yaml.Loader)»",
            "return yaml.safe_load_all(x)",
        ),
        ("from yaml import load, Loader\n", "return «load(x, Loader)»", "return safe_load(x)"),
        ("import yaml\n", "return «yaml.unsafe_load(x)»", "return yaml.safe_load(x)"),
        ("import torch\n", "return «torch.load(x)»", "return torch.load(x, weights_only=True)"),
        (
            "import numpy as np\n",
            "return «np.load(x, allow_pickle=True)»",
            "return np.load(x, allow_pickle=False)",
        ),
        (
            "import pickle\n",
            "return «pickle.loads(x)»",
            "return _PlainUnpickler(io.BytesIO(x)).load()",
        ),
        ("import pickle\n", "return «pickle.load(x)»", "return _PlainUnpickler(x).load()"),
        (
            'import yaml\nyaml.add_constructor("!env", str, Loader=yaml.SafeLoader)\n',
            "return «yaml.load(x, Loader=yaml.Loader)»",
            "return yaml.safe_load(x)",
        ),
        (
            "from ruamel.yaml import YAML\n",
            'return «YAML(typ="unsafe")»',
            'return YAML(typ="safe")',
        ),
    ],
)
def test_loaders_build_plain_data_only(head: str, line: str, fixed: str) -> None:
    assert last("unsafe_deserialization", head, line) == fixed


@pytest.mark.parametrize(
    ("head", "line", "reason"),
    [
        ("import yaml\n", "«yaml.load(x, Loader=yaml.SafeLoader)»", "safe one already"),
        ("import yaml\n", "«yaml.load(x, Loader=y)»", "on purpose"),
        ("import yaml\n", "«yaml.load(*z)»", "unpacks"),
        (
            'import yaml\nyaml.add_constructor("!env", lambda loader, node: node.value)\n',
            "«yaml.load(x, Loader=yaml.Loader)»",
            "tags of the project's own",
        ),
        ("import pickle\n", '«pickle.loads(x, encoding="bytes")»', "options"),
        ("import joblib\n", "«joblib.load(x)»", "no remedy is for a call of this kind"),
    ],
)
def test_loaders_that_mean_it_are_left_alone(head: str, line: str, reason: str) -> None:
    assert reason in why_not("unsafe_deserialization", head, line)


@pytest.mark.parametrize(
    ("line", "fixed"),
    [
        (
            'return «"<p>" + request.args["n"] + "</p>"»',
            'return "<p>" + html.escape(request.args["n"]) + "</p>"',
        ),
        ('return «f"<p>{x} {3:d}</p>"», 404', 'return f"<p>{escape(x)} {3:d}</p>", 404'),
        ('return «"<p>%s %d</p>" % (x, 3)»', 'return "<p>%s %d</p>" % (escape(x), 3)'),
        ('return «request.args["n"]»', 'return escape(request.args["n"])'),
        ('return «Markup(f"<b>{x}</b>")»', 'return Markup(f"<b>{escape(x)}</b>")'),
    ],
)
def test_values_are_escaped_in_pages_of_flask(line: str, fixed: str) -> None:
    assert last("cross_site_scripting", FLASK, line) == fixed


FLASK = "from flask import Flask, request\nfrom markupsafe import Markup\n"


@pytest.mark.parametrize(
    ("head", "line", "fixed"),
    [
        (
            "from django.http import HttpResponse\n",
            'return «HttpResponse("Hello " + request.GET["n"])»',
            'return HttpResponse("Hello " + escape(request.GET["n"]))',
        ),
        (
            "from fastapi.responses import HTMLResponse\n",
            'return «HTMLResponse(f"<b>{y}{x}</b>")»',
            'return HTMLResponse(f"<b>{html.escape(y)}{html.escape(str(x))}</b>")',
        ),
    ],
)
def test_each_framework_gets_its_own_escaping(head: str, line: str, fixed: str) -> None:
    assert last("cross_site_scripting", head, line) == fixed


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('return «f"<p>{escape(x)}</p>"»', "escaped already"),
        ('return «f"<p>{menu()}</p>"»', "escaped already"),
        ("return «x»", "cannot be told"),
        ('return «f"<p>{x:>20}</p>"»', "formatted in a way"),
    ],
)
def test_markup_that_is_meant_is_left_alone(line: str, reason: str) -> None:
    head = "from flask import request\nfrom markupsafe import escape\n"

    assert reason in why_not("cross_site_scripting", head, line)


@pytest.mark.parametrize(
    ("head", "line", "sink", "fixed"),
    [
        (
            "from flask import render_template_string, request\n",
            'return «render_template_string("<p>" + request.args["name"] + "</p>")»',
            "flask.render_template_string",
            'return render_template_string("<p>{{ name }}</p>", name=request.args["name"])',
        ),
        (
            "import jinja2\n",
            'return «jinja2.Template(f"<p>{x} {y}</p>")».render(y=1)',
            "jinja2.Template",
            'return jinja2.Template("<p>{{ x }} {{ y_2 }}</p>").render(y=1, x=x, y_2=y)',
        ),
        (
            "import jinja2\n",
            "return «jinja2.Template(x)».render()",
            "jinja2.Template",
            "return SandboxedEnvironment().from_string(x).render()",
        ),
        (
            "from mako.template import Template\n",
            'return «Template("Label: " + x)».render()',
            "mako.template.Template",
            'return Template("Label: ${x}").render(x=x)',
        ),
    ],
)
def test_templates_are_constant(head: str, line: str, sink: str, fixed: str) -> None:
    assert last("template_injection", head, line, sink=sink) == fixed


def test_a_template_that_comes_from_elsewhere_as_a_whole_is_left_alone() -> None:
    head = "from flask import render_template_string\n"
    line = "return «render_template_string(x)»"

    assert "not assigned" in why_not("template_injection", head, line)


@pytest.mark.parametrize(
    ("line", "fixed"),
    [
        ("return «eval(x)»", "return ast.literal_eval(x)"),
        ('return «eval(x, {"__builtins__": {}}, {})»', "return ast.literal_eval(x)"),
        ('return «eval("models." + x)»', "return getattr(models, x)"),
        ('return «eval(f"self.{x}.__doc__")»', "return getattr(self, x).__doc__"),
        ("return «eval(x, NAMES)»", "return _evaluate(x, NAMES)"),
        (
            'return «eval(compile(x, "<x>", "eval"), {"__builtins__": {}}, y)»',
            "return _evaluate(x, y)",
        ),
        ("return «eval(formula)»", "return _calculate(formula)"),
        (
            "return «eval(y + '(\"' + x + '\")')»",
            "return _converted(y, '\"' + x + '\"')",
        ),
        (
            "return «eval(f\"{y}('{x}')\")» or eval('\"' + x + '\"')",
            "return _converted(y, \"'\" + x + \"'\") or ast.literal_eval('\"' + x + '\"')",
        ),
    ],
)
def test_expressions_are_read_as_data(line: str, fixed: str) -> None:
    assert last("code_injection", "", line) == fixed


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("«exec(x)»", "statements"),
        ("«eval(x)»", "not used"),
        ("return «eval(x)»()", "called"),
        ('return «eval(x + "(1)")»', "calls something"),
        ("return «eval(f'{y}({x})')»", "calls something"),
        ("return «eval(x, globals())»", "every name"),
        ("return «eval(*z)»", "cannot be told"),
    ],
)
def test_code_that_is_meant_to_run_is_left_alone(line: str, reason: str) -> None:
    assert reason in why_not("code_injection", "", line)


@pytest.mark.parametrize(
    ("line", "fixed"),
    [
        ("a = «archive.extractall(x)»", 'a = archive.extractall(x, filter="data")'),
        (
            '«archive.extract(x, filter="fully_trusted")»',
            'archive.extract(x, filter="data")',
        ),
        (
            '«shutil.unpack_archive(x, y, "gztar")»',
            'shutil.unpack_archive(x, y, "gztar", filter="data")',
        ),
        (
            '«open(⟪os.path.join(x, y)⟫, "wb")»',
            'open(_contained_path(x, os.path.join(x, y)), "wb")',
        ),
    ],
)
def test_archives_stay_in_their_folder(line: str, fixed: str) -> None:
    assert last("archive_extraction", "import os\nimport shutil\n", line) == fixed


@pytest.mark.parametrize(
    "line",
    [
        '«archive.extractall(x, filter="data")»',
        "«shutil.unpack_archive(x, y)»",
        "«archive.extractall(*z)»",
    ],
)
def test_other_archives_are_left_alone(line: str) -> None:
    assert why_not("archive_extraction", "import shutil\n", line)


@pytest.mark.parametrize(
    ("head", "line", "fixed"),
    [
        (
            "from lxml import etree\n",
            "return «etree.fromstring(x)»",
            (
                "return etree.fromstring(x, parser=etree.XMLParser(resolve_entities=False, "
                "no_network=True))"
            ),
        ),
        (
            "from lxml import etree\n",
            "return «etree.XMLParser(load_dtd=True, no_network=False)»",
            "return etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False)",
        ),
        (
            "import xml.sax\nimport defusedxml.ElementTree\n",
            "return «xml.sax.parseString(x, y)»",
            "return parseString(x, y)",
        ),
    ],
)
def test_xml_is_read_without_entities(head: str, line: str, fixed: str) -> None:
    assert last("xml_external_entities", head, line) == fixed


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("from lxml import etree\n", "«etree.XMLParser(resolve_entities=False)»"),
        ("from lxml import etree\n", "«etree.fromstring(x, y)»"),
        ("import xml.sax\n", "«xml.sax.parseString(x, y)»"),
    ],
)
def test_parsers_that_are_safe_or_unknown_are_left_alone(head: str, line: str) -> None:
    assert why_not("xml_external_entities", head, line)


@pytest.mark.parametrize(
    ("name", "line", "fixed"),
    [
        ("make_token", "return «hashlib.md5(x)»", "return hashlib.sha256(x)"),
        ("sign", 'return «hmac.new(K, x, ⟪"md5"⟫)»', 'return hmac.new(K, x, "sha256")'),
        ("sign", "return «hmac.new(K, x, hashlib.sha1)»", "return hmac.new(K, x, hashlib.sha256)"),
        (
            "session_id",
            "return «hashlib.new('md5', x)»",
            "return hashlib.new('sha256', x)",
        ),
        (
            "cache_key",
            "return «hashlib.md5(x)»",
            "return hashlib.md5(x, usedforsecurity=False)",
        ),
    ],
)
def test_hashes_are_strong_or_said_to_protect_nothing(name: str, line: str, fixed: str) -> None:
    code = f"import hashlib\nimport hmac\n\ndef {name}(x):\n    {line}\n"

    assert after("weak_hash", code).splitlines()[-1].strip() == fixed


@pytest.mark.parametrize(
    ("name", "reason"), [("check_password", "slow hash"), ("number", "cannot be told")]
)
def test_hashes_that_others_depend_on_are_left_alone(name: str, reason: str) -> None:
    code = f"import hashlib\n\ndef {name}(x):\n    return «hashlib.md5(x)»\n"

    assert reason in refused(remedies("weak_hash"), code)


@pytest.mark.parametrize(
    ("head", "line", "fixed"),
    [
        ("import random\n", "return «random.choice(x)»", "return secrets.choice(x)"),
        ("import random\n", "«random.shuffle(x)»", "secrets.SystemRandom().shuffle(x)"),
        (
            "from random import randint as r\n",
            "return «r(1, 6)»",
            "return secrets.SystemRandom().randint(1, 6)",
        ),
    ],
)
def test_numbers_cannot_be_predicted(head: str, line: str, fixed: str) -> None:
    assert last("predictable_randomness", head, line) == fixed


def test_a_generator_of_numpy_is_left_alone() -> None:
    head = "import numpy.random\n"

    assert why_not("predictable_randomness", head, "«numpy.random.choice(x)»")


@pytest.mark.parametrize(
    ("line", "fixed"),
    [
        ('«os.system("rm " + " ".join(z))»', 'os.system("rm " + " ".join(map(shlex.quote, z)))'),
        (
            """«os.system(f"rm {' '.join(str(a) for a in z)}")»""",
            """os.system(f"rm {' '.join(map(shlex.quote, (str(a) for a in z)))}")""",
        ),
    ],
)
def test_several_words_stay_several(line: str, fixed: str) -> None:
    assert last("command_injection", "import os\n", line) == fixed


def test_several_words_that_were_put_together_before_are_left_alone() -> None:
    line = 'words = " ".join(z); «subprocess.run("rm " + words, shell=True)»'
    assert "several words" in why_not("command_injection", "import subprocess\n", line)


def test_numbers_may_be_below_zero() -> None:
    line = '«subprocess.run(["git", "log", x, "-n", str(int(y))])»'
    fixed = last("argument_injection", "import subprocess\n", line)
    assert fixed == 'subprocess.run(["git", "log", _not_an_option(x), "-n", str(int(y))])'


def test_what_may_be_several_values_of_a_list_is_no_parameter() -> None:
    line = '«cur.execute("SELECT a FROM t WHERE id IN (%s)" % x)»'
    assert "several values" in why_not("sql_injection", "import sqlite3\n", line)


@pytest.mark.parametrize(
    "line",
    [
        "«os.system('sed s/a/' + x + '/ f')»",
        "«os.system(f'cat f | awk -F: {x} g')»",
        """«os.system(f'sed -n -e "s/a/{x}/" f')»""",
        "«subprocess.run('sed s/a/' + x + '/ f', shell=True)»",
    ],
)
def test_a_value_in_a_script_of_sed_or_awk_is_not_quoted(line: str) -> None:
    head = "import os\nimport subprocess\n"
    assert "script that a program runs" in why_not("command_injection", head, line)


def test_quotes_do_not_make_a_computed_program_harmless() -> None:
    assert "program itself" in why_not("command_injection", "import os\n", "«os.system(f'{x} -v')»")
    line = last("command_injection", "import os\nimport shlex\n", "«os.system(f'{x} {y}')»")
    assert line == "os.system(f'{x} {shlex.quote(y)}')"


def test_files_of_sed_and_awk_are_quoted() -> None:
    line = "«os.system('sed -n 1p ' + y)»"
    fixed = "os.system('sed -n 1p ' + shlex.quote(y))"
    assert last("command_injection", "import os\nimport shlex\n", line) == fixed
