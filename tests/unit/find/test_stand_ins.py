"""A copy in the tree that stands in for a library hides nothing of what the library does."""

from pathlib import Path

import pytest

from tests.unit.find.programs import found_lines

COPY = "def load(stream, Loader=None):\n    return Loader(stream).get()\n\n\nsafe_load = load\n"
STAND_INS = {
    "a module": "try:\n    import yaml\nexcept ImportError:\n    import copied as yaml\n",
    "a name": "try:\n    import yaml\nexcept ImportError:\n    from copies import yaml\n",
    "one of several": (
        "import sys\n\ntry:\n    import yaml\nexcept ImportError:\n"
        "    if sys.version_info[0] > 2:\n"
        "        import copied as yaml\n    else:\n        import copied as yaml\n"
    ),
}


def read(imports: str, call: str) -> str:
    body = f"    for one in yaml.{call}(stream):\n        print(one)\n"
    return f"{imports}\n\ndef sheets(stream):\n{body}"


@pytest.mark.parametrize("imports", STAND_INS.values(), ids=STAND_INS)
def test_what_is_imported_first_counts(tmp_path: Path, imports: str) -> None:
    texts = {"copied": COPY, "copies": "import copied as yaml\n"}
    found = found_lines(tmp_path, "unsafe-deserialization", **texts, reads=read(imports, "load"))
    assert found == ["for one in yaml.load(stream):"]


@pytest.mark.parametrize("imports", STAND_INS.values(), ids=STAND_INS)
def test_the_safe_call_of_either_is_safe(tmp_path: Path, imports: str) -> None:
    texts = {"copied": COPY, "copies": "import copied as yaml\n"}
    text = read(imports, "safe_load")
    assert found_lines(tmp_path, "unsafe-deserialization", **texts, reads=text) == []


def test_a_module_of_one_s_own_that_is_imported_first_is_what_is_meant(tmp_path: Path) -> None:
    imports = "try:\n    import plain as yaml\nexcept ImportError:\n    import yaml\n"
    plain = "import json\n\n\ndef load(stream):\n    return json.load(stream)\n"
    text = read(imports, "load")
    assert found_lines(tmp_path, "unsafe-deserialization", plain=plain, reads=text) == []
