"""Values are followed into Django templates, to where they stand in the page."""

import pytest

from countermine.core.levels import SourceLevel
from tests.unit.templates.conftest import DJANGO, Render, Shown, text_at

FLAWED = {
    "safe": "<p>{{ q|safe }}</p>",
    "safe behind others": '<p>{{ q|default:"a|b"|upper|safe }}</p>',
    "item": "<p>{{ d.k|safe }}</p>",
    "loop": "{% for x in many %}<p>{{ x|safe }}</p>{% empty %}none{% endfor %}",
    "pairs": "{% for k, v in d.items %}<p>{{ v|safe }}</p>{% endfor %}",
    "first": "<p>{{ many.0|safe }}</p>",
    "with": "{% with x=q %}<p>{{ x|safe }}</p>{% endwith %}",
    "with as": "{% with q as x %}<p>{{ x|safe }}</p>{% endwith %}",
    "branch": "{% if fixed %}<p>{{ q|safe }}</p>{% endif %}",
    "else": "{% if other %}{% elif more %}{% else %}<p>{{ q|safe }}</p>{% endif %}",
    "autoescape off": "{% autoescape off %}<p>{{ q }}</p>{% endautoescape %}",
    "unknown tag": "{% thing %}<p>{{ q|safe }}</p>{% endthing %}",
    "block": "{% block b %}<p>{{ q|safe }}</p>{% endblock b %}",
    "translation": "{% blocktrans with x=q|safe %}<p>{{ x|safe }}</p>{% endblocktrans %}",
    "unquoted": "<input value={{ q }}>",
    "script": "<script>var a = {{ q }};</script>",
    "handler": "<p onclick=\"go('{{ q }}')\">",
    "address": '<a href="{{ q }}">',
    "first of": "{% firstof fixed q|safe %}",
    "request": "<p>{{ request.GET.z|safe }}</p>",
}


@pytest.mark.parametrize("name", sorted(FLAWED))
def test_a_value_that_runs_is_told(django: Shown, name: str) -> None:
    (found,) = django(FLAWED[name])
    assert found in FLAWED[name]


QUIET = {
    "escaped": "<p>{{ q }}</p>",
    "escaped by hand": "{% autoescape off %}<p>{{ q|escape }}</p>{% endautoescape %}",
    "forced": "<p>{{ q|force_escape|safe }}</p>",
    "constant": "<p>{{ fixed|safe }}</p>",
    "number": "<p>{{ q|length|safe }}</p>",
    "quoted": '<input value="{{ q }}">',
    "later in an address": "<a href=\"{% url 'find' %}{{ q }}\">",
    "text of a script": '<script>var a = "{{ q|escapejs }}";</script>',
    "json": '{{ q|json_script:"data" }}',
    "comment": "{% comment %}{{ q|safe }}{% endcomment %}",
    "short comment": "{# {{ q|safe }} #}",
    "verbatim": "{% verbatim %}{{ q|safe }}{% endverbatim %}",
    "allowed": "{% if q == 'a' %}<p>{{ q|safe }}</p>{% endif %}",
    "only with": "{% with q='a' %}<p>{{ q|safe }}</p>{% endwith %}",
    "unbalanced": "{% if q %}{% endfor %}<p>{{ q }}",
    "strange": "{{ }}{% %}{{ 1.2.3|x:'|' }}{{ a..b }}{% for %}{% if %}{% with %}{% include %}",
}


@pytest.mark.parametrize("name", sorted(QUIET))
def test_a_harmless_value_is_not(django: Shown, name: str) -> None:
    assert django(QUIET[name]) == []


@pytest.mark.parametrize(
    "page",
    [
        "{% extends 'other.html' %}",
        "{% include 'other.html' %}",
        "{% include 'other.html' with q=d.k only %}",
        '{% extends "./other.html" %}',
    ],
)
def test_other_templates_are_followed(render: Render, page: str) -> None:
    files = {
        "views.py": DJANGO.format(name="page.html"),
        "templates/page.html": page,
        "templates/other.html": "<p>{{ q|safe }}</p>",
    }
    (finding,) = render(files).findings
    assert finding.location.path == "templates/other.html"


def test_a_block_stands_where_its_parent_puts_it(render: Render) -> None:
    files = {
        "views.py": DJANGO.format(name="page.html"),
        "templates/base.html": "<script>{% block js %}{% endblock %}</script>"
        "<p>{% block body %}{% endblock %}</p>",
        "templates/page.html": "{% extends 'base.html' %}{% block js %}{{ q }}{% endblock %}"
        "{% block body %}{{ q }}{% endblock %}",
    }
    (finding,) = render(files).findings
    assert finding.location.start_byte == files["templates/page.html"].index("{{ q }}")


VIEWS = {
    "loader": "from django.template import loader\n\n\ndef index(request):\n"
    '    page = loader.get_template("page.html")\n'
    '    return page.render({"q": request.GET["q"]}, request)\n',
    "string": "from django.template.loader import render_to_string\n\n\ndef index(request):\n"
    '    return render_to_string("page.html", {"q": request.GET["q"]})\n',
    "response": "from django.template.response import TemplateResponse\n\n\ndef index(request):\n"
    '    return TemplateResponse(request, "page.html", {"q": request.GET["q"]})\n',
    "filled": "from django.shortcuts import render\n\n\ndef index(request):\n    context = {}\n"
    '    context["q"] = request.GET["q"]\n    return render(request, "page.html", context)\n',
    "keyword": "from django.shortcuts import render\n\n\ndef index(request):\n"
    '    return render(request, template_name="page.html", context=dict(q=request.GET["q"]))\n',
    "conditional": "from django.shortcuts import render\n\n\ndef index(request, short=False):\n"
    '    name = "page.html"\n    return render(request, name, {"q": request.GET["q"]})\n',
}


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_ways_to_render_are_known(render: Render, name: str) -> None:
    files = {"views.py": VIEWS[name], "templates/page.html": "<p>{{ q|safe }}</p>"}
    (finding,) = render(files).findings
    assert text_at(files, finding) == "{{ q|safe }}"


def test_windows_line_ends_keep_places(render: Render) -> None:
    files = {
        "views.py": DJANGO.format(name="page.html"),
        "templates/page.html": "<p>\r\n\r\n</p>{{ q|safe }}\r\n",
    }
    result = render(files)
    (finding,) = result.findings
    assert finding.sink == "{{ q|safe }}"


def test_a_name_that_is_handed_on_is_the_template(render: Render) -> None:
    files = {
        "views.py": "from django.shortcuts import render\n\n\nclass Pages:\n"
        '    name = "some/folder/of/many/pages/page.html"\n\n'
        "    def show(self, request, name, context):\n"
        "        return render(request, name, context)\n\n"
        "    def index(self, request):\n"
        '        return self.show(request, self.name, {"q": request.GET["q"]})\n',
        "templates/some/folder/of/many/pages/page.html": "<p>{{ q|safe }}</p>",
        "templates/page.html": "<p>{{ q|safe }}{{ q|safe }}</p>",
    }
    (finding,) = render(files).findings
    assert finding.location.path == "templates/some/folder/of/many/pages/page.html"


def test_variables_are_told_apart_beside_a_deep_one(render: Render) -> None:
    deep = "[" * 8 + "q" + "]" * 8
    files = {
        "views.py": "from django.shortcuts import render\n\n\ndef index(request):\n"
        '    q = request.GET["q"]\n'
        f'    return render(request, "page.html", {{"deep": {deep}, "r": q, "fixed": "a"}})\n',
        "templates/page.html": "<p>{{ fixed|safe }}{{ other|safe }}{{ r|safe }}</p>",
    }
    (finding,) = render(files).findings
    assert text_at(files, finding) == "{{ r|safe }}"


def looked_up(call: str) -> dict[str, str]:
    return {
        "views.py": "from django.shortcuts import get_object_or_404, render\n"
        "from elsewhere import get_or_404\n\n\n"
        "def index(request):\n"
        f'    post = {call}(Post, pk=request.GET["q"])\n'
        '    return render(request, "page.html", {"post": post})\n',
        "templates/page.html": "<p>{{ post.text|safe }}</p>",
    }


def test_what_an_unknown_call_looks_up_is_not_told(render: Render) -> None:
    assert render(looked_up("get_or_404")).findings == ()


def test_a_row_that_is_looked_up_is_told_as_what_was_stored_and_not_as_its_key(
    render: Render,
) -> None:
    (finding,) = render(looked_up("get_object_or_404")).findings
    assert finding.trace[0].note == "a row of a database"
    assert finding.level is SourceLevel.FILE


CLASS = (
    "from django.views.generic import TemplateView\n\n\nclass Page(TemplateView):\n"
    '    template_name = "page.html"\n\n    def get_context_data(self, **kwargs):\n'
    "        context = super().get_context_data(**kwargs)\n"
    '        context["q"] = self.request.GET["q"]\n        return context\n'
)


@pytest.mark.parametrize(("shown", "expected"), [("{{ q|safe }}", 1), ("{{ q }}", 0)])
def test_the_context_of_a_class_is_shown_by_its_template(
    render: Render, shown: str, expected: int
) -> None:
    files = {"views.py": CLASS, "templates/page.html": f"<p>{shown}</p>"}
    assert len(render(files).findings) == expected


def test_a_text_of_the_request_has_no_parts_with_names(django: Shown) -> None:
    assert django("<p>{{ q.name|safe }}</p>{% for x in many %}{{ x.name|safe }}{% endfor %}") == []
