"""TOML to rows. A row that is not understood is an error that names its file and the near key."""

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import resources
from typing import TypeVar

from countermine.catalogue.compiling import compile_rows
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


_PATTERNS = frozenset(
    {
        Test.MATCHES, Test.UNLIKE, Test.BEGINS, Test.FUNCTION, Test.FILE, Test.SPELT, Test.WRITTEN,
    }
)  # fmt: skip
_WITHOUT_ARGUMENT = frozenset(
    {
        Test.FUNCTION, Test.FILE, Test.IMPORTS, Test.HAS, Test.HAS_NEARBY, Test.LACKS,
        Test.LACKS_NEARBY, Test.LACKS_WITHIN,
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
        channels=tuple(map(Channel, _among(table, "channels", tuple(Channel)))),
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
        several=table.flag("several", default=False),
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
