"""Remedies: values go to the driver apart from the statement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.bindings import Built, where_built
from countermine.fix.pieces import Hole, Text, decompose
from countermine.fix.retext import Insert, NewPart, joined_code, rewrite_text
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, fitting, has_starred, misfit, sink_call, tainted_argument
from countermine.fix.sql_text import StatementPart, Value, split_statement
from countermine.fix.tree import dotted


class Style(Enum):
    """How a driver marks a parameter (PEP 249, ``paramstyle``) and takes the values."""

    QMARK = "?"
    FORMAT = "%s"
    NAMED = ":name"
    NUMERIC_DOLLAR = "$1"


_STYLES: dict[str, Style] = {
    "sqlite3": Style.QMARK,
    "pysqlite2": Style.QMARK,
    "aiosqlite": Style.QMARK,
    "apsw": Style.QMARK,
    "duckdb": Style.QMARK,
    "pyodbc": Style.QMARK,
    "psycopg2": Style.FORMAT,
    "psycopg": Style.FORMAT,
    "pymysql": Style.FORMAT,
    "MySQLdb": Style.FORMAT,
    "mysql": Style.FORMAT,
    "aiomysql": Style.FORMAT,
    "aiopg": Style.FORMAT,
    "pymssql": Style.FORMAT,
    "pg8000": Style.FORMAT,
    "django": Style.FORMAT,
    "snowflake": Style.FORMAT,
    "sqlalchemy": Style.NAMED,
    "flask_sqlalchemy": Style.NAMED,
    "sqlmodel": Style.NAMED,
    "asyncpg": Style.NUMERIC_DOLLAR,
}
_TEXT = {
    "sqlalchemy.text",
    "sqlalchemy.sql.text",
    "sqlalchemy.sql.expression.text",
    "sqlmodel.text",
}
_TAKES_VALUES = {
    "execute",
    "execute_fetchall",
    "raw",
    "fetch",
    "fetchrow",
    "fetchval",
    "read_sql",
    "read_sql_query",
    "scalar",
    "scalars",
}


def _style(site: Site, call: cst.Call) -> Style:
    """Tell how the driver behind a call marks parameters: by the sink, else by what is imported."""
    sink = site.finding.sink
    if sink.partition(".")[0] in _STYLES and not sink.startswith("sqlite3."):
        return _STYLES[sink.partition(".")[0]]
    seen = {bound.target.partition(".")[0] for scope in site.scopes for bound in scope.imports}
    if not seen & set(_STYLES):
        seen |= _imported_elsewhere(site)
    styles = {_STYLES[name] for name in seen if name in _STYLES}
    written = dotted(call.func) or ""
    if Style.NAMED in styles and len(styles) > 1:
        styles = {Style.NAMED} if "session" in written.lower() else styles - {Style.NAMED}
    if not styles and sink.startswith("sqlite3."):
        styles = {Style.QMARK}
    if len(styles) != 1:
        misfit("which database driver runs the statement cannot be told")
    return styles.pop()


def _imported_elsewhere(site: Site) -> set[str]:
    """Return the drivers that the other files of the finding import, by a look at their lines."""
    found: set[str] = set()
    for raw in site.texts.values():
        for line in raw.splitlines():
            words = line.split(None, 2)
            if len(words) > 1 and words[0] in {b"import", b"from"}:
                found.add(words[1].decode("ascii", "ignore").partition(".")[0].rstrip(","))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    """The expression that makes the statement, and its parts with the values told apart."""

    built: Built
    parts: tuple[StatementPart, ...]

    @property
    def values(self) -> tuple[Value, ...]:
        return tuple(part for part in self.parts if isinstance(part, Value))


def _statement(site: Site, value: cst.BaseExpression) -> _Statement | NoRemedy:
    built = where_built(site, value)
    if isinstance(built, NoRemedy):
        return built
    pieces = decompose(built.expression)
    if pieces is None or not any(isinstance(piece, Hole) for piece in pieces):
        return NoRemedy(reason="how the statement is put together cannot be told")
    keeps = frozenset(
        piece for piece in pieces if isinstance(piece, Hole) and _is_constant(site, piece.node)
    )
    parts = split_statement(pieces, keeps=keeps)
    if isinstance(parts, NoRemedy):
        return parts
    if not any(isinstance(part, Value) for part in parts):
        return NoRemedy(reason="no value is computed in the statement, only names")
    return _Statement(built=built, parts=parts)


def _is_constant(site: Site, node: cst.BaseExpression) -> bool:
    """Tell whether the program itself chose a name: written in capitals, or kept in an object."""
    written = dotted(node)
    if written is None:
        return False
    last = written.rpartition(".")[2]
    module = site.scopes[0]
    in_functions = any(scope.binds(written) for scope in site.scopes[1:])
    return last.isupper() or ("." not in written and not in_functions and written in module.others)


def _parameters(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    arg = tainted_argument(site, call) if call is not None else None
    if call is None or arg is None or has_starred(call):
        misfit("which argument is the statement cannot be told")
    text_call = _wrapped_text(site, call, arg)
    if text_call is not None:
        return _bind_text(site, draft, text_call)
    name = call.func.attr.value if isinstance(call.func, cst.Attribute) else dotted(call.func)
    if name not in _TAKES_VALUES:
        misfit(f"{name} takes no parameters")
    style = _style(site, call)
    statement = fitting(_statement(site, arg.value))
    if style is Style.NAMED:
        return _wrap_in_text(site, draft, call, statement)
    return _positional(site, draft, call, statement, style)


def _wrapped_text(site: Site, call: cst.Call, arg: cst.Arg) -> cst.Call | None:
    """Return the call of SQLAlchemy's ``text`` that is the sink or its statement."""
    if site.callee(call) in _TEXT:
        return call
    if isinstance(arg.value, cst.Call) and site.callee(arg.value) in _TEXT:
        return arg.value
    return None


def _bind_text(site: Site, draft: Draft, call: cst.Call) -> str | NoRemedy:
    if len(call.args) != 1:
        misfit("text() is called with more than the statement")
    statement = fitting(_statement(site, call.args[0].value))
    names = _named(site, draft, statement)
    runs = _running(site, call)
    if runs is not None:
        draft.add_argument(runs, _mapping(names))
    else:
        bound = ", ".join(f"{name}={code}" for name, code in names.items())
        draft.insert(site.tree.outer_range(call)[1], f".bindparams({bound})")
    return _SUMMARY


def _running(site: Site, text: cst.Call) -> cst.Call | None:
    """Return the call that runs a statement as soon as it is made, without parameters so far."""
    for outer in site.chain:
        if (
            isinstance(outer, cst.Call)
            and len(outer.args) == 1
            and outer.args[0].value is text
            and _name_of(outer) in _TAKES_VALUES
        ):
            return outer
    return None


def _mapping(names: dict[str, str]) -> str:
    return "{" + ", ".join(f'"{name}": {code}' for name, code in names.items()) + "}"


def _wrap_in_text(
    site: Site, draft: Draft, call: cst.Call, statement: _Statement
) -> str | NoRemedy:
    if statement.built.name is not None or len(call.args) != 1:
        misfit("the statement is a plain string for SQLAlchemy, built or completed elsewhere")
    if any(":" in part.raw for part in statement.parts if isinstance(part, Text)):
        misfit("the statement has colons, which text() would read as parameters")
    names = _named(site, draft, statement)
    text = draft.name("sqlalchemy", "text")
    start, end = site.tree.outer_range(call.args[0].value)
    draft.insert(start, f"{text}(")
    draft.insert(end, ")")
    draft.add_argument(call, _mapping(names))
    return _SUMMARY


def _named(site: Site, draft: Draft, statement: _Statement) -> dict[str, str]:
    """Put named parameters into the statement and return their values."""
    names: dict[str, str] = {}
    new: list[NewPart] = []
    for part in statement.parts:
        if not isinstance(part, Value):
            new.append(part)
            continue
        code = fitting(_value_code(site, part))
        name = _parameter_name(part, code, names)
        names[name] = code
        new.append(Insert(text=f":{name}", token=_token(part)))
    fitting(rewrite_text(site, draft, statement.built.expression, new))
    return names


def _parameter_name(value: Value, code: str, taken: dict[str, str]) -> str:
    holes = [part for part in value.parts if isinstance(part, Hole)]
    written = (dotted(holes[0].node) or "").rpartition(".")[2] or "value"
    name, number = written, 1
    while name in taken and taken[name] != code:
        number += 1
        name = f"{written}_{number}"
    return name


def _token(value: Value) -> cst.SimpleString | cst.FormattedString | None:
    return next((part.token for part in value.parts if part.token is not None), None)


def _positional(
    site: Site, draft: Draft, call: cst.Call, statement: _Statement, style: Style
) -> str | NoRemedy:
    given = _given(call)
    if given is not None and style is Style.NUMERIC_DOLLAR:
        misfit("the call has parameters already")
    old = [site.code(element.value) for element in given.elements] if given is not None else None
    codes, new = _numbered(site, statement, style, old)
    problem = rewrite_text(site, draft, statement.built.expression, new)
    if problem is not None:
        return problem
    if style is Style.NUMERIC_DOLLAR:
        draft.add_argument(call, ", ".join(codes))
    elif given is not None:
        draft.replace(given, _sequence(codes, "[]" if isinstance(given, cst.List) else "()"))
    else:
        keyword = "params=" if _name_of(call).startswith("read_sql") else ""
        draft.add_argument(call, keyword + _sequence(codes, "()"))
    return _SUMMARY


def _numbered(
    site: Site, statement: _Statement, style: Style, old: list[str] | None
) -> tuple[list[str], list[NewPart]]:
    """Return the parameters in their order and the statement with a mark for each new one.

    Args:
        site: Where the statement is run.
        statement: The statement.
        style: How the driver marks parameters.
        old: Parameters that the statement has already, ``None`` where it has none.
    """
    codes: list[str] = []
    new: list[NewPart] = []
    waiting = list(old or ())
    for part in statement.parts:
        if isinstance(part, Value):
            doubled = old is not None and style is Style.FORMAT
            codes.append(fitting(_value_code(site, part, doubled=doubled)))
            mark = f"${len(codes)}" if style is Style.NUMERIC_DOLLAR else style.value
            new.append(Insert(text=mark, token=_token(part)))
            continue
        if isinstance(part, Text) and old is not None:
            count = part.raw.count(style.value)
            codes += waiting[:count]
            if count > len(waiting):
                misfit("the parameters given do not fit the statement")
            waiting = waiting[count:]
        new.append(_escaped(part, style) if isinstance(part, Text) and old is None else part)
    if waiting:
        misfit("the parameters given do not fit the statement")
    return codes, new


def _name_of(call: cst.Call) -> str:
    return (dotted(call.func) or "").rpartition(".")[2]


def _given(call: cst.Call) -> cst.Tuple | cst.List | None:
    """Return the parameters that a call has already, ``None`` where it has none."""
    names = {"params", "parameters", "vars", "args"}
    rest = [
        arg
        for index, arg in enumerate(call.args)
        if (index > 0 if arg.keyword is None else arg.keyword.value in names)
    ]
    if not rest:
        return None
    value = rest[0].value
    if len(rest) > 1 or not isinstance(value, cst.Tuple | cst.List):
        misfit("the call has parameters already, which cannot be told apart")
    if any(isinstance(element, cst.StarredElement) for element in value.elements):
        misfit("the call unpacks its parameters")
    return value


def _sequence(codes: Sequence[str], brackets: str) -> str:
    inside = ", ".join(codes) + ("," if len(codes) == 1 and brackets == "()" else "")
    return brackets[0] + inside + brackets[1]


def _escaped(text: Text, style: Style) -> Text:
    """Double the percent signs that the driver would read, now that it gets parameters."""
    return replace(text, raw=text.raw.replace("%", "%%")) if style is Style.FORMAT else text


def _value_code(site: Site, value: Value, *, doubled: bool = False) -> str | NoRemedy:
    """Return the expression of a value."""
    only = value.parts[0]
    if len(value.parts) == 1 and isinstance(only, Hole) and not only.spec:
        node = only.node
        match node:
            case cst.Call(func=cst.Name(value="str"), args=[arg]) if not value.quoted:
                return site.code(arg.value)
            case _:
                return site.code(node)
    parts = [
        replace(part, raw=part.raw.replace("%%", "%"))
        if doubled and isinstance(part, Text)
        else part
        for part in value.parts
    ]
    return joined_code(site, parts, doubled_quotes=True)


_SUMMARY = "Pass values to the database apart from the statement"

REMEDIES = (remedy("sql-parameters", _parameters),)
