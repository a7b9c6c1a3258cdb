"""What a patch must not bring past the people who read it. Pure but for a look at folders; gate 3.

Whoever asks for a patch reads the diff, and may have been shown text of an attacker's before that
asks for just this: characters that are not seen, names that only look like others, comments that
silence a scanner, a module that somebody else may publish tomorrow. A fix needs none of these;
what was there before is not judged.
"""

import ast
import io
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from countermine.core.environment import BuiltEnvironment, NoEnvironment
from countermine.core.patches import PatchOrigin
from countermine.core.spans import TreePath

HasModule = Callable[[str], bool]
"""Tells whether a module of that name is there: of the target, or of its environment."""

_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What turns the direction of text round: CVE-2021-42574."""
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f\u00ad\u180e\u200b-\u200d\u2028\u2029\u2060-\u2064\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
"""What is not seen at all."""
_SILENCING = re.compile(
    r"(?i)#\s*(nosec\b|nosemgrep\b|nosonar\b|lgtm\b|codeql\s*\[|(?:\w+:\s*)?noqa(?!:\s*[A-RT-Z])"
    r"|countermine:|semgrep\s*:|bandit\s*:|dlint\b|snyk\s*:)"
)
"""Comments by which scanners of any make are told to keep still."""
_NON_ASCII = re.compile(r"[^\x00-\x7f]")


def violations(
    before: Mapping[TreePath, bytes],
    after: Mapping[TreePath, bytes],
    origin: PatchOrigin,
    has_module: HasModule,
) -> tuple[str, ...]:
    """Return what a patch newly brings and must not, sorted.

    Args:
        before: The touched files as they were; new ones are not among them.
        after: The same files with the patch.
        origin: Who wrote it. A person may write in any script and vouches for what they add;
            text that turns round is refused from everybody but our own remedies.
        has_module: Of the unpatched target and its environment.
    """
    if origin is PatchOrigin.REMEDY:
        return ()
    found: set[str] = set()
    for path, content in after.items():
        old, new = (text.decode("utf-8", "replace") for text in (before.get(path, b""), content))
        found |= {f"{path} newly holds {what}" for what in _hidden(old, new, _TURNING)}
        if origin is PatchOrigin.MODEL:
            found |= {f"{path} newly holds {what}" for what in _hidden(old, new, _UNSEEN)}
            found |= {f"{path} newly has the name {name}" for name in _odd_names(old, new)}
            found |= {f"{path} newly silences a scanner: {what}" for what in _silenced(old, new)}
            found |= {
                f"{path} newly imports {name}, which neither the target nor its environment has"
                for name in sorted(_modules(new) - _modules(old))
                if name not in sys.stdlib_module_names and not has_module(name)
            }
    return tuple(sorted(found))


def modules_of(root: Path, environment: BuiltEnvironment) -> HasModule:
    """Return what tells whether a target or its environment has a module.

    Where there is no environment all that is not the target's is taken to be there: nothing is
    proven then anyway.
    """
    if isinstance(environment, NoEnvironment):
        return lambda _: True
    version = f"python{environment.version[0]}.{environment.version[1]}"
    folders = [root / place for place in (".", *environment.import_roots)]
    for mount in environment.mounts:
        folders += [Path(mount) / lib / version / "site-packages" for lib in ("lib", "lib64")]

    def has(name: str) -> bool:
        return any(
            (folder / name).is_dir()
            or (folder / f"{name}.py").is_file()
            or any(folder.glob(f"{name}.*.so"))
            for folder in folders
        )

    return has


def _hidden(old: str, new: str, kind: re.Pattern[str]) -> Iterator[str]:
    more = Counter(kind.findall(new)) - Counter(kind.findall(old))
    yield from (f"the unseen character U+{ord(one):04X}" for one in sorted(more))


def _silenced(old: str, new: str) -> list[str]:
    more = Counter(_comments(new)) - Counter(_comments(old))
    return sorted(more)


def _comments(text: str) -> Iterator[str]:
    for found in _SILENCING.finditer(text):
        yield "# " + re.sub(r"\s+", " ", found[1].strip().lower())


def _odd_names(old: str, new: str) -> list[str]:
    """Return names that are new and not of ASCII letters, with what they consist of."""
    names = {name for name in _names(new) if _NON_ASCII.search(name)} - set(_names(old))
    return sorted(name.encode("ascii", "backslashreplace").decode() for name in names)


def _names(text: str) -> Iterator[str]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.NAME:
                yield token.string
    except (tokenize.TokenError, SyntaxError, ValueError):
        return  # No Python: gate 4 says so.


def _modules(text: str) -> set[str]:
    """Return the top names of the modules that a file imports by name, from outside itself."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names.add(node.module.partition(".")[0])
    return names
