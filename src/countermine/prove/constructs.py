"""Constructs that could blind the observer or single out the witness. Pure; gate 3 runs it.

The observer lives in the target's process, so code of a patch could silence it: audit hooks,
frames, the garbage collector, import machinery, sinks replaced in their modules, the modules in C
below those that are watched, effects put off until the record is closed. A fix needs none of
these; what was there before is not judged.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping

from countermine.core.patches import PatchOrigin
from countermine.core.spans import TreePath
from countermine.core.witnesses import Witness

_MODULES = frozenset(
    {
        "gc", "ctypes", "_ctypes", "cffi", "importlib", "imp", "_imp", "pkgutil", "runpy",
        "zipimport", "builtins", "atexit", "signal", "faulthandler", "multiprocessing",
        "concurrent", "_thread", "sched", "code", "codeop", "marshal", "mmap", "tracemalloc",
        "unittest", "pytest", "countermine", "site", "cProfile", "profile", "bdb", "pdb", "trace",
        "weakref",
    }
)  # fmt: skip
"""Modules whose fresh import in a fix is refused, with their submodules."""

_BELOW = frozenset(
    {name for name in sys.stdlib_module_names if name.startswith("_") and name != "__future__"}
    | {"posix", "nt"}
)
"""Modules below the public ones. What is watched is the public names."""

_ATTRIBUTES = frozenset(
    {
        "addaudithook", "audit", "settrace", "setprofile", "_getframe", "_getframemodulename",
        "_current_frames", "currentframe", "getouterframes", "monitoring", "meta_path",
        "path_hooks", "path_importer_cache", "modules", "set_asyncgen_hooks", "displayhook",
        "excepthook", "unraisablehook", "f_globals", "f_locals", "f_builtins", "f_back", "f_code",
        "tb_frame", "gi_frame", "cr_frame", "ag_frame", "__code__", "__globals__", "__builtins__",
        "__closure__", "__subclasses__", "__loader__", "__spec__", "__import__", "import_module",
        "_exit", "fork", "forkpty", "Thread", "Timer",
        "orig_argv", "setswitchinterval", "call_tracing", "call_later", "call_at", "call_soon",
        "call_soon_threadsafe", "run_in_executor", "add_done_callback", "__del__",
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

_UNPREDICTABLE = frozenset({"SystemRandom"})
"""Of the module ``random``. No fix needs the rest: only where it is asked is watched."""

_BY_NAME = frozenset({"getattr", "setattr", "delattr"})
_GETTERS = frozenset({"attrgetter", "methodcaller"})
_WHOLE = frozenset({"atexit.register", "weakref.finalize"})
"""Refused where the file loaded the module before; their last names alone say nothing."""

_AS_TEXT = _ATTRIBUTES | {"__import__", "__dict__"}
_INSIDE = re.compile(r"(?<!\w)/target(?:/|$)|/tmp/countermine")
"""Where the target lies while it is judged: code that asks for it acts for the judge alone."""

_WORD = re.compile(r"\w+")
_PLACEHOLDER = re.compile(r"\{(?:canary|base)\}")
_MARKERS = ("countermine", "canary")

_NO_SECURITY = "usedforsecurity"

MIN_PAYLOAD_CHARS = 8
"""Shorter pieces of a payload (``../``, ``'; ``) may rightly stand in a fix."""


def violations(
    before: Mapping[TreePath, bytes],
    after: Mapping[TreePath, bytes],
    witness: Witness,
    origin: PatchOrigin,
) -> tuple[str, ...]:
    """Return what a patch newly introduces and must not, sorted.

    Args:
        before: The touched files as they were; new ones are not among them.
        after: The same files with the patch.
        witness: Its payloads must not turn up in the patched code.
        origin: Who wrote the patch. That a weak hash serves no security is for a remedy to say,
            which looks at what it is used for; said by anybody else it only ends the finding.
    """
    found: set[str] = set()
    for path, content in after.items():
        old = before.get(path, b"")
        fresh = _constructs(content) - _constructs(old)
        if origin is PatchOrigin.REMEDY:
            fresh.pop(_NO_SECURITY, None)
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
        refused = _MODULES | _BELOW | _ATTRIBUTES | _BUILTINS | {_NO_SECURITY}
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
        case ast.Import() | ast.ImportFrom():
            yield from _of_import(node)
        case ast.Attribute():
            yield from _of_attribute(node, imported)
        case ast.Name(id=name) if name in _BUILTINS:
            yield name
        case ast.FunctionDef(name="__del__"):
            yield "__del__"
        case ast.keyword(arg="usedforsecurity", value=value) if not _is_true(value):
            yield _NO_SECURITY
        case ast.Constant(value=str(text)):
            yield from _of_text(text)
        case ast.Constant(value=bytes(data)):
            yield from _of_text(data.decode("latin-1"))
        case ast.Call():
            yield from _of_call(node, imported)
        case _:
            pass


def _is_true(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is True


def _of_import(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    names = [alias.name for alias in node.names]
    if isinstance(node, ast.Import):
        yield from _of_modules(names)
    else:
        yield from _of_modules([node.module or ""])
        yield from (name for name in names if name in _ATTRIBUTES | _INDIRECT)
        for name in names:
            if _private(name) and not node.level:
                yield from _of_private(node.module or "", name)


def _of_attribute(node: ast.Attribute, imported: frozenset[str]) -> Iterator[str]:
    if node.attr in _ATTRIBUTES:
        yield node.attr
    elif _private(node.attr) and isinstance(node.value, ast.Name) and node.value.id in imported:
        yield from _of_private(node.value.id, node.attr)
    whole = ast.unparse(node)
    if whole == f"random.{node.attr}" and node.attr not in _UNPREDICTABLE and "random" in imported:
        yield whole
    of_import = _root(node.value) in imported
    if isinstance(node.ctx, ast.Store | ast.Del) and of_import:
        yield f"an assignment to {whole}"
    if (node.attr == "__dict__" and of_import) or whole in _WHOLE:
        yield whole


def _private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _of_private(module: str, name: str) -> Iterator[str]:
    """Yield a private name of the standard library, such as ``pickle._Unpickler``."""
    if module.split(".", maxsplit=1)[0] in sys.stdlib_module_names:
        yield f"{module}.{name}"


def _of_modules(names: list[str]) -> Iterator[str]:
    refused = _MODULES | _BELOW
    yield from (f"module {name}" for name in names if name.split(".")[0] in refused)


def _of_text(text: str) -> Iterator[str]:
    yield from (f"the name {part!r} as text" for part in text.split(".") if part in _AS_TEXT)
    if text == _NO_SECURITY:
        yield _NO_SECURITY
    if _INSIDE.search(text):
        yield f"the place {text!r}"


def _of_call(call: ast.Call, imported: frozenset[str]) -> Iterator[str]:
    match call.func:
        case ast.Name(id=name) if name in _BY_NAME:
            yield from _by_name(name, call.args, imported)
        case ast.Name(id="vars") if not call.args or _root(call.args[0]) in imported:
            yield ast.unparse(call)
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in _GETTERS:
            if not all(isinstance(one, ast.Constant) for one in call.args):
                yield f"{name} with a computed name"
        case _:
            pass


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
