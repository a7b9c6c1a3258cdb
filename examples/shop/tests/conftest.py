import pytest

from shop import create_app


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def client(data):
    return create_app({"TESTING": True, "DATA": str(data)}).test_client()
