"""Builds the arguments of a call: the attack where it belongs, harmless values elsewhere."""

# ruff: noqa: ANN401 - arguments of a target have any type

from __future__ import annotations

import contextlib
import enum
import importlib
import inspect
import io
import os
import re
import sys
import typing
from typing import TYPE_CHECKING, Any, NamedTuple

from countermine.prove.harness import docstrings, usage, wire
from countermine.prove.harness.inputs import BENIGN, Scene, Value
from countermine.prove.harness.loading import NotDrivenError
from countermine.prove.harness.stand_in import EveryKey, StandIn

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DEPTH = 3


class Built(NamedTuple):
    """The arguments of one call."""

    positional: tuple[Any, ...]
    named: dict[str, Any]


class Wanted(NamedTuple):
    """What is known of a parameter."""

    name: str
    annotation: Any
    depth: int
    use: str = ""
    """Its shape by what the function does with it."""


def build(function: Callable[..., Any], scene: Scene, *, skip: int = 0, depth: int = 0) -> Built:
    """Return arguments for a call.

    Args:
        function: What is to be called.
        scene: Holds the values under attack, for parameters of their key.
        skip: Leading parameters that the caller fills, such as ``self``.
        depth: How many constructors are being called already.

    Raises:
        NotDrivenError: If a parameter has no value that fits.
    """
    try:
        parameters = list(inspect.signature(function).parameters.values())[skip:]
    except (ValueError, TypeError):
        parameters = []
    hints = {**docstrings.documented(function), **_hints(function)}
    uses = usage.shapes(function)
    attacked = scene.of("parameter", "file-content") if depth == 0 else []
    values = {item.key or _first(parameters): item for item in attacked}
    positional: list[Any] = []
    named: dict[str, Any] = {}
    by_position = True
    for parameter in parameters:
        if parameter.kind is parameter.VAR_KEYWORD:
            known = {one.name for one in parameters}
            named.update({key: item.text for key, item in values.items() if key not in known})
            continue
        told = hints.get(parameter.name, parameter.annotation)
        wanted = Wanted(parameter.name, told, depth, uses.get(parameter.name, ""))
        if parameter.name in values:
            item = values[parameter.name]
            formed = wire.form(function, wanted.use, item)
            argument = _attacked(wanted, item, scene) if formed is None else formed[0]
        elif _is_asked(parameter, depth):
            argument = None if _is_spared(wanted, scene) else benign(wanted, scene)
        else:
            by_position = False
            continue
        if by_position and parameter.kind is not parameter.KEYWORD_ONLY:
            positional.append(argument)
        else:
            named[parameter.name] = argument
    return Built(tuple(positional), named)


def _is_spared(wanted: Wanted, scene: Scene) -> bool:
    """Tell whether a parameter gets nothing because it may be ``None``."""
    return scene.sparing and type(None) in (getattr(wanted.annotation, "__args__", None) or ())


def has_optional(function: Any) -> bool:
    """Tell whether a call has to give something that may be ``None``."""
    if not callable(function):
        return False
    hints = _hints(function)
    asked = [hints.get(name) for name in required(function)]
    return any(type(None) in (getattr(one, "__args__", None) or ()) for one in asked)


def _is_asked(parameter: inspect.Parameter, depth: int) -> bool:
    """Tell whether a parameter gets a value: an object that has a place for a folder gets one."""
    if parameter.default is parameter.empty:
        return parameter.kind is not parameter.VAR_POSITIONAL
    return depth > 0 and parameter.default is None and bool(OWN_FOLDER.match(parameter.name))


OWN_FOLDER = re.compile(r"^(directory|dir|folder|root|(root|base)_?(dir|directory|folder))$")
"""Names of the folder that an object is about, without which many have nothing to do."""


def _first(parameters: list[inspect.Parameter]) -> str:
    return parameters[0].name if parameters else ""


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    target = function.__init__ if inspect.isclass(function) else function
    try:
        return typing.get_type_hints(target)
    except Exception:  # noqa: BLE001 - hints of the target name what is not there at run time
        return dict(getattr(target, "__annotations__", None) or {})


def _attacked(wanted: Wanted, value: Value, scene: Scene) -> Any:
    """Return the value under attack in the type that the parameter wants."""
    kinds = _kinds(wanted.annotation)
    inner = usage.within(wanted.use)
    if inner is not None and not kinds - _LISTS:
        item = wanted._replace(annotation=inspect.Parameter.empty, use=inner)
        return [_attacked(item, value, scene)]
    if value.channel == "file-content":
        return _file(wanted, kinds, scene.file(value))
    made = _of_type(kinds, wanted, value) if kinds or _is_stream(wanted, kinds) else None
    if made is None and scene.as_data and not kinds:
        made = (value.data,)
    made = made or _of_use(wanted, value)
    return _made_of(wanted, value.text, scene) if made is None else made[0]


def _of_type(kinds: set[str], wanted: Wanted, value: Value) -> tuple[Any] | None:
    """Return the value under attack in a type that an annotation or the name says."""
    if "str" in kinds:
        return (value.text,)
    if kinds & {"bytes", "bytearray"}:
        return (value.data,)
    if kinds & {"Path", "PurePath", "PosixPath"}:
        return (_path_object(value.text),)
    if _is_stream(wanted, kinds):
        return (io.StringIO(value.text) if kinds & _TEXT_STREAMS else io.BytesIO(value.data),)
    if kinds & _MAPPINGS:
        mapping = EveryKey(value.text)
        # Who goes through it finds the text as a key, too: who sends a mapping names both.
        mapping[value.text] = value.text
        return (mapping,)
    return ([value.text],) if kinds & _LISTS else None


def _made_of(wanted: Wanted, text: str, scene: Scene) -> Any:
    """Return an object of the target's that is made of a text, where one is wanted."""
    for one in _members(wanted.annotation):
        if _is_own(one):
            with contextlib.suppress(NotDrivenError):
                return instance(one, scene._replace(plain=text, values=()))
    return text


def _is_own(one: Any) -> bool:
    """Tell whether an annotation is a class that neither Python nor a library defines."""
    if not inspect.isclass(one) or issubclass(one, (enum.Enum, str, bytes, os.PathLike)):
        return False
    known = getattr(sys.modules.get(one.__module__), "__file__", None) or ""
    return bool(known) and "site-packages" not in known and "/lib/python" not in known


def _file(wanted: Wanted, kinds: set[str], path: str) -> Any:
    if _is_stream(wanted, kinds):
        mode = "r" if kinds & _TEXT_STREAMS else "rb"
        return open(path, mode)  # noqa: PTH123 - the target closes it
    for module, name, pattern in _ARCHIVES:
        if name in kinds or (not kinds and pattern.match(wanted.name)):
            return _opened_archive(module, path)
    return _path_object(path) if "Path" in kinds or wanted.use == usage.PATH else path


def _of_use(wanted: Wanted, value: Value) -> tuple[Any] | None:
    """Return the value under attack in the shape that the function uses it in."""
    if _kinds(wanted.annotation):
        return None
    if wanted.use == usage.PATH:
        return (_path_object(value.text),)
    if wanted.use == usage.BYTES:
        return (value.data,)
    if wanted.use == usage.STREAM:
        return (io.BytesIO(value.data),)
    return _of_object(wanted, value.text)


def _of_object(wanted: Wanted, text: str) -> tuple[Any] | None:
    """Return an object, or a mapping, out of which the function takes the text."""
    if wanted.use not in {usage.MAPPING, usage.OBJECT}:
        return None
    if _MAPPING_NAMES.match(wanted.name.lower()):
        return (EveryKey(text),)
    plain = wanted.use == usage.OBJECT and not _by_pattern(wanted.name)
    return (StandIn(text),) if plain else None


_ARCHIVES = (
    ("tarfile", "TarFile", re.compile(r"^(tar|tf|tar_?(obj|ref|file_?obj))$")),
    ("zipfile", "ZipFile", re.compile(r"^(zf|zip_?(ref|obj|f)|zipf)$")),
)


def _opened_archive(module: str, path: str) -> Any:
    loaded = importlib.import_module(module)
    return loaded.ZipFile(path) if module == "zipfile" else loaded.open(path)


def _path_object(path: str) -> Any:
    return importlib.import_module("pathlib").Path(path)


_LISTS = {"list", "List", "Sequence", "Iterable", "Collection", "tuple", "Tuple", "set", "Iterator"}
_MAPPINGS = {"dict", "Dict", "Mapping", "MutableMapping"}
_STREAMS = {"IO", "TextIO", "BinaryIO", "BytesIO", "StringIO", "BufferedReader", "TextIOWrapper"}
_TEXT_STREAMS = {"TextIO", "StringIO", "TextIOWrapper"}
_STREAM_NAMES = re.compile(r"^(fp|fd_?obj|fobj|fh|f|stream|infile|file_?(obj|object|handle|like))$")
_PATH_NAMES = re.compile(r"(path|file|filename|fname|src|source|infile|input)s?(_?name)?$|^file")
_FOLDER_NAMES = re.compile(r"(dir|directory|folder|root|base|dest|destination|outdir|target)s?$")
_COUNT_NAMES = re.compile(
    r"^(n|i|k|count|size|num|number|limit|offset|port|timeout|length|index|level|depth|width|height"
    r"|max|min|page|id|pk|seed|year|month|day|age|amount|quantity|retries)$|_(id|count|size|len)$"
)
_HOST_NAMES = re.compile(r"^(host|host_?name|(bind|server|listen)_?(host|address|addr)|interface)$")
"""A server binds to it: no name but that of the machine itself can be looked up."""
_PORT_NAMES = re.compile(r"(^|_)port$")
PORT = 8000
"""Above those that only the superuser may bind; the network of the sandbox is its own."""
_MAPPING_NAMES = re.compile(
    r"^(config|conf|cfg|options|opts|settings|params|headers|kwargs|context|ctx|env|environ|meta"
    r"|metadata|attrs|attributes|extra|data_?dict|mapping)$"
)
_LIST_NAMES = re.compile(r"^(args|argv|items|values|rows|lines|names|elements|list|lst|fields)$")
_CALL_NAMES = re.compile(r"^(callback|cb|func|fn|function|hook|handler|key_?func|predicate)$")
_DATABASE_NAMES = re.compile(r"^(conn|connection|db|database|cursor|cur|curs|dbh|con|db_conn)$")


def _is_stream(wanted: Wanted, kinds: set[str]) -> bool:
    return bool(kinds & _STREAMS) or (not kinds and bool(_STREAM_NAMES.match(wanted.name)))


def _kinds(annotation: Any) -> set[str]:
    """Return the plain names of an annotation: of a union's members, without parameters."""
    if annotation is inspect.Parameter.empty or annotation in (Any, None, type(None)):
        return set()
    if isinstance(annotation, str):
        words = re.findall(r"[A-Za-z_]+(?=\s*(?:\[|\||,|\]|$))", annotation)
        return {word for word in words if word not in {"None", "Optional", "Union", "Any"}}
    arguments = getattr(annotation, "__args__", ())
    origin = getattr(annotation, "__origin__", None)
    if origin is typing.Union or type(annotation).__name__ == "UnionType":
        return {kind for one in arguments for kind in _kinds(one)}
    named = origin or annotation
    return {getattr(named, "__name__", str(named))}


def benign(wanted: Wanted, scene: Scene) -> Any:
    """Return a harmless value for a parameter, by its annotation or else by its name.

    Raises:
        NotDrivenError: If nothing is known that fits.
    """
    texts = usage.choices(wanted.use)
    if texts and scene.choice is not None and _kinds(wanted.annotation) <= {"str", "AnyStr"}:
        return texts[min(scene.choice, len(texts) - 1)]
    only = usage.must_be(wanted.use)
    if only is not None:
        return only
    for one in _members(wanted.annotation):
        if isinstance(one, type) and issubclass(one, enum.Enum):
            return next(iter(one))
        made = _of_kind(_kinds(one), wanted, scene)
        if made is not None:
            return made[0]
        if inspect.isclass(one) and one.__module__ not in {"builtins", "typing"}:
            return instance(one, scene, depth=wanted.depth + 1)
    return _unnamed(wanted, scene)


def _unnamed(wanted: Wanted, scene: Scene) -> Any:
    """Return a harmless value by the name of a parameter, or else by what is done with it."""
    if usage.within(wanted.use) is not None:
        return []
    if not _by_pattern(wanted.name):
        if wanted.use == usage.OBJECT:
            return StandIn()
        for shape, value in ((usage.MAPPING, {}), (usage.CALLABLE, _nothing), (usage.BYTES, b"")):
            if wanted.use == shape:
                return value
    if wanted.use == usage.PATH:
        return _path_object(str(_by_name(wanted.name, scene)))
    return _placed(wanted, scene)


def _placed(wanted: Wanted, scene: Scene) -> Any:
    """Return a harmless value by the name of a parameter, a folder in the form that is wanted."""
    named = _by_name(wanted.name, scene)
    folder = wanted.use == usage.PREFIX and named == _folder(wanted.name, scene)
    return f"{named}/" if folder else named


def _folder(_name: str, scene: Scene) -> str:
    return os.path.join(scene.base, "data")  # noqa: PTH118 - text


def _members(annotation: Any) -> list[Any]:
    origin = getattr(annotation, "__origin__", None)
    if origin is typing.Union or type(annotation).__name__ == "UnionType":
        return [one for one in annotation.__args__ if one is not type(None)]
    if annotation is inspect.Parameter.empty or annotation in (Any, None):
        return []
    return [annotation]


def _of_kind(kinds: set[str], wanted: Wanted, scene: Scene) -> tuple[Any] | None:  # noqa: C901, PLR0911 - a table
    if "str" in kinds:
        named = _placed(wanted, scene)
        return (named if isinstance(named, str) else BENIGN,)
    if kinds & {"bytes", "bytearray"}:
        return (BENIGN.encode(),)
    if kinds & {"Path", "PurePath", "PosixPath", "PathLike"}:
        named = _by_name(wanted.name, scene)
        path = named if isinstance(named, str) and named.startswith("/") else scene.base + "/data"
        return (importlib.import_module("pathlib").Path(path),)
    if kinds & {"int", "float", "complex", "Decimal"}:
        return (PORT if _PORT_NAMES.search(wanted.name.lower()) and "int" in kinds else 1,)
    if "bool" in kinds:
        return (False,)
    if kinds & {"Connection", "Cursor"}:
        return (_database(wanted.name),)
    if kinds & (_LISTS | {"frozenset", "deque"}):
        return ([],)
    if kinds & _MAPPINGS:
        return ({},)
    if kinds & {"Callable"}:
        return (_nothing,)
    if kinds & _STREAMS:
        return (io.StringIO(BENIGN) if kinds & {"TextIO", "StringIO"} else io.BytesIO(b""),)
    if kinds & {"Logger"}:
        return (importlib.import_module("logging").getLogger(BENIGN),)
    if kinds & {"Namespace"}:
        return (importlib.import_module("argparse").Namespace(),)
    return None


def _nothing(*_args: Any, **_kwargs: Any) -> None:
    """Do nothing: stands in for a callback."""


def _database(name: str) -> Any:
    connection = importlib.import_module("sqlite3").connect(":memory:")
    return connection.cursor() if name.startswith("cur") else connection


_REPOSITORY_NAMES = re.compile(
    r"^(repo|repository|git|hg|clone|remote|vcs|source)_?(url|uri|address)$"
)
REPOSITORY = f"https://git.shop.test/{BENIGN}.git"


_NAMED: tuple[tuple[re.Pattern[str], Callable[[str, Scene], Any]], ...] = (
    (_DATABASE_NAMES, lambda name, _: _database(name)),
    (_STREAM_NAMES, lambda *_: io.BytesIO(b"")),
    (_HOST_NAMES, lambda *_: "localhost"),
    (_PORT_NAMES, lambda *_: PORT),
    (_COUNT_NAMES, lambda *_: 1),
    (_REPOSITORY_NAMES, lambda *_: REPOSITORY),
    (_FOLDER_NAMES, _folder),
    (_PATH_NAMES, lambda _, scene: os.path.join(scene.base, "data", BENIGN + ".txt")),  # noqa: PTH118
    (_MAPPING_NAMES, lambda *_: {}),
    (_LIST_NAMES, lambda *_: []),
    (_CALL_NAMES, lambda *_: _nothing),
)


def _by_pattern(name: str) -> bool:
    lowered = name.lower().lstrip("_")
    return any(pattern.search(lowered) for pattern, _ in _NAMED)


def _by_name(name: str, scene: Scene) -> Any:
    lowered = name.lower().lstrip("_")
    found = (make for pattern, make in _NAMED if pattern.search(lowered))
    make = next(found, None)
    return scene.plain if make is None else make(lowered, scene)


def instance(wanted: type, scene: Scene, *, depth: int = 0, attacked: bool = False) -> Any:
    """Return an object of a class, or of a subclass when the class is abstract.

    Args:
        wanted: The class.
        scene: Holds the values.
        depth: How many constructors are being called already.
        attacked: Whether its constructor is what takes the values.

    Raises:
        NotDrivenError: If no constructor takes what can be built.
    """
    if depth > MAX_DEPTH:
        message = f"{wanted.__name__} needs too many other objects to be made"
        raise NotDrivenError(message)
    problems: list[str] = []
    for one in [wanted, *wanted.__subclasses__()]:
        if inspect.isabstract(one):
            continue
        try:
            built = build(one, scene, depth=depth if attacked else depth + 1)
            return one(*built.positional, **built.named)
        except Exception as problem:  # noqa: BLE001 - whatever a constructor of the target raises
            problems.append(f"{one.__name__}: {type(problem).__name__}: {problem}")
    message = f"no {wanted.__name__} can be made ({'; '.join(problems) or 'abstract'})"
    names = required(wanted)
    asked = f"; its constructor wants {', '.join(names)}" if names else ""
    raise NotDrivenError(message[:400] + asked[:200])


def required(function: Callable[..., Any]) -> list[str]:
    """Return the names of the parameters that a call cannot do without."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (ValueError, TypeError):
        return []
    optional = {inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL}
    return [one.name for one in parameters if one.default is one.empty and one.kind not in optional]


def unknown(function: Callable[..., Any], attacked: set[str | None]) -> list[str]:
    """Return the parameters that a call needs and of which not even a type is told."""
    hints = {**docstrings.documented(function), **_hints(function)}
    return [one for one in required(function) if one not in hints and one not in attacked]
