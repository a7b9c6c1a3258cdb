"""Reports say what they said: `support/golden.py` writes the files after a change."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


golden = load(ROOT / "support" / "golden.py")


@pytest.mark.parametrize("name", sorted(golden.GOLDEN))
def test_report_is_what_it_was(name: str) -> None:
    assert golden.GOLDEN[name]() == (golden.FOLDER / name).read_text()


@pytest.mark.parametrize("name", sorted(golden.GOLDEN))
def test_report_shows_no_secret(name: str) -> None:
    assert "correct-horse" not in golden.GOLDEN[name]()


def test_nothing_stale_is_kept() -> None:
    assert {file.name for file in golden.FOLDER.iterdir()} == set(golden.GOLDEN)
