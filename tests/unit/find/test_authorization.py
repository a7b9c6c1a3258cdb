# Programs on one line each are easier to compare.
# ruff: noqa: E501
"""Routes without the check that those beside them have are told where that is asked for."""

from pathlib import Path

import pytest

from countermine.core.inventory import Inventory
from countermine.core.levels import Confidence
from countermine.loop.search import SearchOptions, search
from countermine.ports.progress import Silent
from countermine.target.inventory import take_inventory
from countermine.weaknesses.facts_index import ALL_FACTS, looked_for

ID = "missing-authorization"
HEAD = "from flask import Flask, request\nfrom shop.users import login_required\n\napp = Flask(__name__)\n"
GUARDED = HEAD + "".join(
    f"\n\n@app.post('/{name}')\n@login_required\ndef {name}():\n    return app.shop.{name}(request.json)\n"
    for name in ("sell", "refund", "restock")
)
LACKING = (
    GUARDED
    + "\n\n@app.post('/discount')\ndef discount():\n    return app.shop.discount(request.json)\n"
)


def found(root: Path, files: dict[str, str], only: tuple[str, ...] = (ID,)) -> list[str]:
    """Return the functions of which it is told."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    inventory: Inventory = take_inventory(root)
    options = SearchOptions(weaknesses=looked_for(only), today="2026-01-01")
    result = search(inventory, options, Silent())
    kept = [f for f in result.findings if f.weakness == ID]
    assert all(f.confidence is Confidence.LOW for f in kept)
    return [f.function for f in kept]


def test_it_is_told_where_it_is_asked_for(tmp_path: Path) -> None:
    assert found(tmp_path, {"app.py": LACKING}) == ["discount"]


def test_it_is_not_looked_for_by_itself(tmp_path: Path) -> None:
    assert found(tmp_path, {"app.py": LACKING}, only=()) == []


def test_what_is_asked_for_comes_beside_what_is_looked_for_anyway() -> None:
    assert {f.id for f in ALL_FACTS} - {f.id for f in looked_for(())} == {ID}
    assert looked_for((ID,)) == ALL_FACTS


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("a check before each request", {"app.py": LACKING + "\n\n@app.before_request\ndef ask():\n    pass\n"}),
        ("a middleware", {"app.py": LACKING, "settings.py": "MIDDLEWARE = ['shop.LoginRequiredMiddleware']\n"}),
        ("two siblings", {"app.py": LACKING.replace("@login_required\n", "", 1)}),
        ("another file", {"app.py": GUARDED, "other.py": LACKING[len(GUARDED) :].join([HEAD, ""])}),
        ("another router", {"app.py": LACKING.replace("@app.post('/discount')", "@open.post('/discount')")}),
        ("a test", {"tests/test_app.py": LACKING}),
    ],
)  # fmt: skip
def test_what_may_be_meant_so_is_not_told(tmp_path: Path, name: str, files: dict[str, str]) -> None:
    assert found(tmp_path, files) == [], name


def test_deeply_nested_code_beside_them_does_not_matter(tmp_path: Path) -> None:
    deep = "str(" * 190 + "request.json" + ")" * 190
    text = LACKING + f"\n\n@app.get('/deep')\ndef deep():\n    return {deep}\n"
    assert found(tmp_path, {"app.py": text.replace("(request.json)", f"({deep})")}) == ["discount"]
