"""Constructs that could blind the observer or single out the witness. Pure; gate 3 runs it.

The observer lives in the target's process, so code of a patch could silence it: audit hooks,
frames, the garbage collector, import machinery, sinks replaced in their modules, effects put off
until the record is closed. A fix needs none of these; what was there before is not judged.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from countermine.core.spans import TreePath
from countermine.core.witnesses import Witness

_MODULES = frozenset(
    {
        "gc", "ctypes", "_ctypes", "cffi", "importlib", "imp", "_imp", "pkgutil", "runpy",
        "zipimport", "builtins", "atexit", "signal", "faulthandler", "multiprocessing",
        "concurrent", "_thread", "sched", "code", "codeop", "marshal", "mmap", "tracemalloc",
        "unittest", "pytest", "countermine", "site", "cProfile", "profile", "bdb", "pdb", "trace",
    }
)  # fmt: skip
"""Modules whose fresh import in a fix is refused, with their submodules."""

_ATTRIBUTES = frozenset(
    {
        "addaudithook", "audit", "settrace", "setprofile", "_getframe", "_getframemodulename",
        "_current_frames", "currentframe", "getouterframes", "monitoring", "meta_path",
        "path_hooks", "path_importer_cache", "modules", "set_asyncgen_hooks", "displayhook",
        "excepthook", "unraisablehook", "f_globals", "f_locals", "f_builtins", "f_back", "f_code",
        "tb_frame", "gi_frame", "cr_frame", "ag_frame", "__code__", "__globals__", "__builtins__",
        "__closure__", "__subclasses__", "__loader__", "__spec__", "__import__", "import_module",
        "_exit", "fork", "forkpty", "Thread", "Timer",
        "orig_argv", "setswitchinterval", "call_tracing",
    }
)  # fmt: skip
"""Names of attributes, or imported names, that reach frames, hooks and machinery."""

_BUILTINS = frozenset(
    {
        "eval", "exec", "compile", "__import__", "__builtins__", "__loader__", "__spec__",
        "globals", "locals", "breakpoint",
    }
)  # fmt: skip

_INDIRECT = frozenset({"gc", "ctypes", "importlib", "builtins", "*"})
"""Names that are refused whichever module they are imported from."""

_BY_NAME = frozenset({"getattr", "setattr", "delattr"})
_WORD = re.compile(r"\w+")
_PLACEHOLDER = re.compile(r"\{(?:canary|base)\}")
_MARKERS = ("countermine", "canary")

MIN_PAYLOAD_CHARS = 8
"""Shorter pieces of a payload (``../``, ``'; ``) may rightly stand in a fix."""


def violations(
    before: Mapping[TreePath, bytes], after: Mapping[TreePath, bytes], witness: Witness
) -> tuple[str, ...]:
    """Return what a patch newly introduces and must not, sorted.

    Args:
        before: The touched files as they were; new ones are not among them.
        after: The same files with the patch.
        witness: Its payloads must not turn up in the patched code.
    """
    found: set[str] = set()
    for path, content in after.items():
        old = before.get(path, b"")
        fresh = _constructs(content) - _constructs(old)
        found |= {f"{path} newly uses {name}" for name in fresh}
        found |= {
            f"{path} names the witness's own text {piece!r}"
            for piece in payload_pieces(witness)
            if _count(content, piece) > _count(old, piece)
        }
    return tuple(sorted(found))


def payload_pieces(witness: Witness) -> tuple[str, ...]:
    """Return texts by which code could tell the witness from other input, sorted."""
    pieces: set[str] = set(_MARKERS)
    for stimulus in (*witness.attacks, *witness.controls):
        for value in stimulus.inputs:
            pieces |= {
                piece.strip().lower()
                for piece in _PLACEHOLDER.split(value.text)
                if len(piece.strip()) >= MIN_PAYLOAD_CHARS
            }
        pieces |= {
            file.name.lower() for file in stimulus.files if len(file.name) >= MIN_PAYLOAD_CHARS
        }
    return tuple(sorted(pieces))


def _count(content: bytes, piece: str) -> int:
    return content.decode("utf-8", "replace").lower().count(piece)


def _constructs(content: bytes) -> Counter[str]:
    """Count refused constructs; where the text does not parse, the refused words in it."""
    if not content.strip():
        return Counter()
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        words = _WORD.findall(content.decode("utf-8", "replace"))
        refused = _MODULES | _ATTRIBUTES | _BUILTINS
        return Counter(word for word in words if word in refused)
    imported = _imported(tree)
    return Counter(name for node in ast.walk(tree) for name in _refused(node, imported))


def _imported(tree: ast.Module) -> frozenset[str]:
    """Return the names that import statements bind."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
    return frozenset(names)


def _refused(node: ast.AST, imported: frozenset[str]) -> Iterator[str]:
    match node:
        case ast.Import(names=aliases):
            yield from _of_modules([alias.name for alias in aliases])
        case ast.ImportFrom(module=module, names=aliases):
            yield from _of_modules([module or ""])
            yield from (a.name for a in aliases if a.name in _ATTRIBUTES | _INDIRECT)
        case ast.Attribute(attr=name, ctx=context):
            if name in _ATTRIBUTES:
                yield name
            if isinstance(context, ast.Store | ast.Del) and _root(node.value) in imported:
                yield f"an assignment to {ast.unparse(node)}"
        case ast.Name(id=name) if name in _BUILTINS:
            yield name
        case ast.Constant(value=str(text)) if text in _ATTRIBUTES | {"__import__"}:
            yield f"the name {text!r} as text"
        case ast.Call(func=ast.Name(id=name), args=args) if name in _BY_NAME:
            yield from _by_name(name, args, imported)


def _of_modules(names: list[str]) -> Iterator[str]:
    yield from (f"module {name}" for name in names if name.split(".")[0] in _MODULES)


def _by_name(function: str, args: list[ast.expr], imported: frozenset[str]) -> Iterator[str]:
    constant = len(args) > 1 and isinstance(args[1], ast.Constant)
    if not constant:
        yield f"{function} with a computed name"
    elif function != "getattr" and _root(args[0]) in imported:
        yield f"{function} on {ast.unparse(args[0])}"


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
