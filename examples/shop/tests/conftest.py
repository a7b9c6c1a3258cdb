from pathlib import Path

import pytest

from shop import create_app
from shop.store import prepare


@pytest.fixture(scope="session")
def app(tmp_path_factory):
    """Made once: to build the routes takes longer than most tests."""
    return create_app({"TESTING": True, "DATA": str(tmp_path_factory.mktemp("shop"))})


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def client(app, data: Path, monkeypatch):
    """A browser that nobody used yet, on data that nobody changed yet."""
    monkeypatch.setitem(app.config, "DATA", str(data))
    prepare(data)
    return app.test_client()
