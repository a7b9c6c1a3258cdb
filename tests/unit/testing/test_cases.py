import pytest

from countermine.core.weakness import WeaknessId
from countermine.testing.cases import CaseFileError, Mark, read_cases

FLAWED = """# Page

## Opens a name

```python
import os
os.remove(input())  # find: path-traversal
```
"""


def mark(path: str, line: int, weakness: str) -> Mark:
    return Mark(path=path, line=line, weakness=WeaknessId(weakness))  # type: ignore[arg-type]


def test_a_mark_gives_the_place_and_leaves_the_code() -> None:
    (case,) = read_cases(FLAWED)
    assert case.title == "Opens a name"
    assert case.files == (("case.py", "import os\nos.remove(input())\n"),)
    assert case.marks == (mark("case.py", 2, "path-traversal"),)
    assert FLAWED.splitlines()[case.line - 1] == "import os"


def test_a_line_may_hold_two_weaknesses() -> None:
    (case,) = read_cases(FLAWED.replace("find: path-traversal", "find: weak-hash, sql-injection"))
    assert [found.weakness for found in case.marks] == ["sql-injection", "weak-hash"]


def test_a_block_may_hold_several_files() -> None:
    text = """```python
# file: app/views.py

import os
# file: app/paths.py
x = 1
y = 2  # find: weak-hash
```
"""
    (case,) = read_cases(text)
    assert case.files == (("app/views.py", "import os\n"), ("app/paths.py", "x = 1\ny = 2\n"))
    assert case.marks == (mark("app/paths.py", 2, "weak-hash"),)


def test_a_patched_block_belongs_to_the_flawed_one_before_it() -> None:
    (case,) = read_cases(FLAWED + "\n```python patched\nimport os\n```\n")
    assert case.patched == (("case.py", "import os\n"),)


def test_blocks_under_one_heading_are_numbered() -> None:
    titles = [case.title for case in read_cases("# A\n```python\nx\n```\n```python\ny\n```\n")]
    assert titles == ["A", "A (2)"]


def test_blocks_of_other_languages_are_prose() -> None:
    assert read_cases("```toml\nx = 1\n```\n```\n# A\n```\n") == ()


def test_a_heading_inside_a_block_is_code() -> None:
    (case,) = read_cases("# A\n```python\n# not a heading\n```\n")
    assert case.title == "A"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("```python\nx\n", "line 1: the block is never closed"),
        ("```python fast\nx\n```\n", "'python' or 'python patched'"),
        ("```python\nx\n```\n```python patched\ny\n```\n", "follows a flawed one"),
        ("```python\n# file: a.py\nx\n# file: a.py\ny\n```\n", "each under its own path"),
        ("```python\n```\n", "at least one file"),
    ],
)
def test_a_broken_page_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(CaseFileError, match=says):
        read_cases(text)
