"""Tests of the target that call an entry point: what they set up can be used to drive it.

See docs/decisions/0022-tests-as-drivers.md.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict, ValidationError

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.environment import Environment, NoEnvironment, TestPlan, TestRunner
from countermine.core.errors import SandboxUnavailableError
from countermine.core.spans import tree_path
from countermine.core.witnesses import Stimulus, TestDriver, Witness
from countermine.ports.sandbox import Limits, Mount
from countermine.prove import harness
from countermine.prove.commands import (
    OUT,
    RESULTS_FILE,
    SCRIPTS,
    TREE,
    command,
    out_folder,
    script,
)
from countermine.prove.setting import Setting

MAX_FILES = 6
"""Files of tests that are run to see which tests get to the entry point."""
ENOUGH = 3
"""Tests that are tried as drivers."""
WALL_S = 60.0
AS_IT_IS = "as-the-test-has-it"
_RUNNERS = frozenset({TestRunner.PYTEST, TestRunner.UNITTEST})
_KINDS = frozenset({EntryKind.FUNCTION, EntryKind.METHOD})
_CHANNELS = frozenset({Channel.PARAMETER, Channel.FILE_CONTENT})
_MAX_BYTES = 1 << 20


class _Seen(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str
    path: str


def through(witness: Witness, test: TestDriver) -> Witness:
    """Return a witness that is driven through a test, which must go on working as it is, too."""
    plain = Stimulus(name=AS_IT_IS, inputs=())
    more = (plain,) if witness.controls[0].inputs else ()
    return replace(witness, test=test, controls=(*witness.controls, *more))


def reaching(setting: Setting, witness: Witness) -> tuple[TestDriver, ...]:
    """Return tests of the target that call the entry point of a witness, those found first.

    Only functions and methods whose value is an argument: a request is what a driver of the
    framework makes. None where the target has no tests that one of the runners can run.
    """
    entry, environment = witness.entry, setting.environment
    handed_in = witness.script is not None or witness.driver is not None
    drivable = entry.kind in _KINDS and entry.channel in _CHANNELS and not handed_in
    if not drivable or witness.test is not None or isinstance(environment, NoEnvironment):
        return ()
    plan = environment.tests
    if not isinstance(plan, TestPlan) or plan.runner not in _RUNNERS:
        return ()
    files = _files(setting.root, plan, entry)
    if not files:
        return ()
    try:
        lines = _seen(setting, environment, witness, plan.runner, files)
    except SandboxUnavailableError:
        return ()
    return tuple(
        TestDriver(path=tree_path(one.path), id=one.id, runner=plan.runner.value)
        for one in lines
        if one.path in files and (plan.runner is TestRunner.UNITTEST or one.id.startswith(one.path))
    )[:ENOUGH]


def _files(root: Path, plan: TestPlan, entry: EntryPoint) -> list[str]:
    """Return files of tests that mention the entry point, those that say most of it first."""
    owner, _, name = entry.qualname.rpartition(".")
    if name.startswith("__") and owner:
        owner, name = "", owner.rpartition(".")[2]
    module = PurePosixPath(entry.path)
    stem = module.parent.name if module.stem == "__init__" else module.stem
    words = [part.encode() for part in module.with_suffix("").parts if part != "src"]
    ranked: list[tuple[int, str]] = []
    for path in _test_files(root, plan):
        text = (root / path).read_bytes()[:_MAX_BYTES]
        count = text.count(name.encode())
        beside = stem in PurePosixPath(path).stem and any(word in text for word in words)
        near = 20 * beside + 5 * (owner.encode() in text)
        # Tests seldom name what others call for them.
        if count or beside:
            ranked.append((-min(count, 20) - near, path))
    return [path for _, path in sorted(ranked)[:MAX_FILES]]


def _test_files(root: Path, plan: TestPlan) -> Iterator[str]:
    given = [one for one in plan.arguments if (root / one.partition("::")[0]).exists()]
    for argument in given or (".",):
        start = root / argument.partition("::")[0]
        found = sorted(start.rglob("*.py")) if start.is_dir() else [start]
        for file in found:
            inner = file.is_file() and not file.is_symlink()
            name = file.stem
            if inner and (name.startswith("test") or name.endswith(("_test", "_tests"))):
                yield file.relative_to(root).as_posix()


def _seen(
    setting: Setting,
    environment: Environment,
    witness: Witness,
    runner: TestRunner,
    files: list[str],
) -> list[_Seen]:
    entry = witness.entry
    request = {
        "entry": {
            "kind": entry.kind.value,
            "path": entry.path,
            "qualname": entry.qualname,
            "channel": entry.channel.value,
            "key": entry.key,
            "start_line": entry.start_line,
            "root": f"{TREE}/",
            "import_roots": list(environment.import_roots),
        },
        "runner": runner.value,
        "files": files,
        "enough": ENOUGH,
        "needs_argument": bool(witness.controls[0].inputs),
    }
    inside = Mount(host=Path(harness.__path__[0]), inside=f"{SCRIPTS}/countermine/prove/harness")
    limits = Limits(wall_s=WALL_S, memory_bytes=setting.options.memory_bytes)
    with out_folder() as out:
        asked = command(
            environment,
            setting.root,
            (f"{SCRIPTS}/reaching_tests.py", f"{OUT}/{RESULTS_FILE}", json.dumps(request)),
            mounts=(out.mount, script("reaching_tests"), inside),
            limits=limits,
        )
        setting.sandbox.run(asked)
        content = out.read()
    return list(_lines(content))


def _lines(content: bytes) -> Iterator[_Seen]:
    """Yield what was told; anybody inside may have written other lines."""
    for line in content.splitlines():
        try:
            yield _Seen.model_validate_json(line)
        except ValidationError:
            continue
