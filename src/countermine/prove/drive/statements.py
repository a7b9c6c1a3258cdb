"""The shape of SQL statements: their tree without names of constants."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import sqlglot
from sqlglot import Tokenizer, TokenType, errors, expressions

from countermine.prove.drive.payloads import WORD

Shape = tuple[str, ...]
"""Kinds of the nodes of all statements in a text, in the order of the text."""


@lru_cache(maxsize=512)
def shape(text: str) -> Shape | None:
    """Return the shape of a text of SQL, ``None`` when it cannot be parsed.

    Placeholders of drivers (``?``, ``%s``, ``:name``) count as constants.
    """
    for dialect in ("sqlite", "postgres", "mysql"):
        try:
            parsed = sqlglot.parse(text.replace("%s", "?"), dialect=dialect)
        except (errors.ParseError, errors.TokenError, RecursionError):
            continue
        return tuple(kind for one in parsed if one is not None for kind in _kinds(one))
    return None


def _kinds(statement: expressions.Expr) -> list[str]:
    kinds: list[str] = []
    for node in statement.walk():
        if isinstance(node, expressions.Command):
            kinds += ["Command", *(tokens(f"{node.this} {node.text('expression')}") or ())]
        elif isinstance(
            node, expressions.Literal | expressions.Placeholder | expressions.Parameter
        ):
            kinds.append("constant")
        elif isinstance(node, expressions.Identifier | expressions.Var):
            kinds.append("name")
        else:
            kinds.append(type(node).__name__)
    return kinds


@lru_cache(maxsize=512)
def tokens(text: str) -> Shape | None:
    """Return the kinds of the words of a command, ``None`` where a quote is left open.

    For what no parser here knows: ``RELEASE SAVEPOINT name``. Of any other statement that does not
    parse nothing is said. Names and constants are one kind, since a value may be either.
    """
    first = text.strip().partition(" ")[0].upper()
    return words(text) if first in _COMMANDS else None


@lru_cache(maxsize=512)
def words(text: str) -> Shape | None:
    """Return the first word of a text of SQL and the kinds of the others, as ``tokens`` does."""
    # Of what follows a command by itself (VACUUM, CALL) the tokenizer makes one text.
    first, _, rest = text.replace("%s", "?").strip().partition(" ")
    try:
        found = Tokenizer().tokenize(rest)
    except errors.TokenError:
        return None
    kinds = ("word" if one.token_type in _WORDS else one.token_type.name for one in found)
    return (first.upper(), *kinds)


_COMMANDS = frozenset(
    {
        "ANALYZE", "ATTACH", "CALL", "CLUSTER", "DEALLOCATE", "DETACH", "EXEC", "EXECUTE", "FLUSH",
        "GRANT", "KILL", "LISTEN", "LOCK", "NOTIFY", "PRAGMA", "REFRESH", "REINDEX", "RELEASE",
        "RESET", "REVOKE", "ROLLBACK", "SAVEPOINT", "SET", "SHOW", "UNLISTEN", "USE", "VACUUM",
    }
)  # fmt: skip
_WORDS = frozenset({TokenType.STRING, TokenType.NUMBER, TokenType.VAR, TokenType.IDENTIFIER})


@lru_cache(maxsize=512)
def predicates(text: str) -> tuple[str, ...]:
    """Return the kinds of comparison in a text of SQL, none when it cannot be parsed."""
    try:
        parsed = sqlglot.parse(text.replace("%s", "?"), dialect="sqlite")
    except (errors.ParseError, errors.TokenError, RecursionError):
        return ()
    return tuple(
        type(node).__name__
        for one in parsed
        if one is not None
        for node in one.find_all(expressions.Predicate)
    )


_HOLDER = re.compile(
    r"""(?P<constant>'(?:[^'\\]|''|\\.)*'|"[^"]*"|`[^`]*`)|(?P<next>\?|%s)"""
    r"""|%\((?P<named>\w+)\)s|\$(?P<at>\d+)|(?<![:\w]):(?P<name>[A-Za-z_]\w*)"""
)
"""How drivers mark the place of a value; source: PEP 249, paramstyle, and PostgreSQL's ``$1``."""


@lru_cache(maxsize=512)
def asked(text: str, given: str) -> str:
    """Return a statement with its values put in: the legitimate one as it is, ``?`` for others.

    Two statements that come to the same text ask for the same, however their values get in.

    Args:
        text: The statement.
        given: A document of JSON: its values, by place or by name; empty for none.
    """
    try:
        values = json.loads(given) if given else []
    except ValueError:
        values = []
    filled = _filled(text, values)
    for dialect in ("sqlite", "postgres", "mysql"):
        try:
            parsed = sqlglot.parse(filled, dialect=dialect)
        except (errors.ParseError, errors.TokenError, RecursionError):
            continue
        return "; ".join(_said(one) for one in parsed if one is not None)
    return " ".join(words(text) or ("?",))


def _filled(text: str, values: Sequence[str] | Mapping[str, str]) -> str:
    """Return a statement with its values as constants in it."""
    by_name = values if isinstance(values, Mapping) else {}
    by_place = [] if isinstance(values, Mapping) else list(values)
    places = iter(range(len(by_place)))

    def filled(found: re.Match[str]) -> str:
        if found["constant"] is not None:
            return found[0]
        name = found["named"] or found["name"]
        if name is not None and name in by_name:
            value = by_name[name]
        elif found["at"] is not None:
            at = int(found["at"]) - 1
            value = by_place[at] if at < len(by_place) else ""
        else:
            value = by_place[next(places, -1)] if by_place else ""
        return "'" + str(value).replace("'", "''") + "'"

    return _HOLDER.sub(filled, text)


def _said(statement: expressions.Expr) -> str:
    copy = statement.copy()
    for joined in reversed(list(copy.find_all(expressions.DPipe))):
        # A text that is put together in the statement is the one that it comes to.
        left, right = joined.this, joined.expression
        if left.is_string and right.is_string:
            joined.replace(expressions.Literal.string(left.name + right.name))
    for node in list(copy.find_all(expressions.Literal)):
        value = str(node.this)
        node.replace(expressions.Literal.string(value if WORD.search(value) else "?"))
    return " ".join(copy.sql(normalize=True, comments=False).split()).replace('"', "")
