import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from countermine.core.environment import Environment, NoTests
from countermine.ports.sandbox import Sandbox
from countermine.sandbox.detect import choose
from tests.weaknesses.witness_bench import Bench

PACKAGES = (
    "flask",
    "django",
    "fastapi",
    "python-multipart",
    "lxml",
    "pyyaml",
    "sqlalchemy",
    "pycryptodome",
    "aiohttp",
    "bottle",
    "djangorestframework",
    "quart",
    "sanic",
    "tornado",
    "typer",
    "click",
    "psycopg2-binary",
    "psycopg[binary]",
    "pymysql",
    "asyncpg",
    "pymongo",
    "motor",
    "ldap3",
    "elementpath",
)


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    return choose()


@pytest.fixture(scope="session")
def plain_environment() -> Environment:
    """The interpreter of the tests without its packages."""
    prefix = Path(sys.base_prefix).resolve()
    return Environment(
        python=str(prefix / "bin" / "python3"),
        version=sys.version_info[:2],
        mounts=(str(prefix),),
        import_roots=(".",),
        tests=NoTests(reason="none"),
    )


@pytest.fixture(scope="session")
def full_environment(
    plain_environment: Environment, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """An environment with the frameworks that the drivers know."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    uv = str(Path(sys.executable).parent / "uv")
    python = plain_environment.python
    subprocess.run([uv, "venv", "-q", "--python", python, str(folder)], check=True)
    subprocess.run(
        [
            *(uv, "pip", "install", "-q", "--compile-bytecode"),
            *("--python", str(folder / "bin" / "python"), *PACKAGES),
        ],
        check=True,
    )
    return Environment(
        python=str(folder / "bin" / "python"),
        version=plain_environment.version,
        mounts=(*plain_environment.mounts, str(folder)),
        import_roots=(".",),
        tests=NoTests(reason="none"),
    )


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="countermine-targets-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def bench(folder: Path, plain_environment: Environment, sandbox: Sandbox) -> Bench:
    return Bench(folder, plain_environment, sandbox)


@pytest.fixture
def online_bench(folder: Path, full_environment: Environment, sandbox: Sandbox) -> Bench:
    return Bench(folder, full_environment, sandbox)
