"""The structure of shell commands: what a value added to it beyond being a word."""

from collections import Counter
from functools import cache

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from countermine.core.witnesses import CANARY

_STRUCTURE = frozenset(
    {
        "command",
        "pipeline",
        "list",
        "subshell",
        "compound_statement",
        "command_substitution",
        "process_substitution",
        "redirected_statement",
        "file_redirect",
        "heredoc_redirect",
        "herestring_redirect",
        "simple_expansion",
        "expansion",
        "arithmetic_expansion",
        "variable_assignment",
        "if_statement",
        "while_statement",
        "for_statement",
        "function_definition",
        "comment",
        ";",
        "&",
        "&&",
        "||",
        "|",
        "ERROR",
    }
)


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_bash.language()))


def structure(command: str) -> Counter[str]:
    """Return how often each structural part occurs in a command."""
    found: Counter[str] = Counter()
    left: list[Node] = [_parser().parse(command.encode("utf-8", "replace")).root_node]
    while left:
        node = left.pop()
        if node.type in _STRUCTURE or node.is_missing:
            found[node.type] += 1
        left += node.children
    return found


def words(command: str) -> list[list[str]]:
    """Return the words of each simple command, quotes taken off, in the order of the text."""
    found: list[list[str]] = []
    left: list[Node] = [_parser().parse(command.encode("utf-8", "replace")).root_node]
    while left:
        node = left.pop()
        if node.type == "command":
            found.append([_bare(child) for child in node.children])
        left += reversed(node.children)
    return found


def _bare(node: Node) -> str:
    text = (node.text or b"").decode("utf-8", "replace")
    return text.strip("'\"") if node.type in {"string", "raw_string"} else text


def grown(seen: str, benign: list[str]) -> str | None:
    """Return which structural part a command has that no benign one has as often, if any.

    Only for commands that hold the canary: others are not made of what entered.
    """
    if CANARY not in seen:
        return None
    known = [structure(one) for one in benign]
    mine = structure(seen)
    if not known:
        return None
    for part in sorted(mine):
        if all(mine[part] > one[part] for one in known):
            return part
    return None
