"""Gate 4: every touched file parses with the target's interpreter, and imports as before."""

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from countermine.core.environment import Environment, NoEnvironment
from countermine.core.spans import TreePath, tree_path
from countermine.ports.sandbox import Exited, Limits
from countermine.prove.commands import OUT, RESULTS_FILE, SCRIPTS, command, out_folder, script
from countermine.prove.evidence import clean, evidence
from countermine.prove.module_names import module_name
from countermine.prove.records import ModuleCheck
from countermine.prove.setting import Setting
from countermine.prove.steps import Broken, Passed, Step, Unsettled
from countermine.prove.trees import private_tree
from countermine.prove.trial import Trial

MAX_AT_BASELINE = 40
"""Files that are imported together at gate 0; each further one is imported when it is patched."""

_CHECKS = TypeAdapter(list[ModuleCheck])


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchecked:
    """The check itself did not come to its end."""

    reason: str
    bound: bool
    """Stopped at a bound: that may be for want of time or memory of ours."""


def builds(trial: Trial) -> Step:
    """Compile and import the touched files on both trees, and compare."""
    setting, environment = trial.setting, trial.environment
    touched = tuple(path for path in trial.patch.paths if path.endswith(".py"))
    if not touched:
        return Passed(reason="the patch touches no Python file", applicable=False)
    after = check_modules(setting, environment, touched, trial.patched)
    if isinstance(after, Unchecked) and after.bound:
        return Unsettled(reason=f"on the patched tree, {after.reason}")
    known = _known_at_baseline(trial, touched)
    if known is not None and not isinstance(after, Unchecked):
        step = _compared(known, after)
        if isinstance(step, Passed):
            return step
    # At baseline the files were imported together; what seems worse now is compared like with like.
    old = tuple(path for path in touched if (trial.original / path).is_file())
    before = check_modules(setting, environment, old, trial.original) if old else []
    if isinstance(before, Unchecked):
        return Unsettled(reason=f"on the unpatched tree, {before.reason}")
    if isinstance(after, Unchecked):
        # The unpatched files were imported to the end: the patch makes the import end the process.
        failure = f"importing the patched files: {after.reason}"
        return Broken(reason=failure, failures=(failure,))
    return _compared({check.path: check for check in before}, after)


def _known_at_baseline(
    trial: Trial, touched: tuple[TreePath, ...]
) -> dict[str, ModuleCheck] | None:
    """Return the checks of gate 0, or ``None`` where it did not import every touched file."""
    sound = {one.path: one for one in trial.ground.modules if one.error is None}
    return sound if all(path in sound for path in touched) else None


def importable(setting: Setting, paths: tuple[str, ...]) -> tuple[ModuleCheck, ...]:
    """Return what becomes of files of the unpatched tree; empty where that cannot be told.

    Raises:
        SandboxUnavailableError: If the sandbox could not run.
    """
    environment = setting.environment
    if isinstance(environment, NoEnvironment) or not paths:
        return ()
    with private_tree(setting.root, setting.options) as tree:
        chosen = tuple(tree_path(path) for path in paths[:MAX_AT_BASELINE])
        checks = check_modules(setting, environment, chosen, tree)
    return () if isinstance(checks, Unchecked) else tuple(checks)


def check_modules(
    setting: Setting, environment: Environment, paths: tuple[TreePath, ...], tree: Path
) -> list[ModuleCheck] | Unchecked:
    """Return what became of each file in the sandbox.

    Raises:
        SandboxUnavailableError: If the sandbox could not run.
    """
    request = json.dumps([[path, module_name(path, environment)] for path in paths])
    options = setting.options
    limits = Limits(wall_s=options.check_wall_s, memory_bytes=options.memory_bytes)
    with out_folder() as out:
        asked = command(
            environment,
            tree,
            (f"{SCRIPTS}/check_modules.py", f"{OUT}/{RESULTS_FILE}", request),
            mounts=(out.mount, script("check_modules")),
            limits=limits,
        )
        outcome = setting.sandbox.run(asked)
        content = out.read()
    if not isinstance(outcome, Exited):
        reason = f"the imports were stopped at the {outcome.bound.value} bound"
        return Unchecked(reason=reason, bound=True)
    try:
        return _CHECKS.validate_json(content)
    except ValidationError:
        last = clean(outcome.stderr[-500:].decode("utf-8", "replace"))
        said = f": {last.splitlines()[-1]}" if last else ""
        reason = f"the imports ended with exit code {outcome.exit_code}{said}"
        return Unchecked(reason=reason, bound=False)


def _compared(before: dict[str, ModuleCheck], after: list[ModuleCheck]) -> Step:
    failures = [failure for check in after for failure in _failures(before.get(check.path), check)]
    if failures:
        return Broken(
            reason=f"the patched tree does not build: {failures[0]}",
            failures=tuple(failures),
        )
    unloadable = [check for check in after if check.error is not None]
    files = "1 file parses" if len(after) == 1 else f"{len(after)} files parse"
    if unloadable:
        seen = "\n".join(f"{check.path}: {check.error}" for check in unloadable)
        note = "as before, what cannot be imported still cannot"
        return Passed(reason=f"{files}; {note}", evidence=(evidence("import errors", seen),))
    return Passed(reason=f"{files} and can be imported as before")


def _failures(before: ModuleCheck | None, after: ModuleCheck) -> list[str]:
    path = after.path
    if after.syntax is not None:
        return [f"{path} does not parse: {clean(after.syntax)}"]
    if after.error is not None and (before is None or before.error is None):
        return [f"{path} can no longer be imported: {clean(after.error)}"]
    if after.error is not None and before is not None and _kind(after) != _kind(before):
        return [f"importing {path} now fails otherwise: {clean(after.error)}"]
    if before is None or before.error is not None:
        return []
    return [f"{path} no longer defines {name}" for name in before.names if name not in after.names]


def _kind(check: ModuleCheck) -> str:
    return (check.error or "").partition(":")[0]
