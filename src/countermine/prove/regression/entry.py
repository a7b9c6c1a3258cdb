"""What the target's interpreter says of an entry point: how a test can call it."""

import json
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from countermine.core.entrypoints import Channel, EntryKind
from countermine.core.environment import Environment
from countermine.core.witnesses import Witness
from countermine.ports.sandbox import Exited, Limits, Mount
from countermine.prove import harness
from countermine.prove.commands import OUT, RESULTS_FILE, SCRIPTS, command, out_folder, script
from countermine.prove.drive.payloads import PROBE
from countermine.prove.evidence import clean
from countermine.prove.module_names import module_name
from countermine.prove.regression.answers import Speaks
from countermine.prove.regression.asgi_calls import AsgiRoute
from countermine.prove.regression.calls import BENIGN, FlaskRoute, FunctionCall, Parameter
from countermine.prove.regression.described import DescribedEntry
from countermine.prove.regression.probes import literal
from countermine.prove.regression.program_calls import argument_inputs, stand_in
from countermine.prove.regression.read_entry import is_requested, read_program
from countermine.prove.setting import Setting

_IMPORTED = frozenset({EntryKind.FUNCTION, EntryKind.METHOD, EntryKind.FLASK_VIEW})
ASKED = _IMPORTED | {EntryKind.SCRIPT, EntryKind.ASGI_ROUTE}
"""Kinds of which the target's interpreter can tell how they are called."""


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
    words: list[str] | None = None
    command: str | None = None
    router: bool = False
    client: bool = False
    along: list[tuple[Channel, str, JsonValue]] = []
    speaks: Speaks = Speaks.ASGI
    fields: Channel = Channel.FORM
    maker: list[Parameter] | None = None
    keys: list[str] = []


def describe(
    setting: Setting, environment: Environment, witness: Witness, tree: Path
) -> DescribedEntry | str:
    """Return how an entry point is called, or why that cannot be told.

    Raises:
        SandboxUnavailableError: If the sandbox could not run.
    """
    entry = witness.entry
    module = module_name(entry.path, environment)
    if entry.kind not in ASKED or (module is None and entry.kind in _IMPORTED):
        return f"no test can be written for the {entry.kind.value} {entry.qualname} yet"
    given = argument_inputs(entry, witness.controls[0].inputs)
    request = {
        "kind": entry.kind.value,
        "requested": is_requested(entry),
        "channel": entry.channel.value,
        "module": module,
        "path": entry.path,
        "qualname": entry.qualname,
        "key": entry.key,
        "stand_in": stand_in(0),
        "roots": environment.import_roots,
        "arguments": [[key, stand_in(number)] for number, (_, key) in enumerate(given)],
    }
    # A program's arguments are found as the witness found them.
    inside = Mount(host=Path(harness.__path__[0]), inside=f"{SCRIPTS}/countermine/prove/harness")
    options = setting.options
    limits = Limits(wall_s=options.check_wall_s, memory_bytes=options.memory_bytes)
    with out_folder() as out:
        asked = command(
            environment,
            tree,
            (f"{SCRIPTS}/describe_entry.py", f"{OUT}/{RESULTS_FILE}", json.dumps(request)),
            mounts=(out.mount, script("describe_entry"), script("describe_asgi"), inside),
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
    if told.kind == "program":
        read = read_program(entry, tree)
        if read is None:
            return "its source cannot be read"
        return replace(read, words=_words(told), command=told.command)
    return _described(told)


def _source(value: JsonValue) -> str:
    """Return Python source of a value."""
    match value:
        case str():
            return literal(clean(value))
        case list():
            return f"[{', '.join(map(_source, value))}]"
        case dict():
            items = (f"{literal(clean(key))}: {_source(one)}" for key, one in value.items())
            return f"{{{', '.join(items)}}}"
        case _:
            return repr(value)


def _words(told: _Told) -> tuple[str, ...] | None:
    if told.words is None:
        return None
    # What the harness is known by has no place in a test that is delivered.
    return tuple(clean(word).replace(PROBE, BENIGN) for word in told.words)


def _described(told: _Told) -> DescribedEntry | str:
    if told.error is not None:
        return clean(told.error)
    if told.kind == "asgi":
        return AsgiRoute(
            module=told.module,
            application=told.application,
            router=told.router,
            path=told.rule,
            methods=tuple(told.methods),
            client=told.client,
            along=tuple((channel, key, _source(value)) for channel, key, value in told.along),
            speaks=told.speaks,
            fields=told.fields,
            owner=None if told.maker is None else tuple(told.maker),
            keys=tuple(clean(one) for one in told.keys),
        )
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
