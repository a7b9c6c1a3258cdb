"""A legitimate use in the format that a patch reads and writes instead of pickles. Pure.

Data that leaves a program and comes back may change its format, if what writes it changes along
with what reads it. What was written before is lost then; that is the price of the fix, and only
JSON, whose reader calls nothing, is taken for one.
"""

import ast
import json
import pickletools
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from countermine.core.spans import TreePath
from countermine.core.witnesses import Input, Stimulus, Witness

_OLD = ("pickle", "cPickle", "dill", "cloudpickle", "marshal")
_READS = ("load", "loads")
_WRITES = ("dump", "dumps")


def in_json(
    witness: Witness,
    use: Stimulus,
    before: Mapping[TreePath, bytes],
    after: Mapping[TreePath, bytes],
) -> Stimulus | None:
    """Return the use with its pickle as JSON, ``None`` where the patch gives no reason for it.

    Args:
        witness: Its sink's file must read and write no pickles any more.
        use: A legitimate use.
        before: The touched files as they were.
        after: The same files with the patch.
    """
    if witness.weakness != "unsafe-deserialization" or witness.sink_path not in after:
        return None
    old, new = (Counter(_calls(texts)) for texts in (before, after))
    wrote = sum(old[f"{module}.{name}"] for module in _OLD for name in _WRITES)
    still = sum(new[f"{module}.{name}"] for module in _OLD for name in (*_READS, *_WRITES))
    writes = sum(new[f"json.{name}"] - old[f"json.{name}"] for name in _WRITES)
    reads = sum(new[f"json.{name}"] - old[f"json.{name}"] for name in _READS)
    if still or not wrote or writes < wrote or reads < 1:
        return None
    inputs = tuple(map(_as_json, use.inputs))
    return None if inputs == use.inputs else replace(use, name=f"{use.name}-as-json", inputs=inputs)


def _as_json(value: Input) -> Input:
    plain = _plain(value.text)
    return value if plain is None else replace(value, text=json.dumps(plain))


def _plain(text: str) -> object:
    """Return what a pickle of a legitimate use holds: names and numbers, without running it."""
    found: dict[str, int] = {}
    last = ""
    try:
        for code, argument, _ in pickletools.genops(text.encode("latin-1")):
            if isinstance(argument, str):
                last = argument
            elif code.name in {"INT", "BININT1"} and isinstance(argument, int):
                found[last] = argument
            elif code.name in {"GLOBAL", "STACK_GLOBAL", "REDUCE", "INST", "OBJ", "NEWOBJ"}:
                return None
    except (ValueError, UnicodeError, IndexError, EOFError):
        return None
    return found or None


def _calls(texts: Mapping[TreePath, bytes]) -> list[str]:
    found: list[str] = []
    for content in texts.values():
        try:
            tree = ast.parse(content)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        found += [ast.unparse(one) for one in calls]
    return found
