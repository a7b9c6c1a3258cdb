"""Values are followed into Jinja2 templates, to where they stand in the page."""

import pytest

from countermine.core.coverage import Coverage
from countermine.core.findings import StepKind
from countermine.core.levels import Confidence
from tests.unit.templates.conftest import FLASK, Render, Shown, text_at

FLAWED = {
    "safe": "<p>{{ q|safe }}</p>",
    "safe behind others": "<p>{{ q|trim|upper|safe }}</p>",
    "default": "<p>{{ q|default('x')|safe }}</p>",
    "item": "<p>{{ d.k|safe }}</p>",
    "subscript": "<p>{{ d['k']|safe }}</p>",
    "loop": "{% for x in many %}<p>{{ x|safe }}</p>{% endfor %}",
    "pairs": "{% for k, v in d.items() %}<p>{{ v|safe }}</p>{% endfor %}",
    "set": "{% set x = q %}<p>{{ x|safe }}</p>",
    "with": "{% with x = q %}<p>{{ x|safe }}</p>{% endwith %}",
    "branch": "{% if fixed %}<p>{{ q|safe }}</p>{% endif %}",
    "choice": "<p>{{ q|safe if fixed else '' }}</p>",
    "concatenation": "<p>{{ 'a' ~ q|safe }}</p>",
    "joined": "<p>{{ many|join(', ')|safe }}</p>",
    "autoescape off": "{% autoescape false %}<p>{{ q }}</p>{% endautoescape %}",
    "macro": "{% macro m(v) %}<p>{{ v|safe }}</p>{% endmacro %}{{ m(q) }}",
    "unknown tag": "{% trans %}<p>{{ q|safe }}</p>{% endtrans %}",
    "block": "{% block b %}<p>{{ q|safe }}</p>{% endblock %}",
    "unquoted": "<input value={{ q }}>",
    "attribute": "<input {{ q }}>",
    "script": "<script>var a = {{ q }};</script>",
    "raw in a text of a script": "<script>var a = '{{ q|safe }}';</script>",
    "template of a script": "<script>var a = `{{ q }}`;</script>",
    "handler": "<p onclick=\"go('{{ q }}')\">",
    "address": '<a href="{{ q }}">',
    "request": "<p>{{ request.args.z|safe }}</p>",
    "unicode before": "<p>é ü</p><p>{{ q|safe }}</p>",
}


@pytest.mark.parametrize("name", sorted(FLAWED))
def test_a_value_that_runs_is_told(jinja: Shown, name: str) -> None:
    (found,) = jinja(FLAWED[name])
    assert found.startswith("{{")
    assert found.endswith("}}")
    assert found in FLAWED[name]


QUIET = {
    "escaped": "<p>{{ q }}</p>",
    "escaped by hand": "{% autoescape false %}<p>{{ q|e }}</p>{% endautoescape %}",
    "autoescape on again": (
        "{% autoescape false %}{% autoescape true %}{{ q }}{% endautoescape %}{% endautoescape %}"
    ),
    "constant": "<p>{{ fixed|safe }}</p>",
    "other item": "<p>{{ d.n|safe }}</p>",
    "number": "<p>{{ q|int|safe }}</p>",
    "length": "<p>{{ q|length|safe }}</p>",
    "tags taken out": "<p>{{ q|striptags|safe }}</p>",
    "quoted": '<input value="{{ q }}">',
    "later in an address": '<a href="/find?q={{ q }}">',
    "picture": '<img src="{{ q }}">',
    "json in a script": "<script>var a = {{ q|tojson }};</script>",
    "json marked safe": "<script>var a = {{ q|tojson|safe }};</script>",
    "text of a script": '<script>var a = "{{ q }}";</script>',
    "escaped text of a script": (
        '{% autoescape false %}<script>var a = "{{ q|e }}";</script>{% endautoescape %}'
    ),
    "data in a script": '<script type="application/json">{{ q }}</script>',
    "comment": "{# {{ q|safe }} #}",
    "verbatim": "{% raw %}{{ q|safe }}{% endraw %}",
    "allowed": "{% if q in ('a', 'b') %}<p>{{ q|safe }}</p>{% endif %}",
    "overwritten": "{% set q = 'a' %}<p>{{ q|safe }}</p>",
    "other value": "<p>{{ other|safe }}</p>",
    "unbalanced": "{% if q %}<p>{{ q }}",
    "no template": "{{ {% }} %}",
}


@pytest.mark.parametrize("name", sorted(QUIET))
def test_a_harmless_value_is_not(jinja: Shown, name: str) -> None:
    assert jinja(QUIET[name]) == []


def test_a_block_stands_where_its_parent_puts_it(render: Render) -> None:
    files = {
        "app.py": FLASK.format(name="page.html"),
        "templates/base.html": "<script>{% block js %}{% endblock %}</script>"
        "<p>{% block body %}{% endblock %}</p>",
        "templates/page.html": "{% extends 'base.html' %}{% block js %}{{ q }}{% endblock %}"
        "{% block body %}{{ q }}{% endblock %}",
    }
    (finding,) = render(files).findings
    assert finding.location.start_byte == files["templates/page.html"].index("{{ q }}")


@pytest.mark.parametrize(
    "page",
    [
        "{% extends 'other.html' %}",
        "{% include 'other.html' %}",
        "{% include ['absent.html', 'other.html'] %}",
    ],
)
def test_other_templates_are_followed(render: Render, page: str) -> None:
    files = {
        "app.py": FLASK.format(name="page.html"),
        "templates/page.html": page,
        "templates/other.html": "<p>{{ q|safe }}</p>",
    }
    (finding,) = render(files).findings
    assert finding.location.path == "templates/other.html"


@pytest.mark.parametrize(
    "page",
    [
        "{% import 'm.html' as m %}{{ m.show(q) }}",
        "{% from 'm.html' import show %}{{ show(q) }}",
        "{% from 'm.html' import show as s %}{{ s(v=q) }}",
    ],
)
def test_imported_macros_are_followed(render: Render, page: str) -> None:
    files = {
        "app.py": FLASK.format(name="page.html"),
        "templates/page.html": page,
        "templates/m.html": "{% macro show(v, w='') %}{{ v|safe }}{{ w|safe }}{% endmacro %}",
    }
    (finding,) = render(files).findings
    assert text_at(files, finding) == "{{ v|safe }}"


def test_templates_that_include_themselves_come_to_an_end(render: Render) -> None:
    files = {
        "app.py": FLASK.format(name="page.html"),
        "templates/page.html": "{% include 'page.html' %}{% include 'b.html' %}<p>{{ q|safe }}</p>",
        "templates/b.html": "{% include 'page.html' %}",
    }
    assert len(render(files).findings) == 1


@pytest.mark.parametrize(
    ("setting", "expected"), [("", 1), ("autoescape=True", 0), ("autoescape=False", 1)]
)
def test_an_environment_escapes_where_it_is_told_to(
    render: Render, setting: str, expected: int
) -> None:
    files = {
        "app.py": "from flask import Flask, request\nfrom jinja2 import Environment\n"
        f"app = Flask(__name__)\nenv = Environment({setting})\n\n\n"
        '@app.route("/")\ndef index():\n    page = env.get_template("a.html")\n'
        '    return page.render(q=request.args["q"])\n',
        "views/a.html": "<p>{{ q }}</p>",
    }
    assert len(render(files).findings) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("a.html", 0), ("a.html.j2", 1), ("a.svg", 0), ("a.txt", 0)]
)
def test_flask_escapes_by_the_name_of_the_file(render: Render, name: str, expected: int) -> None:
    files = {"app.py": FLASK.format(name=name), f"templates/{name}": "<p>{{ q }}</p>"}
    assert len(render(files).findings) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("<b>{{ q|safe }}</b>", 1), ("<b>{{ q }}</b>", 0), ("{{ q|safe }}", 0)]
)
def test_a_template_in_the_code_is_told_at_its_call(
    render: Render, text: str, expected: int
) -> None:
    call = f"render_template_string({text!r}, q=request.args['q'])"
    files = {
        "app.py": "from flask import Flask, render_template_string, request\n"
        f'app = Flask(__name__)\n\n\n@app.route("/")\ndef index():\n    return {call}\n',
        "templates/unused.html": "",
    }
    assert [text_at(files, f) for f in render(files).findings] == [call] * expected


def test_the_trace_leads_through_the_call_into_the_template(render: Render) -> None:
    files = {
        "app.py": FLASK.format(name="page.html"),
        "templates/page.html": "<p>{{ q|safe }}</p>",
    }
    result = render(files)
    (finding,) = result.findings
    assert [step.kind for step in finding.trace] == [
        StepKind.SOURCE,
        StepKind.CALL,
        StepKind.SINK,
    ]
    assert [step.span.path for step in finding.trace] == [
        "app.py",
        "app.py",
        "templates/page.html",
    ]
    assert finding.sink == "{{ q|safe }}"
    assert finding.confidence is Confidence.HIGH
    assert finding.entry is not None
    assert finding.entry.qualname == "index"
    assert result.coverage.templates == 1


def test_an_address_is_less_sure(render: Render) -> None:
    files = {
        "app.py": FLASK.format(name="page.html"),
        "templates/page.html": '<a href="{{ q }}">',
    }
    (finding,) = render(files).findings
    assert finding.confidence is Confidence.MEDIUM


def test_two_views_of_one_template_are_one_defect(render: Render) -> None:
    files = {
        "a.py": FLASK.format(name="page.html"),
        "b.py": FLASK.format(name="page.html"),
        "templates/page.html": "<p>{{ q|safe }}</p>",
    }
    (finding,) = render(files).findings
    assert finding.location.path == "templates/page.html"


def test_the_nearest_template_of_a_name_is_meant(render: Render) -> None:
    files = {
        "one/app.py": FLASK.format(name="page.html"),
        "one/templates/page.html": "<p>{{ q }}</p>",
        "two/templates/page.html": "<p>{{ q|safe }}</p>",
    }
    assert render(files).findings == ()


def test_a_template_of_tests_does_not_count(render: Render) -> None:
    files = {
        "app.py": FLASK.format(name="page.html"),
        "tests/templates/page.html": "<p>{{ q|safe }}</p>",
    }
    assert render(files).findings == ()


def test_a_template_that_cannot_be_read_is_told(render: Render) -> None:
    files = {"app.py": FLASK.format(name="page.html"), "templates/page.html": "{{ q|safe"}
    result = render(files)
    assert result.findings == ()
    (entry,) = result.coverage.entries
    assert (entry.path, entry.outcome) == ("templates/page.html", Coverage.UNKNOWN)


def test_templates_are_read_only_where_a_value_may_reach_them(render: Render) -> None:
    files = {
        "app.py": "from flask import Flask, render_template\napp = Flask(__name__)\n\n\n"
        '@app.route("/")\ndef index():\n    return render_template("page.html", q="a")\n',
        "templates/page.html": "{{ q|safe }}",
    }
    assert render(files).coverage.templates == 0


DECORATED = (
    "import aiohttp_jinja2\n\n\n"
    '@aiohttp_jinja2.template("page.html")\n'
    'async def index(request):\n    return {"q": request.query["q"]}\n'
)


@pytest.mark.parametrize(("shown", "expected"), [("{{ q|safe }}", 1), ("{{ q }}", 0)])
def test_what_a_decorated_function_returns_is_shown(
    render: Render, shown: str, expected: int
) -> None:
    files = {"app.py": DECORATED, "templates/page.html": f"<p>{shown}</p>"}
    assert len(render(files).findings) == expected


def test_what_a_function_hands_on_whole_names_the_template(render: Render) -> None:
    files = {
        "app.py": "from flask import Flask, render_template, request\napp = Flask(__name__)\n\n\n"
        "def page(*args, **kwargs):\n    return render_template(*args, title='a', **kwargs)\n\n\n"
        '@app.route("/")\ndef index():\n    return page("page.html", q=request.args["q"])\n',
        "templates/page.html": "<p>{{ q|safe }}</p><p>{{ other|safe }}</p>",
    }
    (finding,) = render(files).findings
    assert text_at(files, finding) == "{{ q|safe }}"


def test_a_part_of_an_address_has_no_parts_with_names(render: Render) -> None:
    files = {
        "app.py": "from flask import Flask, render_template\napp = Flask(__name__)\n\n\n"
        '@app.route("/<more>")\ndef index(more):\n    shown = {"a": 1}\n    shown.update(more)\n'
        '    return render_template("page.html", **shown)\n',
        "templates/page.html": "<p>{{ q|safe }}</p>",
    }
    assert render(files).findings == ()
