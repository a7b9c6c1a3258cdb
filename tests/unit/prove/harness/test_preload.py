"""What is loaded beforehand lies outside the target, whoever else has a copy of it installed."""

import sys
from pathlib import Path

import pytest

from countermine.prove.harness.loading import EntryJob
from countermine.prove.harness.preload import preload


def test_a_package_that_needs_an_installed_copy_of_the_target_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, installed = tmp_path / "target", tmp_path / "installed"
    for folder in (target / "cm_shop", installed / "cm_shop"):
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("")
    (target / "cm_shop" / "views.py").write_text("import cm_plugin\nimport cm_other\n")
    (installed / "cm_plugin.py").write_text("import cm_shop\n")
    (installed / "cm_other.py").write_text("")
    monkeypatch.syspath_prepend(str(installed))
    entry = EntryJob(
        kind="function",
        path="cm_shop/views.py",
        qualname="view",
        channel="parameter",
        key=None,
        start_line=1,
        root=f"{target}/",
        import_roots=("",),
    )
    finders = list(sys.meta_path)
    preload(entry, [entry.file])
    assert "cm_shop" not in sys.modules
    assert "cm_plugin" not in sys.modules
    assert "cm_other" in sys.modules
    assert sys.meta_path == finders
