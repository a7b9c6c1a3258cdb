"""Makes the environment that a target runs in: an interpreter with what the target declares."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from threading import Event

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from countermine.core.environment import (
    BuiltEnvironment,
    Environment,
    NoEnvironment,
    NoTests,
    TestPlan,
    TestRunner,
)
from countermine.core.errors import EnvironmentLacksError
from countermine.core.inventory import Inventory
from countermine.core.targets import Target, TargetKind
from countermine.ports.sandbox import Sandbox
from countermine.target.declared import Declared
from countermine.target.fetched import IndexOptions
from countermine.target.interpreters import (
    Interpreter,
    Unsuitable,
    choose_interpreter,
    find_interpreters,
    named_interpreter,
    packages_until,
    usual_folders,
)
from countermine.target.inventory import take_inventory
from countermine.target.layout import (
    compare,
    guess_roots,
    place_generated,
    place_metadata,
    place_scripts,
    place_told_metadata,
)
from countermine.target.own_build import BuiltWheel, build_wheel, released_wheel
from countermine.target.project import (
    compiled_for,
    read_project,
    read_text,
    with_frameworks,
)
from countermine.target.pyproject import read_pyproject
from countermine.target.pytest_config import read_pytest_config
from countermine.target.release_day import dated
from countermine.target.requirements import sort_requirements
from countermine.target.resolve import Installed, install
from countermine.target.setup_files import read_metadata
from countermine.target.state import fill_slot
from countermine.target.tests_of_target import plans_of_tests
from countermine.target.texts import read_file
from countermine.target.workshop import Cutoff, Failed, Workshop, interpreter_mounts

_AREA = "environments"
_FORMAT = "4"
"""Part of every key: raised when environments are made in another way."""

_TOOLS = frozenset(
    {"bandit", "black", "build", "bump2version", "bumpversion", "check-manifest", "codecov"}
    | {"coveralls", "curlylint", "furo", "isort", "jinjalint", "mypy", "nox", "pep8-naming"}
    | {"pre-commit", "pyroma", "ruff", "towncrier", "tox", "twine", "zest-releaser"}
)
_TOOL_FAMILIES = ("flake8", "mkdocs", "pylint", "sphinx")
"""Listed beside tests in many projects, and no test imports them."""

_KEPT = frozenset({"own", "released", "generated"})
"""Folders of an environment that is being made which do not depend on what is installed."""

_SEED = "setuptools"
_SEED_UNTIL = (3, 12)
"""Before this version a fresh virtual environment held setuptools, and much code counts on it."""

_KEYED_SUFFIXES = (
    *(".toml", ".cfg", ".ini", ".txt", ".in", ".lock", ".c", ".cc", ".cpp", ".h"),
    *(".pyx", ".pxd", ".rs", ".build"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentOptions:
    """What cannot be guessed, and where things are."""

    state: Path
    """The program's state folder."""
    index: IndexOptions = field(default_factory=IndexOptions)
    python: str | None = None
    """Absolute path of an interpreter, or a version such as ``3.9``."""
    install: tuple[str, ...] = ()
    """Requirements to install instead of the declared ones."""
    test: tuple[str, ...] = ()
    """Command line of the tests."""
    environment: str | None = None
    """Folder of an existing virtual environment, used as it is."""
    interpreters: tuple[Path, ...] | None = None
    """Folders whose children are interpreters; ``None`` for the usual ones below the home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is to be made, before anything is."""

    target: Target
    declared: Declared
    interpreter: Interpreter
    cutoff: Cutoff
    tests: TestPlan | NoTests
    with_pytest: bool
    options: EnvironmentOptions


def build_environment(
    target: Target,
    sandbox: Sandbox,
    options: EnvironmentOptions,
    inventory: Inventory | None = None,
) -> BuiltEnvironment:
    """Return the environment of a target, out of the state folder where it was made before.

    Only what the target declares is installed, never a name guessed from an import. Code of the
    target and of packages runs in the sandbox alone, without network. The target itself is not
    installed, so that a patched tree is what is imported; its metadata is.

    Raises:
        BadUsageError: If the options name an interpreter or environment that is none.
    """
    target = dated(target, options.state, options.index)
    root = Path(target.root)
    declared = read_project(root)
    if options.install:
        declared = replace(declared, requires=options.install, test_requires=())
    plans = plans_of_tests(
        root, inventory or take_inventory(root), options.test, wants_pytest=_wants_pytest(declared)
    )
    ways = () if isinstance(plans, NoTests) else plans
    tests = plans if isinstance(plans, NoTests) else plans[0]
    others = ways[1:]
    if options.environment:
        found = existing_environment(root, options.environment, tests)
        return replace(found, other_tests=others)
    interpreter = _interpreter(declared, target, options)
    if isinstance(interpreter, Unsuitable):
        return NoEnvironment(reason=interpreter.reason)
    plan = _Plan(
        target=target,
        declared=declared,
        interpreter=interpreter,
        cutoff=Cutoff(day=packages_until(interpreter.version, target.released)),
        tests=tests,
        with_pytest=any(plan.runner is TestRunner.PYTEST for plan in ways),
        options=options,
    )
    try:
        slot = fill_slot(
            options.state, _AREA, _key(plan, sandbox), lambda folder: _make(plan, sandbox, folder)
        )
    except EnvironmentLacksError as error:
        return NoEnvironment(reason=str(error))
    facts = json.loads(slot.facts["environment"])
    return Environment(
        python=str(slot.folder / "venv/bin/python"),
        version=interpreter.version,
        mounts=(str(slot.folder / "venv"), *interpreter_mounts(interpreter)),
        import_roots=tuple(facts["import_roots"]),
        tests=tests,
        other_tests=others,
        missing=tuple(facts["missing"]),
        generated=str(slot.folder / "generated") if facts["generated"] else None,
        notes=tuple(facts["notes"]),
    )


def _make(plan: _Plan, sandbox: Sandbox, folder: Path) -> Mapping[str, str]:
    shop = Workshop(
        sandbox=sandbox,
        folder=folder,
        state=plan.options.state,
        interpreter=plan.interpreter,
        index=plan.options.index,
    )
    root = Path(plan.target.root)
    notes: list[str] = list(plan.declared.notes)
    told = _requirements(plan.declared, plan)
    tried, ready = _side_by_side(shop, told[0], plan)
    declared = plan.declared
    roots: tuple[str, ...] = guess_roots(root)
    generated = False
    built = _released(shop, plan, tried, notes) if isinstance(tried, Failed) else tried
    if isinstance(built, BuiltWheel):
        if not plan.options.install:
            declared = with_frameworks(root, _built_metadata(built).over(declared))
        layout = compare(root, built.contents)
        roots = layout.import_roots
        generated = place_generated(layout, folder / "generated")
        if layout.mapped:
            notes.append("the build moves modules, so that some cannot be imported from the tree")
    wanted = _requirements(declared, plan)
    if wanted != told:
        for made in (path for path in folder.iterdir() if path.name not in _KEPT):
            shutil.rmtree(made) if made.is_dir() else made.unlink()
        ready = _installed(shop, wanted[0], plan)
    refused, (python, installed) = wanted[1], ready
    site_packages = next((folder / "venv/lib").glob("python3.*/site-packages"))
    if isinstance(built, BuiltWheel):
        place_metadata(built.contents, site_packages)
    else:
        place_told_metadata(root, declared, site_packages)
    place_scripts(site_packages, {canonicalize_name(declared.name or "")}, folder / "venv/bin")
    # Old packages hold files that no Python 3 compiles: how this ends says nothing.
    shop.compile_bytecode(python, site_packages)
    for leftover in sorted(folder.iterdir()):
        if leftover.name not in {"venv", "generated"}:
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    # That the seed could not be had, or not as of the day, is nothing the target asked for.
    missing = [f"{one}: {why}" for one, why in installed.missing.items() if one != _SEED]
    notes += [note for name, note in installed.notes.items() if name != _SEED]
    facts = {
        "import_roots": roots,
        "missing": (*refused, *missing),
        "generated": generated,
        "notes": notes,
    }
    return {"environment": json.dumps(facts), "target": plan.target.spec}


def _side_by_side(
    shop: Workshop, told: tuple[Requirement, ...], plan: _Plan
) -> tuple[BuiltWheel | Failed | None, tuple[Path, Installed]]:
    """Install what is declared, which is mostly all there is, while the wheel is being built.

    What that is built with is fetched first, since the two cannot be fetched at once.
    """
    fetched = Event()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="install") as pool:
        ahead = pool.submit(_installed, shop, told, plan, fetched)
        try:
            built = _build_own(shop, plan, fetched)
        finally:
            fetched.set()
        return built, ahead.result()


def _installed(
    shop: Workshop, requirements: tuple[Requirement, ...], plan: _Plan, turn: Event | None = None
) -> tuple[Path, Installed]:
    """Make the environment that stays, and install into it; return its interpreter as well."""
    python = shop.make_venv("venv")
    if turn is not None:
        turn.wait()
    return python, install(shop, python, requirements, plan.cutoff)


def existing_environment(root: Path, folder: str, tests: TestPlan | NoTests) -> Environment:
    """Return a virtual environment of the user's as the target's environment.

    Raises:
        BadUsageError: If the folder is no virtual environment.
    """
    interpreter = named_interpreter(str(Path(folder) / "bin/python"))
    return Environment(
        python=str(Path(folder).absolute() / "bin/python"),
        version=interpreter.version,
        mounts=(str(Path(folder).absolute()), *interpreter_mounts(interpreter)),
        import_roots=guess_roots(root),
        tests=tests,
    )


def _interpreter(
    declared: Declared, target: Target, options: EnvironmentOptions
) -> Interpreter | Unsuitable:
    if options.python and "/" in options.python:
        return choose_interpreter([named_interpreter(options.python)], None, None)
    folders = options.interpreters
    found = find_interpreters(usual_folders(Path.home()) if folders is None else folders)
    if options.python:
        wanted = tuple(int(part) for part in options.python.split(".")[:2] if part.isdigit())
        found = tuple(one for one in found if one.version == wanted)
        if not found:
            return Unsuitable(reason=f"Python {options.python} is not on this machine")
        return choose_interpreter(found, None, None)
    compiled = compiled_for(Path(target.root))
    fitting = tuple(one for one in found if one.version in compiled)
    return choose_interpreter(fitting or found, declared.requires_python, target.released)


def _build_own(shop: Workshop, plan: _Plan, fetched: Event) -> BuiltWheel | Failed | None:
    """Build the target's own wheel; ``None`` where it is no package."""
    root = Path(plan.target.root)
    pyproject = read_text(root, "pyproject.toml")
    declares = pyproject is not None and read_pyproject(pyproject)
    is_package = (root / "setup.py").is_file() or (root / "setup.cfg").is_file()
    if declares and (declares.name or declares.build_requires is not None):
        is_package = True
    if not is_package:
        return None
    return build_wheel(shop, root, "own", plan.cutoff, _version(plan), fetched=fetched.set)


def _released(shop: Workshop, plan: _Plan, failed: Failed, notes: list[str]) -> BuiltWheel | None:
    """Fetch the wheel of a release that cannot be built here; ``None`` where there is none."""
    notes.append(f"the target's own wheel could not be built: {failed.reason}")
    target = plan.target
    is_release = target.kind is TargetKind.DIRECTORY and target.released is not None
    if target.kind is not TargetKind.PYPI and not is_release:
        return None
    name = plan.declared.name or target.name
    found = released_wheel(shop, name, _version(plan), plan.cutoff)
    if isinstance(found, Failed):
        return None
    notes.append("what only a build makes is taken from the wheel of this release")
    return found


def _version(plan: _Plan) -> str:
    told = plan.target.revision if plan.target.kind is TargetKind.PYPI else None
    return told or plan.declared.version or "0.0.0"


def _built_metadata(built: BuiltWheel) -> Declared:
    for path in sorted(built.contents.glob("*.dist-info/METADATA")):
        return read_metadata(path.read_text("utf-8", "replace"), built=True)
    return Declared()


def _requirements(
    declared: Declared, plan: _Plan
) -> tuple[tuple[Requirement, ...], tuple[str, ...]]:
    """Return what to install, the most important first, and what cannot be asked for."""
    version = plan.interpreter.version
    own = declared.name or plan.target.name
    needed = sort_requirements(declared.requires or (), own, version)
    plugins = () if plan.options.install else read_pytest_config(Path(plan.target.root)).plugins
    tested = sort_requirements((*declared.test_requires, *plugins), own, version)
    wanted = list(needed.usable)
    names = {canonicalize_name(one.name) for one in wanted}
    tests = [one for one in tested.usable if not _is_tool(canonicalize_name(one.name))]
    if isinstance(plan.tests, NoTests):
        tests = []
    have = names | {canonicalize_name(one.name) for one in tests}
    if plan.with_pytest and "pytest" not in have:
        wanted.append(Requirement("pytest"))
    named = {canonicalize_name(one.name) for one in tests if one.specifier}
    for one in tests:
        # A bare name beside the same name with a version says nothing more.
        bare = not one.specifier and canonicalize_name(one.name) in named
        if not bare and str(one) not in {str(other) for other in wanted}:
            wanted.append(one)
    if version < _SEED_UNTIL and _SEED not in have:
        wanted.append(Requirement(_SEED))
    return tuple(wanted), (*needed.refused, *tested.refused)


def _is_tool(name: str) -> bool:
    return name in _TOOLS or name.split("-", maxsplit=1)[0] in _TOOL_FAMILIES


def _wants_pytest(declared: Declared) -> bool:
    named = sort_requirements(declared.test_requires, None, (3, 11)).usable
    return any(canonicalize_name(one.name) == "pytest" for one in named)


def _key(plan: _Plan, sandbox: Sandbox) -> str:
    """Return the name of the environment: what it is made of, and nothing that changes daily."""
    digest = hashlib.sha256()
    told = {
        "format": _FORMAT,
        "interpreter": asdict(plan.interpreter),
        "cutoff": plan.cutoff.day,
        "declared": asdict(plan.declared),
        "version": _version(plan),
        "tested": not isinstance(plan.tests, NoTests),
        "with pytest": plan.with_pytest,
        "index": hashlib.sha256(repr(plan.options.index).encode()).hexdigest(),
        "isolated": sandbox.isolated,
    }
    digest.update(json.dumps(told, sort_keys=True).encode())
    root = Path(plan.target.root)
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith("."))
        here = Path(folder)
        for name in sorted(files):
            digest.update(os.fsencode((here / name).relative_to(root).as_posix()) + b"\0")
            if name.endswith(_KEYED_SUFFIXES) or (here == root and name.endswith(".py")):
                digest.update(_content_digest(here / name))
    named = plan.declared.name or plan.target.name
    safe = "".join(char for char in named if char.isalnum() or char in "-_")[:40]
    return f"{safe or 'target'}-{digest.hexdigest()[:24]}"


def _content_digest(path: Path) -> bytes:
    data = read_file(str(path))
    return hashlib.sha256(data if isinstance(data, bytes) else data.encode()).digest()
