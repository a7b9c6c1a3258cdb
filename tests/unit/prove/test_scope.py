from dataclasses import replace
from pathlib import Path

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.patches import Edit, Patch, PatchOrigin, apply
from countermine.core.spans import Span, TreePath, tree_path
from countermine.prove.gates.scope import scope
from countermine.prove.records import Claim
from countermine.prove.scope import MAX_PATCH_BYTES, beyond, special_role, too_large, violations
from countermine.prove.steps import Broken, Passed, Step, Unsettled
from countermine.testing.findings import finding_at
from countermine.testing.proving import (
    adding,
    rewrite,
    setting_for,
    weakness,
    witness_for,
    write_tree,
)

NOTES = tree_path("shop/notes.txt")
APP = "def view(text):\n    return eval(text)\n"
FILES = {
    "shop/app.py": APP,
    "shop/paths.py": "def safe(name):\n    return name\n",
    "shop/other.py": "OTHER = 1\n",
    "tests/test_app.py": "def test_view():\n    assert True\n",
}


@pytest.fixture
def claim() -> Claim:
    finding = finding_at("shop/app.py", APP.encode(), b"eval(text)")
    return Claim(finding=finding, witness=witness_for(finding), weakness=weakness())


def found(claim: Claim, patch: Patch) -> tuple[str, ...]:
    before = {tree_path(path): text.encode() for path, text in FILES.items()}
    touched = {path: before[path] for path in patch.paths if path in before}
    return violations(claim, patch, touched, apply(patch, touched))


def besides(claim: Claim, patch: Patch) -> tuple[TreePath, ...]:
    before = {tree_path(path): text.encode() for path, text in FILES.items()}
    touched = {path: before[path] for path in patch.paths if path in before}
    return beyond(claim, patch, touched, apply(patch, touched))


def test_a_patch_of_the_sinks_file_is_in_scope(claim: Claim) -> None:
    patch = rewrite("shop/app.py", APP.encode(), "eval(text)", "int(text)")
    assert found(claim, patch) == ()


def test_a_patch_of_the_entry_points_file_is_in_scope(claim: Claim) -> None:
    entry = EntryPoint(
        kind=EntryKind.FUNCTION,
        path=tree_path("shop/other.py"),
        qualname="x",
        channel=Channel.PARAMETER,
    )
    claim = replace(claim, finding=replace(claim.finding, entry=entry))
    assert found(claim, rewrite("shop/other.py", b"OTHER = 1\n", "1", "2")) == ()


def test_a_patch_of_an_unrelated_module_is_left_to_people(claim: Claim) -> None:
    patch = rewrite("shop/other.py", FILES["shop/other.py"].encode(), "1", "2")
    assert found(claim, patch) == ()
    assert besides(claim, patch) == ("shop/other.py",)


def test_a_patch_of_an_unrelated_file_that_is_no_module_is_refused(claim: Claim) -> None:
    edit = Edit(span=Span(path=NOTES, start_byte=0, end_byte=1), before="x", after="y")
    patch = Patch(edits=(edit,), origin=PatchOrigin.PERSON, author="somebody", summary="Fix it")
    content = {NOTES: b"x"}
    refused = ("touches shop/notes.txt, which the case is not about",)
    assert violations(claim, patch, content, apply(patch, content)) == refused


def test_a_file_that_the_patch_newly_imports_from_may_be_touched(claim: Claim) -> None:
    both = replace(
        rewrite(
            "shop/app.py", APP.encode(), "def view", "from shop.paths import safe\n\n\ndef view"
        )
    )
    helper = rewrite("shop/paths.py", FILES["shop/paths.py"].encode(), "return name", "return ''")
    assert found(claim, replace(both, edits=(*both.edits, *helper.edits))) == ()


def test_a_file_that_was_imported_before_stays_out_of_scope(claim: Claim) -> None:
    before = FILES["shop/paths.py"].encode()
    patch = rewrite("shop/paths.py", before, "return name", "return ''")
    assert besides(claim, patch) == ("shop/paths.py",)


def test_relative_imports_count_too(claim: Claim) -> None:
    patch = rewrite("shop/app.py", APP.encode(), "def view", "from . import paths\n\n\ndef view")
    helper = rewrite("shop/paths.py", FILES["shop/paths.py"].encode(), "return name", "return ''")
    assert found(claim, replace(patch, edits=(*patch.edits, *helper.edits))) == ()


def test_a_module_that_a_remedy_adds_and_imports_is_in_scope(claim: Claim) -> None:
    patch = rewrite("shop/app.py", APP.encode(), "def view", "from shop import safe\n\n\ndef view")
    new = adding("shop/safe.py", "def safe(): ...\n")
    assert found(claim, replace(patch, new_files=new.new_files)) == ()


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("shop/safe.py", PatchOrigin.MODEL),
        ("shop/safe.py", PatchOrigin.PERSON),
        ("elsewhere/safe.py", PatchOrigin.REMEDY),
        ("shop/safe.json", PatchOrigin.REMEDY),
    ],
)
def test_other_new_files_are_refused(claim: Claim, path: str, origin: PatchOrigin) -> None:
    module = path.rpartition(".")[0].replace("/", ".")
    patch = rewrite("shop/app.py", APP.encode(), "def view", f"import {module}\n\n\ndef view")
    new = adding(path, "X = 1\n")
    patch = replace(patch, new_files=new.new_files, origin=origin)
    assert f"adds {path}, which its remedy may not" in found(claim, patch)


def test_a_patch_that_edits_a_test_is_refused(claim: Claim) -> None:
    before = FILES["tests/test_app.py"].encode()
    patch = rewrite("tests/test_app.py", before, "assert True", "assert 1")
    assert found(claim, patch) == ("touches tests/test_app.py, which is a test",)


def test_a_case_about_a_test_may_touch_it(claim: Claim) -> None:
    text = FILES["tests/test_app.py"].encode()
    claim = replace(claim, finding=finding_at("tests/test_app.py", text, b"True"))
    assert found(claim, rewrite("tests/test_app.py", text, "True", "1")) == ()


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("tests/helpers.py", "a test"),
        ("shop/test_app.py", "a test"),
        ("shop/app_test.py", "a test"),
        ("shop/tests.py", "a test"),
        ("conftest.py", "part of the harness or of continuous integration"),
        ("pyproject.toml", "part of the harness or of continuous integration"),
        (".github/workflows/ci.yml", "part of the harness or of continuous integration"),
        ("Makefile", "part of the harness or of continuous integration"),
        ("sitecustomize.py", "part of the harness or of continuous integration"),
        ("evil.pth", "part of the harness or of continuous integration"),
        ("uv.lock", "a list of requirements or a lock file"),
        ("requirements-dev.txt", "a list of requirements or a lock file"),
        ("shop/app.py", None),
        ("shop/contest.py", None),
        ("shop/latest.py", None),
    ],
)
def test_files_that_judge_the_code_are_recognised(path: str, role: str | None) -> None:
    assert special_role(tree_path(path)) == role


def gate(tmp_path: Path, claim: Claim, patch: Patch) -> Step:
    return scope(setting_for(tmp_path), claim, patch)


def test_a_patch_of_too_many_files_is_left_to_people() -> None:
    patch = rewrite("shop/app.py", APP.encode(), "eval", "int")
    news = tuple(adding(f"shop/n{number}.py", "X = 1\n").new_files[0] for number in range(8))
    assert too_large(replace(patch, new_files=news)) == ("touches 9 files, more than 8",)
    assert too_large(patch) == ()


def test_too_large_a_patch_is_left_to_people(tmp_path: Path, claim: Claim) -> None:
    write_tree(tmp_path, FILES)
    patch = rewrite("shop/app.py", APP.encode(), "eval", "int # " + "x" * MAX_PATCH_BYTES)
    step = gate(tmp_path, claim, patch)
    assert isinstance(step, Unsettled)
    assert "bytes, more than" in step.reason


def test_gate_3_passes_a_patch_in_scope(tmp_path: Path, claim: Claim) -> None:
    write_tree(tmp_path, FILES)
    step = gate(tmp_path, claim, rewrite("shop/app.py", APP.encode(), "eval(text)", "int(text)"))
    assert isinstance(step, Passed)
    assert step.reason == "applies, and touches 1 file of the case: shop/app.py"


def test_gate_3_refuses_a_patch_that_does_not_apply(tmp_path: Path, claim: Claim) -> None:
    write_tree(tmp_path, FILES)
    step = gate(tmp_path, claim, rewrite("shop/app.py", b"# old\n" + APP.encode(), "eval", "int"))
    assert isinstance(step, Broken)
    assert step.reason.startswith("the patch does not apply: shop/app.py bytes")


def test_gate_3_refuses_a_patch_through_a_link(tmp_path: Path, claim: Claim) -> None:
    write_tree(tmp_path, FILES)
    (tmp_path / "outside.py").write_text(APP)
    (tmp_path / "shop/app.py").unlink()
    (tmp_path / "shop/app.py").symlink_to(tmp_path / "outside.py")
    step = gate(tmp_path, claim, rewrite("shop/app.py", APP.encode(), "eval", "int"))
    assert isinstance(step, Broken)
    assert step.failures == ("touches shop/app.py, which is a link or below one",)


def test_gate_3_counts_what_it_does_not_name(tmp_path: Path, claim: Claim) -> None:
    write_tree(tmp_path, FILES)
    step = gate(
        tmp_path,
        claim,
        rewrite(
            "shop/app.py", APP.encode(), "return eval(text)", "import gc\n    return exec(text)"
        ),
    )
    assert isinstance(step, Broken)
    assert step.reason.endswith(" and 1 more")
    assert len(step.failures) == 2
