"""The shape of SQL statements: their tree without names of constants."""

from functools import lru_cache

import sqlglot
from sqlglot import Tokenizer, TokenType, errors, expressions

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
