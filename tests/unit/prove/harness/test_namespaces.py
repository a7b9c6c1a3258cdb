"""A package that several projects share holds the target's part of it, too."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

from countermine.prove.harness.loading import extend_namespaces


def test_a_shared_package_that_is_loaded_gets_the_part_of_the_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "src" / "cmshared" / "shop"
    own.mkdir(parents=True)
    (own / "__init__.py").write_text("OPEN = True\n")
    shared, regular = ModuleType("cmshared"), ModuleType("cmregular")
    shared.__path__ = ["/elsewhere/cmshared"]
    regular.__path__, regular.__file__ = (
        ["/elsewhere/cmregular"],
        "/elsewhere/cmregular/__init__.py",
    )
    (tmp_path / "src" / "cmregular").mkdir()
    for name, module in (("cmshared", shared), ("cmregular", regular)):
        monkeypatch.setitem(sys.modules, name, module)

    extend_namespaces([f"{tmp_path}/src"])

    assert shared.__path__ == ["/elsewhere/cmshared", f"{tmp_path}/src/cmshared"]
    assert regular.__path__ == ["/elsewhere/cmregular"]
    assert importlib.import_module("cmshared.shop").OPEN
    monkeypatch.delitem(sys.modules, "cmshared.shop")
