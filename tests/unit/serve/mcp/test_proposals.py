"""What is handed in is read narrowly, and put on record under a name that is nobody else's."""

from pathlib import Path

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.errors import BadUsageError
from countermine.core.patches import PatchOrigin
from countermine.core.spans import tree_path
from countermine.serve.mcp.answers import EditArgument
from countermine.serve.mcp.proposals import (
    PatchArgument,
    author_of,
    check_attacks,
    check_driver,
    read_patch,
)
from countermine.testing.findings import finding_at

APP = "def view(text):\n    return eval(text)\n"
EDIT = EditArgument(path="app.py", old="eval(text)", new="int(text)")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "app.py").write_text(APP)
    (tmp_path / "outside.py").write_text("secret = 1\n")
    (tree / "link.py").symlink_to(tmp_path / "outside.py")
    return tree.resolve()


def handed(
    diff: str | None = None, *edits: EditArgument, summary: str | None = None
) -> PatchArgument:
    return PatchArgument(diff=diff, edits=edits or None, summary=summary)


@pytest.mark.parametrize(
    ("client", "author"),
    [
        ("claude-code", "mcp:claude-code"),
        ("literal-eval", "mcp:literal-eval"),
        ("a\nb\x1b[2J;c", "mcp:a b 2J c"),
        ("", "mcp:unnamed client"),
        (None, "mcp:unnamed client"),
        ("x" * 500, "mcp:" + "x" * 60),
    ],
)
def test_a_client_is_called_by_its_name_behind_a_prefix(client: str | None, author: str) -> None:
    assert author_of(client) == author


def test_edits_and_diffs_are_patches_of_a_model(root: Path) -> None:
    diff = (
        "--- a/app.py\n+++ b/app.py\n@@ -1,2 +1,2 @@\n def view(text):\n"
        "-    return eval(text)\n+    return int(text)\n"
    )
    for argument in (handed(None, EDIT), handed(diff)):
        patch = read_patch(argument, root, "mcp:one")
        assert (patch.origin, patch.author) == (PatchOrigin.MODEL, "mcp:one")
        assert patch.summary == "Apply a patch of mcp:one"
        assert patch.paths == ("app.py",)
    long = read_patch(handed(None, EDIT, summary="Stop\n it " + "x" * 99), root, "mcp:one").summary
    assert long.startswith("Stop it x")
    assert len(long) == 69


def test_a_file_behind_a_link_that_leads_out_is_not_read(root: Path) -> None:
    with pytest.raises(BadUsageError, match="has no file"):
        read_patch(
            handed(None, EditArgument(path="link.py", old="secret", new="x")), root, "mcp:one"
        )
    diff = "--- a/link.py\n+++ b/link.py\n@@ -1,1 +1,1 @@\n-secret = 1\n+x\n"
    with pytest.raises(BadUsageError, match="does not have"):
        read_patch(handed(diff), root, "mcp:one")


def test_half_of_a_character_is_refused(root: Path) -> None:
    odd = EditArgument.model_construct(path="app.py", old="eval", new="\ud800")
    with pytest.raises(BadUsageError, match="half of a character"):
        read_patch(handed(None, odd), root, "mcp:one")
    with pytest.raises(BadUsageError, match="half of a character"):
        check_attacks(["\udfff"])


def entry(kind: EntryKind) -> EntryPoint:
    return EntryPoint(
        kind=kind, path=tree_path("app.py"), qualname="view", channel=Channel.PARAMETER, key="text"
    )


def test_a_driver_is_for_functions_and_methods(root: Path) -> None:
    del root
    driver = "import app\ndef drive(value):\n    return app.view(value)\n"
    made = finding_at("app.py", APP.encode(), b"eval(text)", entry=entry(EntryKind.FUNCTION))
    check_driver(driver, made)
    with pytest.raises(BadUsageError, match="this is no driver: line 3"):
        check_driver("import app\ndef drive(value):\n    return 1\n", made)
    page = finding_at("app.py", APP.encode(), b"eval(text)", entry=entry(EntryKind.FLASK_VIEW))
    with pytest.raises(BadUsageError, match="hand in `attacks` alone"):
        check_driver(driver, page)
