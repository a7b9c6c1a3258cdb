"""Scripts of editors of streams: quotes keep a value one word there, and that word is code.

No witness writes in their languages. See docs/decisions/0047-every-way-in.md.
"""

import ast
import posixpath
import re
from collections.abc import Collection

from countermine.core.stream_editors import STREAM_EDITORS

_BETWEEN = re.compile(r"[|;&\n`()\s]+")
_LONGEST = 2000
"""Signs of a text that is looked at: longer ones are documents."""


def editor_in(text: bytes, functions: Collection[str]) -> str | None:
    """Return the editor of streams that some functions of a file name, if they name one.

    Args:
        text: The file.
        functions: Qualified names; the whole file is read where none of them is there.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    names = {one.rpartition(".")[2] for one in functions}
    within: list[ast.AST] = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in names
    ]
    for function in within or [tree]:
        for node in ast.walk(function):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and len(value) <= _LONGEST:
                for word in map(posixpath.basename, _BETWEEN.split(value)):
                    if word in STREAM_EDITORS:
                        return word
    return None
