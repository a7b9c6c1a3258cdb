"""Without a model configured, nothing of models is loaded and nothing is said of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

STACK = [
    "pydantic_ai",
    "openai",
    "anthropic",
    "google.genai",
    "mistralai",
    "boto3",
    "botocore",
    "keyring",
    "genai_prices",
    "httpx2",
    "json_repair",
    "tiktoken",
    "countermine.testing",
]

PLAIN = {"countermine.models", "countermine.models.options"}
"""What the reader of the configuration needs: values."""

LOADED = """
import sys
from countermine.cli.main import run
code = run(sys.argv[1:])
print("\\n".join(sorted(sys.modules)), file=sys.stderr)
raise SystemExit(code)
"""


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("find", "TARGET", "--json"), ("find", "TARGET"), ("run", "TARGET", "--json")],
)
def test_not_one_module_of_the_model_stack_is_loaded(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    said, loaded = loaded_by(tmp_path, *arguments)
    models = {name for name in loaded if name.startswith("countermine.models")}
    assert stack_of(loaded) == []
    assert models <= PLAIN
    if "--help" not in arguments:
        assert "model" not in said.replace("threat model", "").lower()


def test_a_run_that_asks_no_model_loads_no_library_of_a_provider(tmp_path: Path) -> None:
    config = tmp_path / "models.toml"
    config.write_text(
        '[models.roster.first]\nprovider = "openai-compatible"\nmodel = "any"\n'
        'url = "http://127.0.0.1:9/v1"\n'
    )
    _, loaded = loaded_by(tmp_path, "run", "TARGET", "--json", "--config", str(config))
    assert "countermine.models.roster" in loaded
    assert [name for name in stack_of(loaded) if name.split(".")[0] != "json_repair"] == []


def loaded_by(folder: Path, *arguments: str) -> tuple[str, list[str]]:
    """Return what a command over a target without flaws says, and the modules that it loads."""
    target = folder / "target"
    target.mkdir()
    (target / "app.py").write_text("import hashlib\nprint(hashlib.sha256(b'').hexdigest())\n")
    given = [str(target) if one == "TARGET" else one for one in arguments]
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *given],
        env={
            **{name: value for name, value in os.environ.items() if name != "COUNTERMINE_CONFIG"},
            "COUNTERMINE_STATE": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "config"),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, 3), done.stderr
    loaded = done.stderr.split()
    assert "countermine.cli.main" in loaded
    return done.stdout, loaded


def stack_of(loaded: list[str]) -> list[str]:
    """Return those of what speaks to models."""
    return [
        name for name in loaded if any(name == one or name.startswith(one + ".") for one in STACK)
    ]
