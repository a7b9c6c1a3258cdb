"""How a test calls an entry point: the statements, the imports and the fixtures they need."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace

from countermine.core.entrypoints import Channel
from countermine.core.regressions import RegressionProbe
from countermine.prove.harness import usage
from countermine.prove.harness.arguments import OWN_FOLDER
from countermine.prove.regression.probes import literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a function of the target."""

    name: str
    kind: str
    optional: bool
    annotation: str
    use: str = ""
    """Its shape by what the function does with it."""
    chosen: str | None = None
    """The text that it gets, of those that the function compares it with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionCall:
    """A function, or a method of an object that can be made."""

    kind: str
    """``function``, ``static``, ``class``, ``instance`` or ``constructor``."""
    parameters: tuple[Parameter, ...] = ()
    owner: tuple[Parameter, ...] = ()
    """Parameters of the class's constructor."""
    coroutine: bool = False
    generator: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaskRoute:
    """A route of a Flask application."""

    module: str
    application: str
    """Expression that gives the application: ``app`` or ``create_app()``."""
    rule: str
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The source that drives the target with ``value``."""

    expression: str
    """Gives the answer of the target."""
    before: tuple[str, ...] = ()
    """Statements right before the call, which the target may refuse as well as that."""
    answer: str
    """Expression of ``seen``: the answer as text, in terms of ``{}``, which is the call."""
    sent_to: str | None = None
    """Expression of ``sent_to``: where the answer sends visitors, in terms of ``{}``."""
    headed: str | None = None
    """Expression of ``headed``: the lines of the answer's headers, in terms of ``{}``."""
    imports: tuple[str, ...] = ()
    setup: tuple[str, ...] = ()
    fixtures: tuple[str, ...] = ()
    """Fixtures of the target's own tests that the expression uses; for pytest only."""
    subject: str
    """What the test's name calls the entry point."""
    around: tuple[str, ...] = ()
    """Context managers around the call."""
    program: bool = False
    """The call runs a program: it may end by ``SystemExit``, and its answer is what it prints."""
    helpers: str = ""
    """A function at the top level of the test's module, there if it is used."""
    start: tuple[str, ...] = ()
    """Statements between the imports of libraries and those of the target."""


BENIGN = "sample"
_HOLDER = "made"
"""What a test calls an object that it needs more than once."""

_FOLDERS = re.compile(r"(dir|directory|folder|root|base|dest|destination|outdir|target)s?$")
_FILES = re.compile(r"(path|file|filename|fname|src|source|infile|input)s?(_?name)?$|^file")
_COUNTS = re.compile(
    r"^(n|i|k|count|size|num|number|limit|offset|port|timeout|length|index|level|depth|width|height"
    r"|max|min|page|id|pk|seed|year|month|day|age|amount|price|quantity)$|_(id|count|size|len)$"
)
_HOSTS = re.compile(r"^(host|host_?name|(bind|server|listen)_?(host|address|addr)|interface)$")
_PORTS = re.compile(r"(^|_)port$")
_REPOSITORIES = re.compile(r"^(repo|repository|git|hg|clone|remote|vcs|source)_?(url|uri|address)$")
_MAPPINGS = re.compile(
    r"^(config|conf|cfg|options|opts|settings|params|headers|kwargs|context|ctx|env|environ|meta"
    r"|metadata|attrs|attributes|extra|mapping)$"
)
_DATABASES = re.compile(r"^(conn|connection|db|database|cursor|cur|curs|dbh|con|db_conn)$")
_STREAM_NAMES = re.compile(r"^(fp|fd_?obj|fobj|fh|f|stream|file_?(obj|object|handle|like))$")
_STREAMS = frozenset({"IO", "TextIO", "BinaryIO", "BytesIO", "StringIO", "BufferedReader"})
_LISTS = frozenset({"list", "List", "Sequence", "Iterable", "Collection", "tuple", "Tuple", "set"})
_BY_ANNOTATION = (
    (_LISTS, "[]"),
    ({"dict", "Dict", "Mapping", "MutableMapping"}, "{}"),
    ({"str"}, literal(BENIGN)),
    ({"bytes", "bytearray"}, f"b{literal(BENIGN)}"),
    ({"int"}, "1"),
    ({"float", "Decimal", "complex"}, "1.0"),
    ({"bool"}, "False"),
    ({"Path", "PurePath", "PathLike"}, "inside"),
)


_BY_USE = {
    usage.OBJECT: "mock.MagicMock()",
    usage.CALLABLE: "mock.Mock()",
    usage.MAPPING: "{}",
    usage.BYTES: 'b""',
    usage.STREAM: 'io.BytesIO(b"")',
    usage.PATH: 'Path(inside / "sample.txt")',
}


def words(annotation: str) -> set[str]:
    """Return the plain names in an annotation."""
    return set(re.findall(r"[A-Za-z_]\w*", annotation)) - {"typing", "Optional", "Union", "None"}


def benign(parameter: Parameter) -> str:
    """Return source of a harmless argument, by the annotation or else by the name."""
    kinds = words(parameter.annotation)
    if kinds & {"Connection", "Cursor"} or _DATABASES.match(parameter.name):
        return "database"
    if kinds & _STREAMS or (not kinds and _STREAM_NAMES.match(parameter.name)):
        return 'io.BytesIO(b"")'
    for names, source in _BY_ANNOTATION:
        if kinds & names:
            return _named_as(parameter).get(source, source)
    if not kinds and usage.within(parameter.use) is not None:
        return "[]"
    for pattern, source in (
        (_HOSTS, literal("localhost")),
        (_PORTS, "0"),
        (_COUNTS, "1"),
        (_REPOSITORIES, literal(f"https://git.example.test/{BENIGN}.git")),
        (_FOLDERS, _folder(parameter)),
        (_FILES, 'str(inside / "sample.txt")'),
        (_MAPPINGS, "{}"),
    ):
        if pattern.search(parameter.name):
            return source
    return _BY_USE.get(parameter.use, literal(BENIGN))


def _named_as(parameter: Parameter) -> dict[str, str]:
    """Return what takes the place of a text or number where the name of a parameter says more."""
    better = {}
    if _FOLDERS.search(parameter.name):
        better[literal(BENIGN)] = _folder(parameter)
    if _HOSTS.search(parameter.name):
        better[literal(BENIGN)] = literal("localhost")
    if _PORTS.search(parameter.name):
        better["1"] = "0"
    return better


def _folder(parameter: Parameter) -> str:
    return 'f"{inside}/"' if parameter.use == usage.PREFIX else "str(inside)"


def attacked(parameter: Parameter, probe: RegressionProbe) -> str:
    """Return source of the argument that carries ``value``, in the type that is wanted."""
    kinds = words(parameter.annotation)
    layers = usage.undone(parameter.use)
    if layers:
        return _undone(layers, as_bytes(probe) if "bytes" in kinds else as_text(probe))
    inner = None if kinds else usage.within(parameter.use)
    if inner is not None:
        return f"[{attacked(replace(parameter, use=inner), probe)}]"
    stream = kinds & _STREAMS or (not kinds and _STREAM_NAMES.match(parameter.name))
    path = kinds & {"Path", "PurePath"} and "str" not in kinds
    path = path or (not kinds and parameter.use == usage.PATH)
    if probe.by_file and not stream:
        return "sample" if path else "str(sample)"
    if stream:
        text = kinds & {"TextIO", "StringIO"}
        return f"io.StringIO({as_text(probe)})" if text else f"io.BytesIO({as_bytes(probe)})"
    if path and not kinds & ({"bytes", "bytearray"} | _LISTS):
        return f"Path({as_text(probe)})"
    return _as_value(parameter, kinds, probe)


def _undone(layers: list[tuple[str, str]], source: str) -> str:
    """Return source of a value in the form that is taken off it first."""
    for owner, inverse in reversed(layers):
        root, dot, rest = owner.partition(".")
        source = f"{_HOLDER if root == 'self' else root}{dot}{rest}.{inverse}({source})"
    return source


_GIVEN = 'type("Given", (), {"__getattr__": lambda *_: value})()'
"""An object each of whose attributes is the value."""


_UNDER_EVERY_KEY = (
    'type("Given", (dict,), {"get": lambda *_: value, "__getitem__": lambda *_: value, '
    '"__contains__": lambda *_: True, "__bool__": lambda _: True})()'
)
"""A mapping that holds the value under every key."""


def _as_value(parameter: Parameter, kinds: set[str], probe: RegressionProbe) -> str:
    mapped = parameter.use in {usage.OBJECT, usage.MAPPING} and _MAPPINGS.match(parameter.name)
    if not kinds and mapped:
        return _UNDER_EVERY_KEY
    if not kinds and parameter.use == usage.OBJECT:
        return _GIVEN
    used_as_bytes = not kinds and parameter.use == usage.BYTES
    if used_as_bytes or (kinds & {"bytes", "bytearray"} and "str" not in kinds):
        return f"[{as_bytes(probe)}]" if kinds & _LISTS else as_bytes(probe)
    if kinds & _LISTS:
        return f"[{as_text(probe)}]"
    return as_text(probe) if "str" in kinds else "value"


def as_bytes(probe: RegressionProbe) -> str:
    """Return source of the value as bytes."""
    return "value" if probe.binary else "value.encode()"


def as_text(probe: RegressionProbe) -> str:
    """Return source of the value as text."""
    return 'value.decode("latin-1")' if probe.binary else "value"


def harmless(channel: Channel, text: str) -> str:
    """Return source of a value that goes along, in the type that its channel takes."""
    binary = channel in {Channel.UPLOAD_CONTENT, Channel.BODY}
    if not binary:
        return literal(text)
    return f"b{literal(text)}" if text.isascii() else repr(text.encode())


def function_call(
    call: FunctionCall, module: str, qualname: str, key: str | None, probe: RegressionProbe
) -> Call | None:
    """Return the call of a function or method, or ``None`` when nothing takes the value."""
    # Where any input will do, the attack's own may not even have the right type.
    wanted = None if probe.inputless else _wanted(call.parameters, key)
    kept = None
    if wanted is None and not probe.inputless:
        kept = key if call.kind == "instance" and key in {one.name for one in call.owner} else None
        if kept is None:
            return None
    arguments = _arguments(call.parameters, wanted, probe)
    top, _, rest = qualname.partition(".")
    callee = qualname
    before: tuple[str, ...] = ()
    if call.kind == "instance":
        made = made_by(qualname.rpartition(".")[0], call.owner, probe, wanted=kept)
        if f"{_HOLDER}." in arguments:
            made, before = _HOLDER, (f"{_HOLDER} = {made}",)
        callee = f"{made}.{qualname.rpartition('.')[2]}"
    elif call.kind == "constructor":
        callee = qualname.rpartition(".")[0]
    expression = f"{callee}({arguments})"
    if call.coroutine:
        expression = f"asyncio.run({expression})"
    if call.generator:
        expression = f"list({expression})"
    return Call(
        expression=expression,
        answer="repr({})",
        sent_to='str(getattr({}, "headers", {{}}).get("Location", ""))',
        imports=(
            f"from {module} import {top}",
            *standard_imports(expression),
            *_imports_of_owners(call.parameters, module, top),
        ),
        setup=(*before, *setup_of(" ".join([*before, expression]), probe)),
        subject=subject_of(rest or top),
    )


def _imports_of_owners(parameters: tuple[Parameter, ...], module: str, known: str) -> list[str]:
    """Return the imports of what puts on a value what the entry point takes off."""
    owners = [owner.partition(".")[0] for one in parameters for owner, _ in usage.undone(one.use)]
    names = [one for one in dict.fromkeys(owners) if one not in {"self", known}]
    return [
        f"import {one}" if one in sys.stdlib_module_names else f"from {module} import {one}"
        for one in names
    ]


def with_choices(call: FunctionCall) -> Iterator[FunctionCall]:
    """Yield a call, with a value that is bytes if it may have to be, and with compared texts."""
    yield call
    if any(usage.undone(one.use) for one in call.parameters):
        yield replace(
            call,
            parameters=tuple(
                replace(one, annotation="bytes") if usage.undone(one.use) else one
                for one in call.parameters
            ),
        )
    known = [usage.choices(one.use) for one in call.parameters]
    for at in range(max(map(len, known), default=0)):
        yield replace(
            call,
            parameters=tuple(
                replace(one, chosen=texts[min(at, len(texts) - 1)]) if texts else one
                for one, texts in zip(call.parameters, known, strict=True)
            ),
        )
    if not any(known) and any(_may_be_bytes(one) for one in call.parameters):
        yield replace(
            call,
            parameters=tuple(
                replace(one, annotation="bytes") if _may_be_bytes(one) else one
                for one in call.parameters
            ),
        )


def _may_be_bytes(parameter: Parameter) -> bool:
    """Tell whether nothing says what a parameter takes: digests and messages are bytes."""
    return not (parameter.annotation or parameter.use or parameter.optional)


def made_by(
    name: str, owner: tuple[Parameter, ...], probe: RegressionProbe, wanted: str | None = None
) -> str:
    """Return source of an object of a class; one that has a place for a folder gets one."""
    return f"{name}({_arguments(owner, wanted, probe, folders=True)})"


def _wanted(parameters: tuple[Parameter, ...], key: str | None) -> str | None:
    names = [one.name for one in parameters]
    if key in names:
        return key
    if any(one.kind == "var_keyword" for one in parameters) and key is not None:
        return key
    return names[0] if names and key is None else None


def _arguments(
    parameters: tuple[Parameter, ...],
    wanted: str | None,
    probe: RegressionProbe,
    *,
    folders: bool = False,
) -> str:
    parts: list[str] = []
    named = False
    for one in parameters:
        if one.kind == "var_keyword":
            known = {other.name for other in parameters}
            parts += [f"{wanted}=value"] if wanted is not None and wanted not in known else []
            continue
        if one.name == wanted:
            source = attacked(one, probe)
        elif one.optional and not (folders and OWN_FOLDER.match(one.name)):
            named = True
            continue
        else:
            chosen = usage.must_be(one.use) if one.chosen is None else one.chosen
            source = benign(one) if chosen is None else literal(chosen)
        by_name = named or one.kind == "keyword_only"
        parts.append(f"{one.name}={source}" if by_name else source)
    return ", ".join(parts)


def standard_imports(expression: str) -> tuple[str, ...]:
    """Return the imports of the standard library that a call needs."""
    needed = (
        ("asyncio.", "import asyncio"),
        ("io.", "import io"),
        ("Path(", "from pathlib import Path"),
        ("database", "from unittest import mock"),
        ("mock.", "from unittest import mock"),
    )
    return tuple(line for word, line in needed if re.search(rf"\b{re.escape(word)}", expression))


def setup_of(expression: str, probe: RegressionProbe) -> tuple[str, ...]:
    """Return the statements that a call's arguments need."""
    lines: list[str] = []
    if re.search(r"\bsample\b(?!\.txt|\.git|\"|')", expression):
        lines += [
            f"sample = folder / {literal(probe.file_name)}",
            "sample.write_bytes(value)" if probe.binary else "sample.write_text(value)",
        ]
    if re.search(r"\binside\b", expression):
        lines += ['inside = folder / "inside"', "inside.mkdir()"]
    if re.search(r"\bdatabase\b", expression):
        lines.append("database = mock.MagicMock()")
    return tuple(lines)


def subject_of(qualname: str) -> str:
    """Return what a test's name calls a function."""
    name = re.sub(r"\W+", "_", qualname.rpartition("<locals>.")[2]).strip("_").lower()
    return name or "entry"
