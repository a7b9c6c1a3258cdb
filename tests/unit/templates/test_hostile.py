"""Templates of any content are read without a crash and without end."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermine.catalogue.schema import Escapes
from countermine.core.spans import TreePath
from countermine.flow.frame import Wanted
from countermine.flow.index import ModuleInfo, Project
from countermine.templates.library import Library

PATH = TreePath("templates/page.html")
PIECES = [
    "{{", "}}", "{%", "%}", "{#", "#}", "{{ q|safe }}", "{% if q %}", "{% else %}", "{% endif %}",
    "{% for a, b in q %}", "{% endfor %}", "{% block b %}", "{% endblock %}", "{% raw %}",
    "{% extends 'page.html' %}", "{% include 'page.html' %}", "{% macro m(q) %}", "{% endmacro %}",
    "{% autoescape off %}", "{% endautoescape %}", "{% with a=q %}", "{% endwith %}", "{% set a %}",
    "{% verbatim %}", "{% comment %}",
    "<script>", "</script>", "<p a='", "'", '"', "`", "\\", "<!--",
    "-->", ">", "é", "\r\n", "\r", "\n", "{{ q|", "{{ q.0.a|default:'|' }}", "{% url %}", " ",
]  # fmt: skip


def read(text: bytes, syntax: str) -> None:
    project = Project([], lambda _: None, 120)
    library = Library([(PATH, True)], lambda _: text, project)
    near = ModuleInfo(TreePath("app.py"), "app", "", b"", counts=True)
    wanted = Wanted(
        syntax=syntax, near=near, place=(0, 1), qualname="f", escapes=Escapes.ALWAYS,
        file="page.html",
    )  # fmt: skip
    function = library.find(wanted)
    if function is not None:
        assert function.lowered is not None


@pytest.mark.parametrize("syntax", ["jinja2", "django"])
@settings(max_examples=150, deadline=None, derandomize=True)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=30))
def test_any_pieces_are_read(syntax: str, pieces: list[str]) -> None:
    read("".join(pieces).encode(), syntax)


@pytest.mark.parametrize("syntax", ["jinja2", "django"])
def test_any_bytes_are_read(syntax: str) -> None:
    chance = random.Random(7)
    for _ in range(60):
        read(bytes(chance.choices(b"{}%#|<>'\"` \n\r\xff\xc3aqif.", k=200)), syntax)


@pytest.mark.parametrize("syntax", ["jinja2", "django"])
@pytest.mark.parametrize(
    "text",
    [
        "{% if q %}" * 3000,
        "{% if q %}" * 300 + "{{ q|safe }}" + "{% endif %}" * 300,
        "{{ " + "(" * 3000 + "q",
        "{{ " + "(" * 300 + "q" + ")" * 300 + " }}",
        "{{ q" + "|upper" * 3000 + " }}",
        "{{ q" + ".a" * 3000 + " }}",
        "<p " * 20000,
        "<script>'" * 5000,
        "{%" * 20000,
        "{% foo %}" * 2000,
    ],
    ids=range(10),
)
def test_deep_and_long_templates_come_to_an_end(syntax: str, text: str) -> None:
    read(text.encode(), syntax)
