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
    target = tmp_path / "target"
    target.mkdir()
    (target / "app.py").write_text("import hashlib\nprint(hashlib.sha256(b'').hexdigest())\n")
    given = [str(target) if one == "TARGET" else one for one in arguments]
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *given],
        env={
            **{name: value for name, value in os.environ.items() if name != "COUNTERMINE_CONFIG"},
            "COUNTERMINE_STATE": str(tmp_path / "state"),
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, 3), done.stderr
    loaded = done.stderr.split()
    assert "countermine.cli.main" in loaded
    stack = [
        name
        for name in loaded
        if any(name == one or name.startswith(one + ".") for one in STACK)
        or (name.startswith("countermine.models") and name not in PLAIN)
    ]
    assert stack == []
    if "--help" not in arguments:
        assert "model" not in done.stdout.replace("threat model", "").lower()
