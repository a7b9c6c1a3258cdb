from countermine.core.cases import Case
from countermine.core.patches import Patch
from countermine.core.spans import tree_path
from countermine.deliver.merging import join
from tests.unit.deliver.conftest import case_for, edit_of, patch_of

TEXT = b"import os\n\nfirst = eval(a)\nsecond = eval(b)\n"
PATH = tree_path("app.py")


def case(name: str, patch: Patch) -> Case:
    template = case_for("app.py", TEXT, "eval(a)", "x")
    return Case(id=name, finding=template.finding, patch=patch)


def test_fixes_of_different_places_join() -> None:
    first = case_for("app.py", TEXT, "eval(a)", "literal_eval(a)")
    second = case_for("app.py", TEXT, "eval(b)", "literal_eval(b)")
    joined, left_out = join([first, second], {PATH: TEXT})
    assert not left_out
    assert b"eval(b)\n" in joined[0].files[PATH]
    assert joined[1].files[PATH].count(b"literal_eval") == 2


def test_an_import_that_two_fixes_need_is_added_once() -> None:
    add = edit_of("app.py", 10, "", "import ast\n")
    first = case("one", patch_of(add, edit_of("app.py", 19, "eval(a)", "ast.literal_eval(a)")))
    second = case("two", patch_of(add, edit_of("app.py", 36, "eval(b)", "ast.literal_eval(b)")))
    joined, left_out = join([first, second], {PATH: TEXT})
    assert not left_out
    assert joined[1].files[PATH].count(b"import ast\n") == 1
    assert joined[1].files[PATH].count(b"ast.literal_eval") == 2


def test_different_imports_at_one_place_follow_each_other() -> None:
    first = case("one", patch_of(edit_of("app.py", 10, "", "import ast\n")))
    second = case("two", patch_of(edit_of("app.py", 10, "", "import shlex\n")))
    joined, _ = join([first, second], {PATH: TEXT})
    assert joined[1].files[PATH].startswith(b"import os\nimport ast\nimport shlex\n")


def test_a_fix_that_meets_another_is_left_out_with_the_reason() -> None:
    first = case("one", patch_of(edit_of("app.py", 19, "eval(a)", "x")))
    second = case("two", patch_of(edit_of("app.py", 21, "al(", "y")))
    joined, left_out = join([first, second], {PATH: TEXT})
    assert [step.case.id for step in joined] == ["one"]
    assert (left_out[0].case.id, "overlap" in left_out[0].reason) == ("two", True)


def test_tests_of_the_same_name_and_other_content_do_not_overwrite_each_other() -> None:
    first = case_for("app.py", TEXT, "eval(a)", "x", test="test_it.py")
    assert not join([first], {PATH: TEXT, tree_path("tests/test_it.py"): b"mine"})[0]
