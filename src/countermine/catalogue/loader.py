"""TOML to rows. A row that is not understood is an error that names its file and the near key."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from importlib import resources
from typing import Protocol, TypeVar

from countermine.catalogue.owners import bases_of, bringing, class_registrars, registrars_of
from countermine.catalogue.schema import (
    Argument,
    Catalogue,
    ClassRow,
    Condition,
    Constant,
    Escapes,
    Form,
    Guard,
    Handler,
    Part,
    Propagator,
    Requirement,
    Rows,
    Sanitizer,
    Setting,
    Sink,
    Source,
    TemplateCall,
    Test,
    TypeOf,
)
from countermine.catalogue.tables import Table
from countermine.core.entrypoints import Channel, EntryKind
from countermine.core.errors import BadUsageError
from countermine.core.levels import SourceLevel

_Row = TypeVar("_Row")


class _Named(Protocol):
    @property
    def names(self) -> tuple[str, ...]: ...


_NamedRow = TypeVar("_NamedRow", bound=_Named)
_PATTERNS = frozenset({Test.MATCHES, Test.UNLIKE, Test.FUNCTION, Test.FILE, Test.SPELT})
_WITHOUT_ARGUMENT = frozenset(
    {
        Test.FUNCTION, Test.FILE, Test.IMPORTS, Test.HAS, Test.HAS_NEARBY, Test.LACKS,
        Test.LACKS_NEARBY,
    }
)  # fmt: skip
_FLAGS = frozenset({Test.ABSENT, Test.PRESENT, Test.CONSTANT, Test.COMPUTED})
_NONE_TEXT = "None"
TEMPLATE_SYNTAXES = ("jinja2", "django", "tornado", "mako")
"""Languages of templates that are read."""
_DOCUMENT_KEYS = ("language", "library", "documentation")


def _conditions(table: Table, where: str) -> tuple[Condition, ...]:
    value = table.get("when")
    if value is None:
        return ()
    items = value if isinstance(value, list) else [value]
    return tuple(_condition(Table(item, f"{where} when")) for item in items)


def _condition(table: Table) -> Condition:
    argument = table.argument("argument")
    item = table.text("item", "") or None
    named = [test for test in Test if table.has(test.value)]
    for test in Test:
        table.get(test.value)
    table.done()
    if len(named) != 1:
        table.refuse(f"a condition has exactly one of {', '.join(Test)}")
    test = named[0]
    if argument is None and test not in _WITHOUT_ARGUMENT:
        table.refuse(f"{test.value!r} needs an 'argument'")
    value = table.get(test.value)
    if test in _PATTERNS:
        pattern = _pattern(table, test)
        return Condition(argument=argument, test=test, pattern=pattern, item=item)
    if test in _FLAGS:
        if value is not True:
            table.refuse(f"{test.value!r} can only be true")
        return Condition(argument=argument, test=test, item=item)
    items = value if isinstance(value, list) else [value]
    values = tuple(map(_constant, items))
    return Condition(argument=argument, test=test, values=values, item=item)


def _pattern(table: Table, test: Test) -> re.Pattern[str]:
    text = table.text(test.value)
    try:
        return re.compile(text)
    except re.error as fault:
        table.refuse(f"{text!r} is no regular expression: {fault}", fault)


def _constant(value: object) -> Constant:
    if value == _NONE_TEXT:
        return None
    return value if isinstance(value, (str, int, float)) else str(value)


def _source(table: Table, _where: str) -> Source:
    return Source(
        names=table.texts("name", needed=True),
        level=table.choice("level", SourceLevel),
        channel=table.choice("channel", Channel),
        form=_one_of(table, "form", ("value", "call", "element")),
        key=table.argument("key"),
        keys=table.texts("keys"),
        note=table.text("note", ""),
        turns=table.pairs("turns"),
        harmless=table.texts("harmless"),
        imports=table.texts("imports"),
        kinds=table.texts("kinds"),
    )


def _one_of(table: Table, key: str, choices: tuple[str, ...]) -> str:
    text = table.text(key, choices[0])
    if text not in choices:
        table.refuse(f"{key!r} is one of {', '.join(choices)}, not {text!r}")
    return text


def _sink(table: Table, where: str) -> Sink:
    sink = Sink(
        names=table.texts("name", needed=True),
        kind=table.text("kind"),
        arguments=table.arguments("argument"),
        part=table.choice("part", Part, "any"),
        requires=table.choice("requires", Requirement, "taint"),
        form=table.choice("form", Form, "call"),
        when=_conditions(table, where),
        receivers=table.texts("receiver"),
        words=table.texts("words"),
        item=table.text("item", "") or None,
        levels=tuple(map(SourceLevel, _among(table, "levels", tuple(SourceLevel)))),
        note=table.text("note", ""),
        remedy=table.text("remedy", "") or None,
        likely=table.flag("likely", default=True),
    )
    table.done()
    if sink.requires is Requirement.TAINT and sink.form is Form.CALL and not sink.arguments:
        table.refuse("a sink that requires taint needs an 'argument'")
    return sink


def _among(table: Table, key: str, choices: tuple[str, ...]) -> tuple[str, ...]:
    texts = table.texts(key)
    for text in texts:
        if text not in choices:
            table.refuse(f"{key!r} are some of {', '.join(choices)}, not {text!r}")
    return texts


def _sanitizer(table: Table, where: str) -> Sanitizer:
    return Sanitizer(
        names=table.texts("name", needed=True),
        kinds=table.texts("kinds", needed=True),
        when=_conditions(table, where),
        keeps=table.argument("keeps"),
    )


def _guard(table: Table, _where: str) -> Guard:
    return Guard(
        names=table.texts("name", needed=True),
        kinds=table.texts("kinds", needed=True),
        argument=table.argument("argument") or Argument(position=0),
        safe=_one_of(table, "safe", ("true", "false", "returns")),
        normalised=table.flag("normalised", default=False),
    )


def _propagator(table: Table, _where: str) -> Propagator:
    return Propagator(
        names=table.texts("name", needed=True),
        inputs=table.arguments("from"),
        to_receiver=table.flag("to_receiver", default=False),
        harmless=table.texts("harmless"),
        callback=table.argument("callback"),
        decodes=table.flag("decodes", default=False),
    )


def _setting(table: Table, where: str) -> Setting:
    return Setting(
        names=table.texts("name", needed=True),
        sets=table.text("sets"),
        when=_conditions(table, where),
    )


def _type(table: Table, _where: str) -> TypeOf:
    names = table.texts("name", needed=True)
    call = table.has("returns")
    if call == table.has("is"):
        table.refuse("a type has either 'returns' or 'is'")
    of = table.text("returns" if call else "is")
    return TypeOf(names=names, type=of, call=call)


def _class(table: Table, _where: str) -> ClassRow:
    return ClassRow(names=table.texts("name", needed=True), bases=table.texts("bases", needed=True))


def _handler(table: Table, _where: str) -> Handler:
    handler = Handler(
        kind=table.choice("kind", EntryKind),
        decorators=table.texts("decorator"),
        bases=table.texts("base"),
        methods=table.texts("methods"),
        registrars=table.texts("registrar"),
        function=table.argument("argument"),
        request=table.texts("request"),
        carries=table.numbers("carries"),
        level=table.choice("level", SourceLevel, "remote"),
        channel=table.choice("channel", Channel, "path"),
        returns=table.text("returns", "") or None,
        parameters=table.texts("parameter"),
        imports=table.texts("imports"),
    )
    table.done()
    registered = handler.registrars and handler.function
    known = handler.decorators or (handler.bases and handler.methods) or handler.parameters
    if not (known or registered):
        table.refuse(
            "a handler has a 'decorator', a 'base' and 'methods', a 'registrar' and 'argument', "
            "or a 'parameter'"
        )
    return handler


def _template(table: Table, _where: str) -> TemplateCall:
    row = TemplateCall(
        names=table.texts("name", needed=True),
        form=_one_of(table, "form", ("render", "return", "load", "setup")),
        syntax=_one_of(table, "syntax", TEMPLATE_SYNTAXES),
        file=table.arguments("file"),
        text=table.argument("text"),
        context=table.arguments("context"),
        attribute=table.text("attribute", "") or None,
        escapes=table.choice("escapes", Escapes, "always"),
        setting=table.argument("setting"),
        globals=table.pairs("globals"),
    )
    table.done()
    if row.form != "setup" and not (row.file or row.text or row.attribute):
        table.refuse("a template has a 'file', a 'text' or an 'attribute'")
    return row


def parse_rows(document: Mapping[str, object], origin: str) -> Rows:
    """Return the rows of a parsed TOML document.

    Args:
        document: Tables ``source``, ``sink``, ``sanitizer``, ``guard``, ``propagator``,
            ``setting``, ``type``, ``class``, ``handler`` and ``template``, each a list of rows.
        origin: Name of the file, for errors.

    Raises:
        BadUsageError: If a row is not understood.
    """
    table = Table(document, origin)
    for key in _DOCUMENT_KEYS:
        table.get(key)
    rows = Rows(
        sources=_rows(table, origin, "source", _source),
        sinks=_rows(table, origin, "sink", _sink),
        sanitizers=_rows(table, origin, "sanitizer", _sanitizer),
        guards=_rows(table, origin, "guard", _guard),
        propagators=_rows(table, origin, "propagator", _propagator),
        settings=_rows(table, origin, "setting", _setting),
        types=_rows(table, origin, "type", _type),
        classes=_rows(table, origin, "class", _class),
        handlers=_rows(table, origin, "handler", _handler),
        templates=_rows(table, origin, "template", _template),
    )
    table.done()
    return rows


def _rows(
    table: Table, origin: str, key: str, make: Callable[[Table, str], _Row]
) -> tuple[_Row, ...]:
    value = table.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        table.refuse(f"{key!r} is a list of tables: write [[{key}]]")
    rows: list[_Row] = []
    for number, item in enumerate(value, 1):
        where = f"{origin}: [[{key}]] number {number}"
        row = Table(item, where)
        rows.append(make(row, where))
        row.done()
    return tuple(rows)


def load(extra_rows: Rows | None = None, *, language: str = "python") -> Catalogue:
    """Return the catalogue of a language that comes with the program, and the user's own rows.

    Raises:
        BadUsageError: If a row is not understood.
    """
    if extra_rows is None:
        return _built_in(language)
    return compile_rows([*_rows_built_in(language), extra_rows])


@lru_cache(maxsize=2)
def _built_in(language: str) -> Catalogue:
    return compile_rows(_rows_built_in(language))


@lru_cache(maxsize=2)
def _rows_built_in(language: str) -> tuple[Rows, ...]:
    """Read the documents once for a process: every patch is searched with them."""
    folder = resources.files("countermine.catalogue").joinpath(language)
    documents = sorted(
        (item.name, item.read_text(encoding="utf-8"))
        for item in folder.iterdir()
        if item.name.endswith(".toml")
    )
    return tuple(parse_rows(_parsed(text, name), name) for name, text in documents)


def _parsed(text: str, name: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        message = f"{name}: {fault}"
        raise BadUsageError(message) from fault


def compile_rows(documents: Iterable[Rows]) -> Catalogue:
    """Join rows, in order, and index them by name; later types win over earlier ones."""
    parts = list(documents)
    rows = Rows(
        sources=tuple(row for part in parts for row in part.sources),
        sinks=tuple(row for part in parts for row in part.sinks),
        sanitizers=tuple(row for part in parts for row in part.sanitizers),
        guards=tuple(row for part in parts for row in part.guards),
        propagators=tuple(row for part in parts for row in part.propagators),
        settings=tuple(row for part in parts for row in part.settings),
        types=tuple(row for part in parts for row in part.types),
        classes=tuple(row for part in parts for row in part.classes),
        handlers=tuple(row for part in parts for row in part.handlers),
        templates=tuple(row for part in parts for row in part.templates),
    )
    handler_bases: dict[str, tuple[Handler, ...]] = {}
    for handler in rows.handlers:
        for base in handler.bases:
            handler_bases[base] = (*handler_bases.get(base, ()), handler)
    methods: list[_Named] = [
        *rows.sources, *rows.sinks, *rows.sanitizers, *rows.guards, *rows.propagators, *rows.types,
        *rows.templates,
    ]  # fmt: skip
    named = [name for row in methods for name in row.names]
    decorators = {name: row for row in rows.handlers for name in row.decorators}
    registrars = registrars_of(rows.handlers)
    dotted = [*named, *decorators, *registrars]
    constructors = {c: c for name in dotted if (c := _class_of(name)) is not None}
    return Catalogue(
        rows=rows,
        sources=_by_name(rows.sources),
        sinks=_by_name(rows.sinks),
        sanitizers=_by_name(rows.sanitizers),
        guards=_by_name(rows.guards),
        propagators=_by_name(rows.propagators),
        settings=_by_name(rows.settings),
        value_types={name: row.type for row in rows.types if not row.call for name in row.names},
        call_types=constructors
        | {name: row.type for row in rows.types if row.call for name in row.names},
        bases=bases_of(rows.classes),
        decorators=decorators,
        handler_bases=handler_bases,
        set_names=_by_last_part(rows.sinks, Form.SETTING),
        marks=_by_last_part(rows.sinks, Form.DECORATOR),
        templates=_by_name(rows.templates),
        registrars=registrars,
        class_registrars=class_registrars(registrars),
        generated_bases=tuple(
            (base[1:], row) for row in rows.handlers for base in row.bases if base[0] == "*"
        ),
        named_handlers=tuple(row for row in rows.handlers if row.parameters),
        bringing=bringing(rows),
    )


def _class_of(name: str) -> str | None:
    """Return the class that a dotted name is a method or attribute of, told by its capital."""
    owner = name.rpartition(".")[0]
    last = owner.rpartition(".")[2]
    return owner if last[:1].isupper() and not last.isupper() else None


def _by_last_part(rows: tuple[Sink, ...], form: Form) -> dict[str, tuple[tuple[str, Sink], ...]]:
    found: dict[str, tuple[tuple[str, Sink], ...]] = {}
    for row in rows:
        if row.form is form:
            for name in row.names:
                last = name.rpartition(".")[2]
                found[last] = (*found.get(last, ()), (name, row))
    return found


def _by_name(rows: Iterable[_NamedRow]) -> dict[str, tuple[_NamedRow, ...]]:
    found: dict[str, tuple[_NamedRow, ...]] = {}
    for row in rows:
        for name in row.names:
            found[name] = (*found.get(name, ()), row)
    return found
