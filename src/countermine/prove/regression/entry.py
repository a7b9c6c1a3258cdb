"""What the target's interpreter says of an entry point: how a test can call it."""

import json
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, ValidationError

from countermine.core.entrypoints import EntryKind, EntryPoint
from countermine.core.environment import Environment
from countermine.ports.sandbox import Exited, Limits
from countermine.prove.commands import OUT, RESULTS_FILE, SCRIPTS, command, out_folder, script
from countermine.prove.evidence import clean
from countermine.prove.module_names import module_name
from countermine.prove.regression.calls import FlaskRoute, FunctionCall, Parameter
from countermine.prove.setting import Setting

DescribedEntry: TypeAlias = FunctionCall | FlaskRoute

_DRIVEN = frozenset({EntryKind.FUNCTION, EntryKind.METHOD, EntryKind.FLASK_VIEW})


class _Told(BaseModel):
    model_config = ConfigDict(extra="ignore")

    error: str | None = None
    kind: str = ""
    parameters: list[Parameter] = []
    owner: list[Parameter] = []
    coroutine: bool = False
    generator: bool = False
    module: str = ""
    application: str = ""
    rule: str = ""
    methods: list[str] = []


def describe(
    setting: Setting, environment: Environment, entry: EntryPoint, tree: Path
) -> DescribedEntry | str:
    """Return how an entry point is called, or why that cannot be told.

    Raises:
        SandboxUnavailableError: If the sandbox could not run.
    """
    module = module_name(entry.path, environment)
    if module is None or entry.kind not in _DRIVEN:
        return f"no test can be written for the {entry.kind.value} {entry.qualname} yet"
    request = {
        "kind": entry.kind.value,
        "module": module,
        "path": entry.path,
        "qualname": entry.qualname,
    }
    options = setting.options
    limits = Limits(wall_s=options.check_wall_s, memory_bytes=options.memory_bytes)
    with out_folder() as out:
        asked = command(
            environment,
            tree,
            (f"{SCRIPTS}/describe_entry.py", f"{OUT}/{RESULTS_FILE}", json.dumps(request)),
            mounts=(out.mount, script("describe_entry")),
            limits=limits,
        )
        outcome = setting.sandbox.run(asked)
        content = out.read()
    if not isinstance(outcome, Exited):
        return f"loading {entry.path} was stopped at the {outcome.bound.value} bound"
    try:
        told = _Told.model_validate_json(content)
    except ValidationError:
        return f"loading {entry.path} ended with exit code {outcome.exit_code}"
    return _described(told)


def _described(told: _Told) -> DescribedEntry | str:
    if told.error is not None:
        return clean(told.error)
    if told.kind == "flask":
        return FlaskRoute(
            module=told.module,
            application=told.application,
            rule=told.rule,
            methods=tuple(told.methods),
        )
    return FunctionCall(
        kind=told.kind,
        parameters=tuple(told.parameters),
        owner=tuple(told.owner),
        coroutine=told.coroutine,
        generator=told.generator,
    )
