"""Everything that the files of a tree declare, in the order in which they are believed."""

import re
from dataclasses import replace
from pathlib import Path

from packaging.utils import canonicalize_name

from countermine.core.spans import TreePath
from countermine.target.declared import Declared
from countermine.target.pyproject import read_pyproject
from countermine.target.requirements import read_requirements_file
from countermine.target.setup_files import (
    read_egg_requires,
    read_metadata,
    read_setup_cfg,
    read_setup_py,
    read_tox,
)
from countermine.target.texts import decode, read_texts

_TEST_FILE = re.compile(
    r"(?:requirements?[-_.]?)?(?:tests?|dev|develop|development|testing|ci)"
    r"(?:[-_.]?requirements?)?\.(?:txt|in|pip)"
)
_FOLDERS_OF_REQUIREMENTS = ("", "requirements/", "reqs/", "tests/", "test/")
_TAG = re.compile(r"^Tag: ([\w.]+)-cp\w+-", re.MULTILINE)
_CLASSIFIED = ("PKG-INFO", "pyproject.toml", "setup.cfg", "setup.py")
_FRAMEWORK = re.compile(r"\bFramework :: (Django|Flask|FastAPI|Wagtail|Celery|aiohttp)\b(?! CMS)")
"""Classifiers that say by which package a project is used: a list that the index keeps, so that
nobody else can claim their names."""
_NAME = re.compile(r"[^\w.-].*", re.DOTALL)
_MAIN_FILES = ("requirements.txt", "requirements/base.txt", "requirements/main.txt")


def read_project(root: Path) -> Declared:
    """Return what the files of a tree declare; nothing of the tree is run."""
    declared = Declared()
    pyproject = read_text(root, "pyproject.toml")
    if pyproject is not None:
        declared = declared.over(read_pyproject(pyproject))
    setup_cfg = read_text(root, "setup.cfg")
    if setup_cfg is not None:
        declared = declared.over(read_setup_cfg(setup_cfg))
    declared = declared.over(_source_archive(root))
    setup_py = read_text(root, "setup.py")
    if setup_py is not None:
        declared = declared.over(read_setup_py(setup_py))
    return with_frameworks(root, _with_files(root, declared))


def read_text(root: Path, path: str) -> str | None:
    """Return the text of a file of the tree; ``None`` when there is no such plain file."""
    data = read_texts(root, [TreePath(path)]).get(TreePath(path))
    return None if data is None else decode(data)


def with_frameworks(root: Path, declared: Declared) -> Declared:
    """Add the frameworks that a project classifies itself by and does not require.

    An application that is plugged into a framework leaves it to its users to have one.
    """
    texts = (read_text(root, path) for path in _CLASSIFIED)
    named = {found for text in texts if text for found in _FRAMEWORK.findall(text)}
    known = {canonicalize_name(_NAME.sub("", one)) for one in declared.requires or ()}
    missing = tuple(sorted(one for one in named if canonicalize_name(one) not in known))
    if not missing:
        return declared
    return replace(declared, requires=(*(declared.requires or ()), *missing))


def _source_archive(root: Path) -> Declared:
    """Read what the tool that packed a source archive left in it."""
    declared = Declared()
    for folder in sorted(root.glob("*.egg-info")) + sorted(root.glob("src/*.egg-info")):
        requires = read_text(root, f"{folder.relative_to(root).as_posix()}/requires.txt")
        if requires is not None:
            declared = declared.over(read_egg_requires(requires))
    metadata = carried_metadata(root)
    if metadata is not None:
        declared = declared.over(read_metadata(metadata, built=False))
    return declared


def carried_metadata(root: Path) -> str | None:
    """Return the metadata at the top of an unpacked release; a working copy has none there."""
    metadata = read_text(root, "PKG-INFO")
    for folder in sorted(root.glob("*.dist-info")):
        metadata = metadata or read_text(root, f"{folder.name}/METADATA")
    return metadata


def compiled_for(root: Path) -> frozenset[tuple[int, int]]:
    """Return the versions of CPython that an unpacked wheel was compiled for; empty for any."""
    texts = [
        read_text(root, f"{folder.name}/WHEEL") or "" for folder in sorted(root.glob("*.dist-info"))
    ]
    tags = {tag for text in texts for found in _TAG.findall(text) for tag in found.split(".")}
    versions = {match for tag in tags if (match := re.fullmatch(r"cp(\d)(\d+)", tag))}
    return frozenset((int(match[1]), int(match[2])) for match in versions)


def _with_files(root: Path, declared: Declared) -> Declared:
    def read(path: str) -> str | None:
        return read_text(root, path)

    tests = Declared()
    named: list[str] = []
    tox = read("tox.ini")
    if tox is not None:
        requirements, named_files = read_tox(tox)
        tests = Declared(test_requires=requirements)
        named += [path for path in named_files if path not in _MAIN_FILES]
    named += _test_files(root)
    for path in dict.fromkeys(named):
        lines = read_requirements_file(path, read)
        tests = tests.over(Declared(test_requires=lines.requirements, notes=lines.notes))
    declared = declared.over(tests)
    if declared.requires is None:
        main = next((path for path in _MAIN_FILES if read(path) is not None), None)
        if main is not None:
            lines = read_requirements_file(main, read)
            declared = declared.over(Declared(requires=lines.requirements, notes=lines.notes))
    return declared


def _test_files(root: Path) -> list[str]:
    found: list[str] = []
    for folder in _FOLDERS_OF_REQUIREMENTS:
        place = root / folder
        if place.is_dir() and not place.is_symlink():
            names = sorted(path.name for path in place.iterdir() if path.suffix)
            found += [
                folder + name
                for name in names
                if _TEST_FILE.fullmatch(name) and (folder or "requirement" in name)
            ]
            if folder in {"tests/", "test/"} and (place / "requirements.txt").is_file():
                found.append(folder + "requirements.txt")
    return found
