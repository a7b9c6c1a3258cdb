"""What tests of runs with a model share: patches for the example, and a configuration."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from countermine.testing.model_replies import Asked

PARTS = Path(__file__).resolve().parents[2] / "examples" / "parts"

PATCHES: Mapping[str, tuple[str, str]] = {
    "parts/titles.py": (r'r"^(\w+\s?)*$"', r'r"^(?:\w+\s(?=\w))*(\w+\s?)?$"'),
    "parts/versions.py": (
        r'r"^([0-9]+\.?)+$"',
        r'r"^(?:[0-9]+\.(?=[0-9]))*([0-9]+\.?)$"',
    ),
}
"""Right ones, by the file that a question is about."""

_PATH = re.compile(r"<<<material [0-9a-f]{16} [^\n]* \"(parts/[a-z]+\.py)\"")


def text_of(asked: Asked) -> str:
    """Return all that a request says."""
    return json.dumps(asked.body)


def path_of(asked: Asked) -> str:
    """Return the file that a question is about."""
    messages = asked.body["messages"]
    assert isinstance(messages, list)
    shown = "\n".join(str(message["content"]) for message in messages)
    found = _PATH.search(shown)
    assert found is not None, shown
    return found[1]


def answer(path: str, search: str, replace: str, summary: str = "Match in linear time") -> str:
    edit = {"path": path, "search": search, "replace": replace}
    return json.dumps({"edits": [edit], "summary": summary})


def right(asked: Asked) -> str:
    """Answer every question with the patch that is right."""
    path = path_of(asked)
    return answer(path, *PATCHES[path])


def configured(file: Path, urls: Mapping[str, str], more: str = "") -> Path:
    """Write a configuration with a model at each URL, in their order."""
    tables = [
        f'[models.roster.{name}]\nprovider = "openai-compatible"\nmodel = "scripted-1"\n'
        f'url = "{url}"\nkey_variable = "SCRIPTED_KEY"\ntimeout_s = 20.0\nretries = 0\n'
        "input_usd_per_million = 1.0\noutput_usd_per_million = 2.0\n"
        for name, url in urls.items()
    ]
    models = f"[models]\ncache = false\n{more}\n"
    file.write_text(models + "\n".join(tables))
    return file
