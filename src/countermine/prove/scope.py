"""Which files a patch may touch, and how large it may be. Pure; gate 3 runs it."""

import ast
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from countermine.core.patches import Patch, PatchOrigin
from countermine.core.spans import TreePath
from countermine.prove.records import Claim

MAX_PATCH_FILES = 8
"""A flaw's trace rarely crosses more files; a larger patch is a redesign, for people to judge."""

MAX_PATCH_BYTES = 64 * 1024
"""Removed and added text together. The largest fixes of single flaws are a tenth of it."""

_TEST_PARTS = frozenset({"test", "tests", "testing", "spec", "specs"})
_HARNESS_NAMES = frozenset(
    {
        "conftest.py", "pytest.ini", "tox.ini", "noxfile.py", "setup.cfg", "pyproject.toml",
        "makefile", "justfile", "tasks.py", ".coveragerc", ".pre-commit-config.yaml",
        ".gitlab-ci.yml", ".travis.yml", "appveyor.yml", ".appveyor.yml", "jenkinsfile",
        "azure-pipelines.yml", "sitecustomize.py", "usercustomize.py",
    }
)  # fmt: skip
_HARNESS_PARTS = frozenset({".github", ".gitlab", ".circleci", ".buildkite", ".woodpecker"})
_LOCK_NAMES = frozenset(
    {"poetry.lock", "uv.lock", "pdm.lock", "pipfile.lock", "pylock.toml", "conda-lock.yml"}
)
_TEST_FILE = re.compile(r"(?:test_.*|.*_tests?|tests?)\.py")
_REQUIREMENTS = re.compile(r".*requirements.*\.(?:txt|in)|constraints.*\.txt")


def violations(
    claim: Claim,
    patch: Patch,
    before: Mapping[TreePath, bytes],
    after: Mapping[TreePath, bytes],
) -> tuple[str, ...]:
    """Return every way in which a patch leaves its case, sorted; none for a patch in scope.

    Args:
        claim: What the case is about.
        patch: The patch.
        before: Content of the touched files that the tree has.
        after: Content of all touched files with the patch.
    """
    found: list[str] = []
    case = case_files(claim)
    allowed = case | _newly_imported(case, before, after)
    for path in patch.paths:
        special = special_role(path)
        if special is not None and path != claim.finding.location.path:
            found.append(f"touches {path}, which is {special}")
        elif path not in allowed and not _is_source(path, before):
            found.append(f"touches {path}, which the case is not about")
        if path not in before and not _may_add(path, patch, case):
            found.append(f"adds {path}, which its remedy may not")
    return tuple(sorted(set(found)))


def beyond(
    claim: Claim, patch: Patch, before: Mapping[TreePath, bytes], after: Mapping[TreePath, bytes]
) -> tuple[TreePath, ...]:
    """Return the modules of the target that a patch changes besides, sorted.

    A fix may well mend the same flaw in a second module. No witness of this case drives that one,
    so that only people can say whether it is right. Arguments as of `violations`.
    """
    case = case_files(claim)
    allowed = case | _newly_imported(case, before, after)
    return tuple(
        path
        for path in sorted(patch.paths)
        if path not in allowed and special_role(path) is None and _is_source(path, before)
    )


def case_files(claim: Claim) -> frozenset[TreePath]:
    """Return the files that the finding is about: its sink, trace and entry point."""
    finding = claim.finding
    files = {finding.location.path, *(step.span.path for step in finding.trace)}
    if finding.entry is not None:
        files.add(finding.entry.path)
    return frozenset(files)


def special_role(path: TreePath) -> str | None:
    """Return what a file is where it judges the code rather than being it, or ``None``."""
    pure = PurePosixPath(path)
    name = pure.name.lower()
    parts = {part.lower() for part in pure.parts[:-1]}
    if name in _HARNESS_NAMES or name.endswith(".pth") or parts & _HARNESS_PARTS:
        return "part of the harness or of continuous integration"
    if parts & _TEST_PARTS or _TEST_FILE.fullmatch(name):
        return "a test"
    if name in _LOCK_NAMES or name.endswith(".lock") or _REQUIREMENTS.fullmatch(name):
        return "a list of requirements or a lock file"
    return None


def _is_source(path: TreePath, before: Mapping[TreePath, bytes]) -> bool:
    return path in before and path.endswith(".py")


def too_large(patch: Patch) -> tuple[str, ...]:
    """Return in which way a patch is larger than the fix of a flaw; people have to judge it."""
    found = []
    if len(patch.paths) > MAX_PATCH_FILES:
        found.append(f"touches {len(patch.paths)} files, more than {MAX_PATCH_FILES}")
    size_bytes = sum(len(e.before.encode()) + len(e.after.encode()) for e in patch.edits)
    size_bytes += sum(len(new.text.encode()) for new in patch.new_files)
    if size_bytes > MAX_PATCH_BYTES:
        found.append(f"changes {size_bytes} bytes, more than {MAX_PATCH_BYTES}")
    return tuple(found)


def _may_add(path: TreePath, patch: Patch, case: frozenset[TreePath]) -> bool:
    """Tell whether a new file is a module that a remedy adds beside a file of the case."""
    folders = {PurePosixPath(file).parent for file in case}
    beside = PurePosixPath(path).parent in folders and path.endswith(".py")
    return patch.origin is PatchOrigin.REMEDY and beside


def _newly_imported(
    case: frozenset[TreePath], before: Mapping[TreePath, bytes], after: Mapping[TreePath, bytes]
) -> frozenset[TreePath]:
    """Return touched files that the patch makes files of the case import from."""
    names: set[str] = set()
    for path in sorted(case & after.keys()):
        names |= _imported_modules(path, after[path])
        names -= _imported_modules(path, before.get(path, b""))
    return frozenset(path for path in after if _module_of(path) & names)


def _imported_modules(path: TreePath, content: bytes) -> set[str]:
    """Return the dotted names that a file's import statements may load."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            folders = PurePosixPath(path).parts[: -node.level] if node.level else ()
            module = ".".join([*folders, *([node.module] if node.module else [])])
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return names


def _module_of(path: TreePath) -> set[str]:
    """Return the dotted names that a file may go by, from whichever folder is a root."""
    pure = PurePosixPath(path)
    parts = pure.parent.parts if pure.name == "__init__.py" else (*pure.parent.parts, pure.stem)
    return {".".join(parts[start:]) for start in range(len(parts))}
