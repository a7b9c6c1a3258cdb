"""What a Python file is for, told by its path and, for generated code, by its first lines."""

import re

from countermine.core.inventory import FileRole
from countermine.core.spans import TreePath

_TEST_FOLDERS = frozenset({"test", "tests", "testsuite", "unittests", "testdata", "test_data"})
_TEST_NAMES = frozenset({"conftest.py", "tests.py", "test.py", "runtests.py", "run_tests.py"})
_VENDORED_FOLDERS = frozenset(
    {"vendor", "_vendor", "vendored", "_vendored", "vendors", "third_party", "thirdparty"}
    | {"third-party", "site-packages", "dist-packages", "node_modules"}
)
_EXAMPLE_FOLDERS = frozenset(
    {"example", "examples", "sample", "samples", "demo", "demos", "tutorial", "tutorials"}
    | {"doc", "docs", "benchmark", "benchmarks"}
)
_ROLE_OF_FOLDER = {
    **dict.fromkeys(_EXAMPLE_FOLDERS, FileRole.EXAMPLE),
    **dict.fromkeys(_TEST_FOLDERS, FileRole.TEST),
    **dict.fromkeys(_VENDORED_FOLDERS, FileRole.VENDORED),
}
_BUILD_NAMES = frozenset(
    {"setup.py", "noxfile.py", "fabfile.py", "dodo.py", "wscript", "waf", "sconstruct"}
    | {"sconscript", "versioneer.py", "ez_setup.py", "distribute_setup.py"}
)
_DOCUMENTATION_FOLDERS = frozenset({"doc", "docs"})
_GENERATED_NAME = re.compile(r"(_pb2(_grpc)?|^parsetab|^lextab|^yacctab)\.pyi?$")
_GENERATED_HEADER = re.compile(
    rb"^[ \t]*#[^\n]*?(?:@generated|\bauto-?\s?generated\b|\bgenerated (?:automatically )?by\b"
    rb"|\bgenerated from\b|\bdo not (?:edit|modify)\b|\bautomatically generated\b)",
    re.IGNORECASE | re.MULTILINE,
)

_HEADER_BYTES = 600
"""How far a note that a file is generated is looked for: the usual licence header ends before."""


def role_of_path(path: TreePath) -> FileRole:
    """Return the role that a path alone shows; the outermost telling folder decides."""
    *folders, name = path.lower().split("/")
    for folder in folders:
        if folder in _DOCUMENTATION_FOLDERS and name == "conf.py":
            return FileRole.BUILD
        if folder in _ROLE_OF_FOLDER:
            return _ROLE_OF_FOLDER[folder]
    if name in _TEST_NAMES or name.startswith("test_") or name.endswith("_test.py"):
        return FileRole.TEST
    if name in _BUILD_NAMES:
        return FileRole.BUILD
    return FileRole.GENERATED if _GENERATED_NAME.search(name) else FileRole.SOURCE


def says_generated(head: bytes) -> bool:
    """Tell whether a comment among the first lines says that a program wrote the file."""
    return _GENERATED_HEADER.search(head[:_HEADER_BYTES]) is not None
