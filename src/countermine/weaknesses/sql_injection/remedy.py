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
from countermine.fix.site import Site, has_starred, sink_call, tainted_argument
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


def _style(site: Site, call: cst.Call) -> Style | NoRemedy:
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
    if len(styles) == 1:
        return styles.pop()
    if not styles and sink.startswith("sqlite3."):
        return Style.QMARK
    return NoRemedy(reason="which database driver runs the statement cannot be told")


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
    if call is None or arg is None:
        return NoRemedy(reason="the statement is not an argument of a call")
    if has_starred(call):
        return NoRemedy(reason="the call unpacks its arguments")
    text_call = _wrapped_text(site, call, arg)
    if text_call is not None:
        return _bind_text(site, draft, text_call)
    name = call.func.attr.value if isinstance(call.func, cst.Attribute) else dotted(call.func)
    if name not in _TAKES_VALUES:
        return NoRemedy(reason=f"{name} takes no parameters")
    style = _style(site, call)
    if isinstance(style, NoRemedy):
        return style
    statement = _statement(site, arg.value)
    if isinstance(statement, NoRemedy):
        return statement
    if style is Style.NAMED:
        return _wrap_in_text(site, draft, arg, statement)
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
        return NoRemedy(reason="text() is called with more than the statement")
    statement = _statement(site, call.args[0].value)
    if isinstance(statement, NoRemedy):
        return statement
    bound = _named(site, draft, statement)
    if isinstance(bound, NoRemedy):
        return bound
    draft.insert(site.tree.outer_range(call)[1], f".bindparams({bound})")
    return _SUMMARY


def _wrap_in_text(site: Site, draft: Draft, arg: cst.Arg, statement: _Statement) -> str | NoRemedy:
    if statement.built.name is not None:
        return NoRemedy(reason="the statement is a plain string for SQLAlchemy, built elsewhere")
    if any(":" in part.raw for part in statement.parts if isinstance(part, Text)):
        return NoRemedy(reason="the statement has colons, which text() would read as parameters")
    bound = _named(site, draft, statement)
    if isinstance(bound, NoRemedy):
        return bound
    text = draft.name("sqlalchemy", "text")
    start, end = site.tree.outer_range(arg.value)
    draft.insert(start, f"{text}(")
    draft.insert(end, f").bindparams({bound})")
    return _SUMMARY


def _named(site: Site, draft: Draft, statement: _Statement) -> str | NoRemedy:
    names: dict[str, str] = {}
    new: list[NewPart] = []
    for part in statement.parts:
        if not isinstance(part, Value):
            new.append(part)
            continue
        code = _value_code(site, part)
        if isinstance(code, NoRemedy):
            return code
        name = _parameter_name(part, code, names)
        names[name] = code
        new.append(Insert(text=f":{name}", token=_token(part)))
    problem = rewrite_text(site, draft, statement.built.expression, new)
    return problem or ", ".join(f"{name}={code}" for name, code in names.items())


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
    given = None if style is Style.NUMERIC_DOLLAR else _given(call)
    if style is Style.NUMERIC_DOLLAR and len(call.args) > 1:
        return NoRemedy(reason="the call has parameters already")
    if isinstance(given, NoRemedy):
        return given
    codes: list[str] = []
    new: list[NewPart] = []
    old = [site.code(element.value) for element in given[1].elements] if given else []
    for part in statement.parts:
        if isinstance(part, Text):
            for _ in range(part.raw.count(style.value) if given else 0):
                if not old:
                    return NoRemedy(reason="the parameters given do not fit the statement")
                codes.append(old.pop(0))
            new.append(part if given else _escaped(part, style))
        elif isinstance(part, Hole):
            new.append(part)
        else:
            code = _value_code(site, part, doubled=bool(given) and style is Style.FORMAT)
            if isinstance(code, NoRemedy):
                return code
            codes.append(code)
            mark = f"${len(codes)}" if style is Style.NUMERIC_DOLLAR else style.value
            new.append(Insert(text=mark, token=_token(part)))
    if old:
        return NoRemedy(reason="the parameters given do not fit the statement")
    problem = rewrite_text(site, draft, statement.built.expression, new)
    if problem is not None:
        return problem
    if style is Style.NUMERIC_DOLLAR:
        draft.add_argument(call, ", ".join(codes))
    elif given:
        brackets = "[]" if isinstance(given[1], cst.List) else "()"
        draft.replace(given[1], _sequence(codes, brackets))
    else:
        keyword = "params=" if _name_of(call).startswith("read_sql") else ""
        draft.add_argument(call, keyword + _sequence(codes, "()"))
    return _SUMMARY


def _name_of(call: cst.Call) -> str:
    return (dotted(call.func) or "").rpartition(".")[2]


def _given(call: cst.Call) -> tuple[cst.Arg, cst.Tuple | cst.List] | NoRemedy | None:
    """Return the parameters that a call has already, ``None`` where it has none."""
    rest = [
        arg
        for index, arg in enumerate(call.args)
        if (arg.keyword is None and index > 0)
        or (
            arg.keyword is not None
            and arg.keyword.value in {"params", "parameters", "vars", "args"}
        )
    ]
    if not rest:
        return None
    value = rest[0].value
    if len(rest) > 1 or not isinstance(value, cst.Tuple | cst.List):
        return NoRemedy(reason="the call has parameters already, which cannot be told apart")
    if any(isinstance(element, cst.StarredElement) for element in value.elements):
        return NoRemedy(reason="the call unpacks its parameters")
    return rest[0], value


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
