"""Rewriting a file: layout, imports, helpers and encodings are kept or managed."""

import codecs
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermine.core.knowledge import NamedRemedy, NoRemedy
from countermine.core.patches import Patch, apply, invert
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, locate, sink_call
from countermine.testing.remedies import PATH, finding_at, marked, patched, refused


def _quote(site: Site, draft: Draft) -> str | NoRemedy:
    """Wrap the argument in ``shlex.quote``."""
    call = sink_call(site)
    if call is None or site.callee(call.args[0].value) == "shlex.quote":
        return NoRemedy(reason="quoted already")
    draft.wrap(call.args[0].value, f"{draft.member('shlex', 'quote')}(", ")")
    return "Quote"


def _escape(site: Site, draft: Draft) -> str | NoRemedy:
    """Wrap the argument in ``escape`` of ``markupsafe``."""
    call = sink_call(site)
    if call is None or site.callee(call.args[0].value) == "markupsafe.escape":
        return NoRemedy(reason="escaped already")
    draft.wrap(call.args[0].value, f"{draft.name('markupsafe', 'escape')}(", ")")
    return "Escape"


def _help(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    if call is None or (site.callee(call) or "").startswith("_held"):
        return NoRemedy(reason="held already")
    os = draft.module_in_helper("os")
    name = draft.helper("_held", f"def _held(x):\n    return {os}.fspath(x)\n")
    draft.replace(call.func, name)
    return "Hold"


def _option(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    if call is None or any(arg.keyword and arg.keyword.value == "safe" for arg in call.args):
        return NoRemedy(reason="safe already")
    draft.set_keyword(call, "safe", "True")
    return "Be safe"


QUOTE: tuple[NamedRemedy, ...] = (remedy("quote", _quote),)
ESCAPE: tuple[NamedRemedy, ...] = (remedy("escape", _escape),)
HELP: tuple[NamedRemedy, ...] = (remedy("help", _help),)
OPTION: tuple[NamedRemedy, ...] = (remedy("option", _option),)


def quoted(code: str) -> str:
    return patched(QUOTE, dedent(code).lstrip("\n"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«f(x)»\n", "import shlex\n\nf(shlex.quote(x))\n"),
        ("import shlex\n«f(x)»\n", "import shlex\nf(shlex.quote(x))\n"),
        ("import shlex as s\n«f(x)»\n", "import shlex as s\nf(s.quote(x))\n"),
        ("from shlex import quote as q\n«f(x)»\n", "from shlex import quote as q\nf(q(x))\n"),
        (
            "import os\nimport sys\n«f(x)»\n",
            "import os\nimport shlex\nimport sys\nf(shlex.quote(x))\n",
        ),
        (
            "import flask\n\n«f(x)»\n",
            "import shlex\n\nimport flask\n\nf(shlex.quote(x))\n",
        ),
        (
            "from __future__ import annotations\n«f(x)»\n",
            "from __future__ import annotations\n\nimport shlex\n\nf(shlex.quote(x))\n",
        ),
        (
            '"""Doc."""\n\n«f(x)»\n',
            '"""Doc."""\n\nimport shlex\n\nf(shlex.quote(x))\n',
        ),
        (
            '"""Doc."""\nfrom __future__ import annotations\n\nimport os\n«f(x)»\n',
            (
                '"""Doc."""\nfrom __future__ import annotations\n\nimport os\nimport shlex\n'
                "f(shlex.quote(x))\n"
            ),
        ),
        (
            "#!/usr/bin/python\n# -*- coding: utf-8 -*-\n«f(x)»\n",
            "#!/usr/bin/python\n# -*- coding: utf-8 -*-\nimport shlex\n\nf(shlex.quote(x))\n",
        ),
        (
            "def g(x):\n    «f(x)»\n",
            "import shlex\n\n\ndef g(x):\n    f(shlex.quote(x))\n",
        ),
        (
            "def g(x):\n    import shlex\n    «f(x)»\n",
            "def g(x):\n    import shlex\n    f(shlex.quote(x))\n",
        ),
        (
            "shlex = 1\n«f(x)»\n",
            "import shlex as _shlex\n\nshlex = 1\nf(_shlex.quote(x))\n",
        ),
        (
            "import shlex\ndef g(shlex):\n    «f(x)»\n",
            "import shlex\nimport shlex as _shlex\ndef g(shlex):\n    f(_shlex.quote(x))\n",
        ),
        (
            "try:\n    import shlex\nexcept ImportError:\n    shlex = None\n«f(x)»\n",
            (
                "import shlex as _shlex\n\ntry:\n    import shlex\nexcept ImportError:\n"
                "    shlex = None\nf(_shlex.quote(x))\n"
            ),
        ),
        ("import os  # why\n«f(x)»", "import os  # why\nimport shlex\nf(shlex.quote(x))"),
    ],
)  # fmt: skip
def test_imports_are_added_once_where_they_belong(before: str, after: str) -> None:
    assert patched(QUOTE, before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "from markupsafe import Markup\n«f(x)»\n",
            "from markupsafe import Markup, escape\nf(escape(x))\n",
        ),
        (
            "from markupsafe import (\n    Markup,\n)\n«f(x)»\n",
            "from markupsafe import (\n    Markup,\n    escape,\n)\nf(escape(x))\n",
        ),
        ("import markupsafe\n«f(x)»\n", "import markupsafe\nf(markupsafe.escape(x))\n"),
        (
            "from markupsafe import *\n«f(x)»\n",
            "from markupsafe import *\nfrom markupsafe import escape\nf(escape(x))\n",
        ),
        (
            "import os\nfrom flask import Flask\nfrom .own import thing\n«f(x)»\n",
            (
                "import os\nfrom flask import Flask\nfrom markupsafe import escape\n"
                "from .own import thing\nf(escape(x))\n"
            ),
        ),
        (
            "import os\n\ndef escape(x): ...\n\n«f(x)»\n",
            (
                "import os\n\nfrom markupsafe import escape as _escape\n\ndef escape(x): ...\n\n"
                "f(_escape(x))\n"
            ),
        ),
    ],
)  # fmt: skip
def test_names_are_merged_into_imports_that_are_there(before: str, after: str) -> None:
    assert patched(ESCAPE, before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«f()»\n", "f(safe=True)\n"),
        ("«f(a)»\n", "f(a, safe=True)\n"),
        ("«f(a, b,)»\n", "f(a, b, safe=True,)\n"),
        ("«f(\n    a,\n    b,\n)»\n", "f(\n    a,\n    b,\n    safe=True,\n)\n"),
        ("«f(\n    a,\n    b\n)»\n", "f(\n    a,\n    b,\n    safe=True\n)\n"),
        ("«f(a  # why\n  )»\n", "f(a, safe=True  # why\n  )\n"),
        ("«f(*a, **b)»\n", "f(*a, **b, safe=True)\n"),
        ("x = («f\n (a)»)\n", "x = (f\n (a, safe=True))\n"),
        ("@«f(a)»\ndef g(): ...\n", "@f(a, safe=True)\ndef g(): ...\n"),
        ("class A(«f(a)»): ...\n", "class A(f(a, safe=True)): ...\n"),
        ('y = f"{«f(a)»!r}"\n', 'y = f"{f(a, safe=True)!r}"\n'),
        ("if x: «f(a)»; g()\n", "if x: f(a, safe=True); g()\n"),
        ("a = lambda: «f(a)»\n", "a = lambda: f(a, safe=True)\n"),
        ("async def g():\n\tawait «f(a)»\n", "async def g():\n\tawait f(a, safe=True)\n"),
        ("«f(((a)))»\n", "f(((a)), safe=True)\n"),
    ],
)
def test_arguments_follow_the_layout_of_the_call(before: str, after: str) -> None:
    assert patched(OPTION, before) == after


def test_only_the_words_that_change_are_edited() -> None:
    text, finding = marked("import shlex\nresult = «f(first, second)»  # kept\n")

    patch = QUOTE[0].propose(finding, {PATH: text})

    assert isinstance(patch, Patch)
    assert [(edit.before, edit.after) for edit in patch.edits] == [("first", "shlex.quote(first)")]
    assert patch.author == "quote"
    assert patch.summary == "Quote"


def test_a_helper_stands_behind_the_imports_with_two_lines_around() -> None:
    code = '"""Doc."""\n\nimport sys\n\n\ndef g(x):\n    return «f(x)»\n'

    assert patched(HELP, code) == (
        '"""Doc."""\n\nimport os\nimport sys\n\n\ndef _held(x):\n    return os.fspath(x)\n\n\n'
        "def g(x):\n    return _held(x)\n"
    )


def test_a_helper_takes_the_indentation_of_the_file() -> None:
    code = "import os\nclass A:\n\tdef g(self, x):\n\t\treturn «f(x)»\n"

    assert "\ndef _held(x):\n\treturn os.fspath(x)\n" in patched(HELP, code)


def test_a_helper_that_is_there_is_used_again() -> None:
    code = "import os\n\n\ndef _held(x):\n    return os.fspath(x)\n\n\ny = «f(x)»\n"

    assert patched(HELP, code).count("def _held") == 1


def test_another_function_of_the_helpers_name_is_not_taken_for_it() -> None:
    code = "import os\n\ndef _held(x):\n    return 1\n\ny = «f(x)»\n"

    after = patched(HELP, code)

    assert "def _held_2(x):" in after
    assert after.endswith("y = _held_2(x)\n")


def test_line_endings_are_kept() -> None:
    code = "import sys\r\n\r\ndef g(x):\r\n    return «f(x)»\r\n"

    after = patched(HELP, code)

    assert after.count("\r\n") == after.count("\n") > 8


def test_a_byte_order_mark_is_kept() -> None:
    text, finding = marked("\ufeffx = «f(a)»\n")

    patch = OPTION[0].propose(finding, {PATH: text})

    assert isinstance(patch, Patch)
    assert apply(patch, {PATH: text})[PATH] == codecs.BOM_UTF8 + b"x = f(a, safe=True)\n"


def test_another_encoding_is_edited_where_the_change_is_plain() -> None:
    text, finding = marked("# coding: latin-1\ny = 'é'\nx = «f('ü')»\n", encoding="latin-1")

    patch = OPTION[0].propose(finding, {PATH: text})

    assert isinstance(patch, Patch)
    after = apply(patch, {PATH: text})[PATH]
    assert after == "# coding: latin-1\ny = 'é'\nx = f('ü', safe=True)\n".encode("latin-1")


def test_another_encoding_is_refused_where_the_change_is_not_plain() -> None:
    text, finding = marked("# coding: latin-1\nx = «f('ü')»\n", encoding="latin-1")

    assert QUOTE[0].propose(finding, {PATH: text}) == NoRemedy(
        reason="the change cannot be written in iso8859-1"
    )


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"# coding: nonsense\nf(a)\n", "the encoding of app.py cannot be told"),
        (b"# coding: utf-7\nf(a)\n", "app.py is in utf-7, which cannot be edited in place"),
        (b"f(a)\xff\n", "the encoding of app.py cannot be told"),
        (b"f(a)\n" * 3 + b"\xff\n", "app.py is not valid utf-8: byte 15"),
        (b"f(a)\nif:\n", "app.py cannot be parsed for rewriting (line 2)"),
        (b"f(a)\n" + b"#" * 4_000_001, "app.py is larger than 4,000,000 bytes"),
        (b"print 'a'\n", "app.py cannot be parsed for rewriting (line 1)"),
        (b"f(a)\n\0\n", "app.py cannot be parsed"),
    ],
)
def test_files_that_cannot_be_read_are_refused_with_the_reason(raw: bytes, reason: str) -> None:
    _, finding = marked("«f(a)»\n")

    outcome = OPTION[0].propose(finding, {PATH: raw})

    assert isinstance(outcome, NoRemedy)
    assert outcome.reason.startswith(reason)


def test_a_place_that_is_not_in_the_file_is_refused() -> None:
    _, finding = marked("x = 1; y = «f(a)»\n")

    assert OPTION[0].propose(finding, {PATH: b"f(a)\n"}) == NoRemedy(
        reason="the finding's place is not in app.py: was the file changed since?"
    )
    assert OPTION[0].propose(finding, {}) == NoRemedy(reason="the text of app.py is not at hand")


def test_code_that_needs_nothing_is_left_alone() -> None:
    assert refused(OPTION, "«f(a, safe=False)»\n") == "safe already"


NAMES = st.sampled_from(["a", "bé", "c_1"])
INSIDE = st.sampled_from(["", " ", "  ", "\n    ", "  # note é\n  "])


@settings(max_examples=60, deadline=None)
@given(
    name=NAMES,
    blanks=st.lists(INSIDE, min_size=4, max_size=4),
    ending=st.sampled_from(["\n", "\r\n"]),
    head=st.sampled_from(["", "import os\n", '"""Dé."""\n', "# é\n\nimport zlib\n"]),
    tail=st.sampled_from(["", "\n", "\n\n# end"]),
)
def test_patches_of_any_layout_apply_come_back_and_are_the_last(
    name: str, blanks: list[str], ending: str, head: str, tail: str
) -> None:
    a, b, c, d = blanks
    call = f"f({a}{name}{b},{c}other{d})"
    code = f"{head}x = «{call}»{tail}".replace("\n", ending)

    after = patched(QUOTE, code)

    assert f"shlex.quote({name})" in after
    without = after.replace(f"shlex.quote({name})", name).replace("import shlex", "")
    plain = code.replace("«", "").replace("»", "")
    assert without.split() == plain.split()


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab(){}[]'\"\\\n é=,:#", max_size=60))
def test_any_text_gives_a_patch_or_a_reason(junk: str) -> None:
    text, finding = marked(f"«f(a)»\n{junk}")

    outcome = OPTION[0].propose(finding, {PATH: text})

    if isinstance(outcome, Patch):
        after = apply(outcome, {PATH: text})
        assert apply(invert(outcome), after)[PATH] == text
    else:
        assert outcome.reason


def test_a_site_knows_what_names_mean() -> None:
    code = "import os.path as p\nfrom a import b\n\ndef f(q):\n    b = 1\n    return «p.join(q)»\n"
    text, finding = marked(code)

    site = locate(finding, {PATH: text})

    assert isinstance(site, Site)
    assert site.callee(site.node) == "os.path.join"
    assert [scope.meaning("b") for scope in site.scopes] == ["a.b", None]


def test_a_finding_elsewhere_in_the_file_is_not_mixed_up() -> None:
    text, finding = marked("f(a)\ng(«f(a)»)\nf(a)\n")
    patch = OPTION[0].propose(finding, {PATH: text})

    assert isinstance(patch, Patch)
    assert apply(patch, {PATH: text})[PATH] == b"f(a)\ng(f(a, safe=True))\nf(a)\n"
    assert finding == finding_at(finding.location)
