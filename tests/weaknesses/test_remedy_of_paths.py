"""Paths are compared folder by folder, and what is put to the same use twice is held twice."""

from collections.abc import Callable

import pytest

from countermine.testing.remedies import patched, refused
from countermine.weaknesses.path_traversal.remedy import REMEDIES
from tests.weaknesses.test_remedies import after, why_not

HEAD = "import os\n\n\ndef f(base, name):\n"


def body(code: str, *, checks: bool = False) -> list[str]:
    """Return the lines of a function after a remedy, without what the file begins with."""
    by_folder, contained = REMEDIES
    text = patched((by_folder if checks else contained,), HEAD + code)
    return [line.strip() for line in text.partition("def f(base, name):\n")[2].splitlines()]


def test_a_common_prefix_of_letters_becomes_one_of_folders() -> None:
    assert (
        body(
            "    path = os.path.realpath(os.path.join(base, name))\n"
            "    if os.path.commonprefix([path, base]) != base:\n"
            "        raise ValueError\n"
            "    return «open(⟪path⟫)»\n",
            checks=True,
        )[1]
        == "if os.path.commonpath([path, base]) != base:"
    )


def test_a_path_that_begins_like_a_folder_has_to_lie_below_it() -> None:
    assert (
        body(
            "    path = os.path.realpath(os.path.join(base, name))\n"
            "    if not path.startswith(base):\n"
            "        raise ValueError\n"
            "    return «open(⟪path⟫)»\n",
            checks=True,
        )[1]
        == 'if not os.path.join(path, "").startswith(os.path.join(base, "")):'
    )


def test_a_text_that_is_no_resolved_path_may_begin_as_it_likes() -> None:
    lines = body(
        "    path = os.path.join(base, name)\n"
        "    if name.startswith(base):\n"
        "        raise ValueError\n"
        "    return «open(⟪path⟫)»\n"
    )
    assert lines[0] == "path = _contained_path(base, os.path.join(base, name))"


def test_what_is_joined_alike_is_held_alike() -> None:
    lines = body(
        "    if os.path.isfile(os.path.join(base,\n"
        "                                   name)):\n"
        "        os.remove(os.path.join(base, other))\n"
        "    return «open(⟪os.path.join(base, name)⟫)»\n"
    )
    assert lines[0].startswith("if os.path.isfile(_contained_path(base, os.path.join(base,")
    assert lines[2] == "os.remove(os.path.join(base, other))"
    assert lines[3] == "return open(_contained_path(base, os.path.join(base, name)))"


def test_a_name_behind_a_folder_of_which_the_slash_is_not_seen_stays_in_it() -> None:
    code = "def f(out_dir, name):\n    return «open(⟪out_dir + name⟫)»\n"
    held = after("path_traversal", code)
    assert held.splitlines()[-1].strip() == "return open(_contained_path(out_dir, out_dir + name))"
    made: dict[str, Callable[[str, str], str]] = {}
    exec(held, made)
    for start, name in (("/srv/out/", "a/b"), ("/srv/out/", "/a"), ("/srv/out", "/a"), ("/o", "p")):
        made["_contained_path"](start, start + name)
    for start, name in (("/srv/out/", "../out-b/a"), ("/srv/out", "/../a"), ("/srv/out/", "..")):
        with pytest.raises(ValueError, match="does not begin with"):
            made["_contained_path"](start, start + name)


@pytest.mark.parametrize("line", ["return «open(⟪y + x⟫)»", "return «open(⟪x⟫)»"])
def test_without_a_folder_there_is_nothing_to_hold_to(line: str) -> None:
    assert "no folder" in why_not("path_traversal", "", line)


def test_every_redirect_of_a_function_to_the_same_address_stays_on_the_site() -> None:
    head = "from flask import redirect\n\n\ndef f(x):\n"
    code = "    if x['a']:\n        return redirect(x['b'])\n    print(x['b'])\n"
    text = after("open_redirect", f"{head}{code}    return «redirect(⟪x['b']⟫)»\n")
    assert [line.strip() for line in text.partition("def f(x):\n")[2].splitlines()] == [
        "if x['a']:",
        "return redirect(_local_address(x['b']))",
        "print(x['b'])",
        "return redirect(_local_address(x['b']))",
    ]


def test_a_folder_under_a_key_that_anybody_may_set_holds_nothing() -> None:
    filled = HEAD + (
        "    options = {'folder': base}\n"
        "    for key, value in name:\n"
        "        options[key] = value\n"
        "    return «open(⟪os.path.join(options['folder'], name)⟫)»\n"
    )
    constant = filled.replace("options[key]", "options['colour']")

    assert "no folder can be told" in refused(REMEDIES, filled)
    assert "_contained_path(options['folder']" in patched(REMEDIES, constant)
