"""Texts in code that may be secrets: told first by their bytes, then by where they stand.

One pass over the bytes finds the words that names of secrets end in, and what vendors' secrets
begin with; only what is a literal of the right form behind that is looked for in the tree.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ahocorasick_rs import BytesAhoCorasick
from tree_sitter import Node

from countermine.secrets.shapes import BEGINNINGS, may_be
from countermine.secrets.words import Held, held
from countermine.syntax.python import unescape

_NAMED = tuple(
    spelt.encode()
    for word in (
        "password", "passwd", "pwd", "passphrase", "passcode", "_pass", "secret", "token",
        "apikey", "api_key", "access_key", "private_key", "secret_key", "signing_key",
        "encryption_key", "auth_key", "crypto_key", "master_key",
    )
    for spelt in (word, word.upper(), word.title().replace("_", ""), word.title())
)  # fmt: skip
_WORDS = tuple(dict.fromkeys((*BEGINNINGS, *_NAMED)))
_SHAPED = frozenset(BEGINNINGS)
_AUTOMATON = BytesAhoCorasick(_WORDS)
_NAME_BYTES = 200
"""Longer ones are no names that a person gave."""
_REST = re.compile(rb"\w{0,%d}+(?!\w)" % _NAME_BYTES)
_HEAD = re.compile(rb"\w*\Z")
_HEAD_BYTES = 60
_GIVEN = re.compile(
    rb"[\"']?\]?\s*(?:(?::[ \t]*(?:[\w.]+(?:\[[\w., |]*\])?[ \t]*(?:\|[ \t]*\w+[ \t]*)?)?)?=(?!=)|:"
    rb"|[=!]=|[\"'][ \t]*,[ \t]*(?:default[ \t]*=)?)[\s(]{0,20}[bru]{0,2}[\"']"
)
"""From the end of a name to the literal that it gets, is compared with, or falls back to."""


class Form(StrEnum):
    """How a literal comes to its name."""

    ASSIGNED = "assigned"
    KEYWORD = "keyword"
    ITEM = "item"
    DEFAULT = "default"
    COMPARED = "compared"
    FALLBACK = "fallback"
    SHAPED = "shaped"


_FORMS = {
    "assignment": Form.ASSIGNED,
    "keyword_argument": Form.KEYWORD,
    "pair": Form.ITEM,
    "default_parameter": Form.DEFAULT,
    "typed_default_parameter": Form.DEFAULT,
    "comparison_operator": Form.COMPARED,
    "argument_list": Form.FALLBACK,
}
_FALLBACKS = frozenset(
    {"get", "getenv", "config", "env", "str", "pop", "setdefault", "environ_get"}
)
_ROWS = 8
"""Values of one length in one dictionary from which on it is a table."""
_USERS = re.compile(r"(?i)(?:^|_)(?:user|username|user_?name|login|usr|uid|account|email)$|^user$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A literal that may be a secret."""

    start: int
    end: int
    name: str
    """Of what it is given to; what it is called where only its shape tells."""
    value: str
    form: Form
    what: Held | None
    """What the name says; ``None`` for a shape."""
    beginning: bytes = b""
    """Of its shape."""
    function: str
    """Qualified name of the function around it."""
    user: str | None = None
    """The literal that is given for a user beside it; empty where that is none."""


def words_in(text: bytes) -> list[tuple[bytes, int]]:
    """Return what may tell of a secret, with its offset: cheap, and mostly nothing."""
    found: list[tuple[bytes, int]] = []
    for number, start, end in _AUTOMATON.find_matches_as_indexes(text, overlapping=True):
        word = _WORDS[number]
        if word in _SHAPED:
            if may_be(text, start, word):
                found.append((word, start))
            continue
        rest = _REST.match(text, end)
        if rest is not None and _GIVEN.match(text, rest.end()) is not None:
            found.append((word, start))
    return found


def places(text: bytes, words: list[tuple[bytes, int]], root: Node) -> Iterator[Place]:
    """Yield the literals of a file that its words tell of, each once."""
    seen: set[int] = set()
    beside = _Beside()
    for word, start in words:
        place = _shaped(root, word, start) if word in _SHAPED else _named(text, root, start, beside)
        if place is not None and place.start not in seen:
            seen.add(place.start)
            yield place


def _shaped(root: Node, word: bytes, start: int) -> Place | None:
    node = _string_at(root, start)
    if node is None or _is_prose(node):
        return None
    return Place(
        start=node.start_byte, end=node.end_byte, name=BEGINNINGS[word], value=_content(node),
        form=Form.SHAPED, what=None, beginning=word, function=_function(node),
    )  # fmt: skip


def _named(text: bytes, root: Node, start: int, beside: "_Beside") -> Place | None:
    head = _HEAD.search(text, max(0, start - _HEAD_BYTES), start)
    first = start if head is None else head.start()
    rest = _REST.match(text, start)
    last = start if rest is None else rest.end()
    name = text[first:last].decode("utf-8", "replace")
    what = held(name)
    given = _GIVEN.match(text, last)
    if what is None or given is None:
        return None
    node = _string_at(root, given.end())
    holder = None if node is None else _holder(node)
    if node is None or holder is None or not holder.start_byte <= first < node.start_byte:
        return None
    form = _FORMS[holder.type]
    if form is Form.FALLBACK and not _falls_back(holder):
        return None
    if form is Form.ITEM and beside.is_row(holder):
        return None
    return Place(
        start=node.start_byte, end=node.end_byte, name=name, value=_content(node), form=form,
        what=what, user=beside.user(holder),
        function=_function(node),
    )  # fmt: skip


def _string_at(root: Node, offset: int) -> Node | None:
    node = root.descendant_for_byte_range(offset, offset)
    while node is not None and node.type in ("string_content", "string_start", "string_end",
                                             "escape_sequence"):  # fmt: skip
        node = node.parent
    if node is None or node.type != "string":
        return None
    # A text that is put together is told by its parts, which are not known here.
    return None if any(c.type == "interpolation" for c in node.named_children) else node


def _function(node: Node) -> str:
    """Return the qualified name of the function around a node."""
    names: list[str] = []
    inside = False
    parent = node.parent
    while parent is not None:
        # Of functions within functions the outermost is meant, as in flows.
        if parent.type == "function_definition":
            names, inside = [_defined(parent)], True
        elif parent.type == "class_definition" and inside:
            names.append(_defined(parent))
        parent = parent.parent
    return ".".join(reversed(names)) if inside else "<module>"


def _defined(node: Node) -> str:
    named = node.child_by_field_name("name")
    return "?" if named is None else (named.text or b"?").decode("utf-8", "replace")


def _is_prose(node: Node) -> bool:
    """Tell whether a literal is a docstring, which shows how things look."""
    return node.parent is not None and node.parent.type in ("expression_statement", "module")


def _content(node: Node) -> str:
    parts = [c.text or b"" for c in node.named_children if c.type == "string_content"]
    return unescape(b"".join(parts).decode("utf-8", "replace"))


def _holder(node: Node) -> Node | None:
    """Return what gives a literal its name: an assignment, an argument, an item."""
    parent = node.parent
    while parent is not None and parent.type == "parenthesized_expression":
        parent = parent.parent
    if parent is not None and parent.type == "argument_list":
        return parent
    if parent is not None and parent.type == "keyword_argument" and _is_default(parent):
        return parent.parent
    return parent if parent is not None and parent.type in _FORMS else None


def _is_default(node: Node) -> bool:
    named = node.child_by_field_name("name")
    return named is not None and named.text == b"default"


def _falls_back(arguments: Node) -> bool:
    function = arguments.parent.child_by_field_name("function") if arguments.parent else None
    if function is None:
        return False
    last = function.child_by_field_name("attribute") or function
    return (last.text or b"").decode("utf-8", "replace") in _FALLBACKS


class _Beside:
    """What stands beside the literals of one file: found once for each body, call or table."""

    def __init__(self) -> None:
        self._users: dict[tuple[int, str], list[tuple[str, str]]] = {}
        self._sizes: dict[int, Counter[int]] = {}

    def is_row(self, pair: Node) -> bool:
        """Tell whether an item stands in a table of many that look alike, such as digests."""
        value = pair.child_by_field_name("value")
        around = pair.parent
        if around is None or value is None:
            return False
        sizes = self._sizes.get(around.id)
        if sizes is None:
            sizes = self._sizes[around.id] = Counter(_sizes(around))
        return sizes[value.end_byte - value.start_byte] >= _ROWS

    def user(self, holder: Node) -> str | None:
        """Return the literal for a user that stands beside a password."""
        around = holder.parent
        if holder.type == "assignment" and around is not None:
            around = around.parent
        if around is None or holder.type in ("comparison_operator", "argument_list"):
            return None
        key = (around.id, holder.type)
        if key not in self._users:
            self._users[key] = list(_users(around, holder.type))
        users = self._users[key]
        name = _name_of(holder)
        near = [user for head, user in users if head and name.startswith(head)]
        return next((user for user in (*near, *(user for _, user in users))), None)


def _sizes(table: Node) -> Iterator[int]:
    """Yield how long the texts are that are values of a table."""
    for pair in table.named_children:
        value = pair.child_by_field_name("value") if pair.type == "pair" else None
        if value is not None and value.type == "string":
            yield value.end_byte - value.start_byte


def _users(around: Node, kind: str) -> Iterator[tuple[str, str]]:
    """Yield the users in a body: what their names begin with, and the literal, if it is one."""
    for sibling in around.named_children:
        each = (
            sibling.named_children[0]
            if sibling.type == "expression_statement" and (sibling.named_children)
            else sibling
        )
        if each.type != kind and each.type not in _FORMS:
            continue
        name = _name_of(each)
        found = _USERS.search(name)
        if found is not None:
            value = each.child_by_field_name("value") or each.child_by_field_name("right")
            literal = value is not None and value.type == "string"
            yield name[: found.start() + 1], _content(value) if literal and value else ""


def _name_of(node: Node) -> str:
    named = (
        node.child_by_field_name("name")
        or node.child_by_field_name("key")
        or node.child_by_field_name("left")
    )
    if named is None:
        return ""
    if named.type == "string":
        return _content(named)
    return (named.text or b"").decode("utf-8", "replace").rpartition(".")[2]
