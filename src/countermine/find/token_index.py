"""Where the names that matter stand: one linear pass over the bytes of every file."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from ahocorasick_rs import BytesAhoCorasick

from countermine.catalogue.schema import Argument, Catalogue, Form, Sink, Test
from countermine.core.spans import TreePath
from countermine.find.bound_names import BoundNames, bound_names
from countermine.find.imports import Imports, Known
from countermine.find.library_roots import LibraryRoots
from countermine.flow.module_names import ModuleNames

_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_USED = re.compile(rb"\s*(?:[(),;\]\n#]|\Z)")
"""A function is called, handed on, or given another name."""
_ASSIGNED = re.compile(rb"[ \t]*(?::[^=\n]{1,80})?\+?=(?!=)")
_BEHIND_BYTES = 60
_STARS = b"**"
_SPREAD = re.compile(
    rb"(?<=[(, ])\*\*[(\s]{0,9}(?:await\s)?(?:\w+\.){0,3}(?:_?request|data|payload|body|form|json|"
    rb"get_json|POST|GET)\b"
)
"""A dictionary that may be a request's is spread over the keywords of a call."""
_CHOOSES = b"getattr"
_CHOSEN = re.compile(
    rb"getattr\((?:[^()\n]|\((?:[^()\n]|\([^()\n]*\))*\)){1,120}?,\s*[A-Za-z_]"
    rb"(?:[^()\n]|\((?:[^()\n]|\([^()\n]*\))*\)){0,120}\)(\s*\()?"
)
"""An attribute whose name is no plain text; what is called next, if it is at once."""
_CALLED_BYTES = 600
"""How far behind a name is given to such an attribute it is looked for a call of it."""
_KEY = Argument(keyword="key")
_COMPARED = re.compile(rb"[=!]=|\bin\b")
_ENDS_LINE = re.compile(rb"[ \t]*(?:#.*)?(?:\r?\n|\Z)")
_TABLE = re.compile(rb"[ \t]*=[ \t]*[\[{(]|\(\s*[A-Za-z_][\w.]*\s*[,)]")
_TABLES = re.compile(rb"^[ \t]*\w+[ \t]*=[ \t]*[\[{(][ \t]*$", re.MULTILINE)
_GIVEN = re.compile(rb"^[ \t]*(\w+)[ \t]*=(?!=)", re.MULTILINE)
_RENAMED = re.compile(rb"[ \t]+as[ \t]+(\w+)")
_STATEMENT_BYTES = 1000
"""How far before its end a statement is looked for that gives a method another name."""
_UNDERSCORE = ord("_")
_OWNER_BYTES = 120
"""Longest name before a dot, and the blanks behind it."""
_NOTHING: frozenset[bytes] = frozenset()


_OWNER = re.compile(rb"(\w+)[\s\\]*$")


class _Form(Enum):
    """How the name of a sink is written where it is used."""

    PLAIN = auto()
    """A function that needs no import."""
    ITEM = auto()
    """Something that is assigned to below the name."""
    DECORATOR = auto()
    FUNCTION = auto()
    """A library's function: below its module, or imported by itself."""
    METHOD = auto()
    """An attribute of a value of whatever name."""
    OPERAND = auto()
    """Something that is compared; the name may be the end of a longer one."""
    SETTING = auto()
    """Something that is assigned to by its plain name."""
    KEY = auto()
    """The text of a key."""
    TABLE = auto()
    """A table that is assigned to the name, or texts of which are handed to it."""
    NAMED = auto()
    """An attribute of a value that has a telling name."""


@dataclass(frozen=True, slots=True)
class _Token:
    """What must hold where a name stands for it to be a sink."""

    form: _Form
    owners: tuple[bytes, ...] = ()
    """The module of a function; texts of which one is in the telling name of a receiver."""
    libraries: int = 0
    """Libraries of which the file must know one, as ``Known`` numbers them; 0 for no matter."""


_PLAINLY = {
    Form.SETTING: _Form.SETTING,
    Form.TABLE: _Form.TABLE,
    Form.DECORATOR: _Form.DECORATOR,
}


class _File:
    """One text, of which the imports are read when first asked for."""

    def __init__(self, text: bytes, libraries: int) -> None:
        self.text = text
        self.libraries = libraries
        self._bound: BoundNames | None = None

    @property
    def bound(self) -> BoundNames:
        if self._bound is None:
            self._bound = bound_names(self.text)
        return self._bound

    def binds(self, name: bytes) -> bool:
        """Tell whether an import may bind the name."""
        return name in self.bound.imported or self.bound.everything


class TokenIndex:
    """Finds the sinks that a catalogue knows, and any other names."""

    def __init__(
        self,
        catalogue: Catalogue,
        kinds: frozenset[str],
        imports: Mapping[TreePath, Imports],
        names: ModuleNames,
        *,
        templates: bool = False,
    ) -> None:
        """Look for sinks of these kinds in files that import this; ``names`` gives modules.

        With ``templates`` also for the calls that render them.
        """
        self._tokens: dict[bytes, set[_Token]] = {}
        self._classes = {*catalogue.call_types.values(), *catalogue.value_types.values()}
        roots = LibraryRoots(catalogue)
        wanted: dict[str, frozenset[str]] = {}
        for name, rows in catalogue.sinks.items():
            if any(r.kind in kinds for r in rows):
                wanted[name] = roots.of(name.removesuffix("[]").rpartition(".")[0] or name)
        for name in _rendering(catalogue) if templates else ():
            wanted.setdefault(name, roots.of(name.rpartition(".")[0] or name))
        self._known = Known(imports, names, frozenset().union(*wanted.values()))
        everywhere = self._known.anywhere
        for name in sorted(wanted):
            libraries = self._known.mask(wanted[name]) if "." in name else 0
            rows = catalogue.sinks.get(name, ())
            if not libraries or libraries & everywhere:
                self._add(name, rows, libraries)
            else:
                # A file of settings imports nothing of what reads them.
                rows = tuple(row for row in rows if row.form is Form.SETTING)
                if rows:
                    self._add(name, rows, libraries)
        for handler in catalogue.rows.handlers:
            if handler.returns in kinds:
                for name in handler.decorators:
                    self._put(name, _Token(_Form.DECORATOR))
        self._names = sorted(self._tokens)
        self._automaton = BytesAhoCorasick(self._names) if self._names else None

    def _add(self, name: str, rows: tuple[Sink, ...], libraries: int) -> None:
        if not rows:
            self._add_plain(name, rows, libraries)
        for form in dict.fromkeys(r.form for r in rows):
            self._add_form(name, form, tuple(r for r in rows if r.form is form), libraries)

    def _add_form(self, name: str, form: Form, rows: tuple[Sink, ...], libraries: int) -> None:
        if form in _PLAINLY:
            self._put(name, _Token(_PLAINLY[form]))
            return
        plain = False
        for row in rows:
            keys = () if row.words else _keys(row)
            for word in row.words:
                self._put(word, _Token(_Form.ITEM, _behind(name, word), libraries))
            for key in keys:
                self._put(key, _Token(_Form.KEY))
            plain = plain or not (row.words or keys)
        if plain:
            self._add_plain(name, rows, libraries)

    def _add_plain(self, name: str, rows: tuple[Sink, ...], libraries: int) -> None:
        parts = name.removesuffix("[]").split(".")
        if rows and all(r.form is Form.COMPARE for r in rows):
            for spelt in (parts[-1], parts[-1].upper()):
                self._put(spelt, _Token(_Form.OPERAND))
            return
        if name.endswith("[]"):
            token = _Token(_Form.ITEM)
        elif parts[0] == "*" and all(r.receivers for r in rows):
            telling = tuple(sorted({t.encode() for r in rows for t in r.receivers}))
            token = _Token(_Form.NAMED, telling)
        elif parts[0] == "*" or (rows and all(r.form is Form.STORE for r in rows)):
            token = _Token(_Form.METHOD, libraries=libraries)
        elif len(parts) == 1:
            token = _Token(_Form.PLAIN)
        elif parts[-2][:1].isupper() or ".".join(parts[:-1]) in self._classes:
            token = _Token(_Form.METHOD, libraries=libraries)
        else:
            token = _Token(_Form.FUNCTION, (parts[-2].encode(),))
        self._put(name, token)

    def _put(self, name: str, token: _Token) -> None:
        last = name.removesuffix("[]").rpartition(".")[2].encode()
        self._tokens.setdefault(last, set()).add(token)

    @property
    def libraries(self) -> int:
        """Return what any file can know of: which names are looked for hangs on it."""
        return self._known.anywhere

    def known_to(self, path: TreePath) -> int:
        """Return the libraries that a file can know of: beside its text, all that it hangs on."""
        return self._known.at(path)

    def sinks(self, path: TreePath, text: bytes) -> list[int]:
        """Return the offsets at which a sink may be named in a file."""
        if self._automaton is None:
            return []
        found: list[int] = []
        given: set[bytes] = set()
        tables = False
        file = _File(text, self._known.at(path))
        for number, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            name = self._names[number]
            tokens = _as_written(self._tokens[name], text, start, end)
            renamed = _RENAMED.match(text, end) if tokens else None
            if renamed is not None:
                given.add(renamed[1])
            elif _is_definition(text, start):
                continue
            elif any(_fits(token, file, name, start) for token in tokens):
                found.append(start)
                tables = tables or any(
                    one.form is _Form.TABLE and _fits(one, file, name, start) for one in tokens
                )
                given |= _other_name(text, start, end)
        if tables:
            found.extend(match.start() for match in _TABLES.finditer(text))
        return [*found, *_calls(text, given)]


def _as_written(tokens: set[_Token], text: bytes, start: int, end: int) -> set[_Token]:
    """Return the tokens that what stands there may be: a word, or the end of a longer one."""
    if text[start:end] == _STARS:
        return tokens if _SPREAD.match(text, start) is not None else set()
    if text[start:end] == _CHOOSES and not _is_chosen(text, start):
        return set()
    # In ``"%s\\r\\n"`` what stands before the break is no part of a word.
    if text[start:end].startswith(b"\\") or _is_word(text, start, end):
        return tokens
    if not _is_word(text, start, end, behind_underscore=True):
        return set()
    return {one for one in tokens if one.form is _Form.OPERAND}


def _is_chosen(text: bytes, start: int) -> bool:
    """Tell whether the attribute that ``getattr`` gives by a variable's value may be called."""
    found = _CHOSEN.match(text, start)
    if found is None:
        return False
    line = text.rfind(b"\n", 0, start) + 1
    given = _GIVEN.match(text, line)
    if found[1] is not None or given is None:
        return found[1] is not None
    behind = text[found.end() : found.end() + _CALLED_BYTES]
    return re.search(rb"\b" + given[1] + rb"\(", behind) is not None


def _other_name(text: bytes, start: int, end: int) -> set[bytes]:
    """Return the name that a method gets: ``is_word = re.compile(...).fullmatch``."""
    if text[start - 1 : start] != b"." or not _ENDS_LINE.match(text, end):
        return set()
    before = text[max(0, start - _STATEMENT_BYTES) : start]
    return {name for name in _GIVEN.findall(before)[-1:] if name}


def _calls(text: bytes, names: set[bytes]) -> list[int]:
    """Return the offsets at which one of these names is called."""
    if not names:
        return []
    called = re.compile(rb"\b(?:" + b"|".join(sorted(names)) + rb")\(")
    return [match.start() for match in called.finditer(text)]


def _keys(row: Sink) -> tuple[str, ...]:
    """Return the keys that a row about items of a dictionary is about."""
    if row.form is not Form.STORE:
        return ()
    return tuple(
        str(value)
        for c in row.when
        if c.argument == _KEY and c.test is Test.EQUALS
        for value in c.values
    )


def _behind(name: str, word: str) -> tuple[bytes, ...]:
    """Return what stands behind the word of a sink where it is used, if that is known."""
    last = name.rpartition(".")[2]
    if name.endswith("[]"):
        return (b"[",)
    if last == "__call__":
        return (b"(",)
    # What is no name, as a line break that ends a text, stands in an argument: behind the method.
    anywhere = word in (last, _STARS.decode()) or word.startswith("\\")
    return () if anywhere else (b"." + last.encode(),)


def _is_followed(token: _Token, file: _File, end: int) -> bool:
    if token.libraries and not token.libraries & file.libraries:
        return False
    after = file.text[end : end + _BEHIND_BYTES].lstrip()
    return not token.owners or after.startswith(token.owners)


def _rendering(catalogue: Catalogue) -> list[str]:
    """Return the names of calls that render a template."""
    known = catalogue.templates.items()
    return [name for name, calls in known if any(c.form in ("render", "return") for c in calls)]


def _fits(token: _Token, file: _File, name: bytes, start: int) -> bool:
    """Tell whether a word may be the sink that a token stands for."""
    text = file.text
    dotted = start > 0 and text[start - 1 : start] == b"."
    fits = False
    match token.form:
        case _Form.ITEM:
            fits = _is_followed(token, file, start + len(name))
        case _Form.METHOD:
            fits = dotted and (not token.libraries or bool(token.libraries & file.libraries))
        case _Form.PLAIN:
            fits = not dotted and _USED.match(text, start + len(name)) is not None
        case _Form.DECORATOR:
            line = text.rfind(b"\n", 0, start) + 1
            fits = text[line:start].lstrip().startswith(b"@")
        case _Form.FUNCTION:
            fits = _is_function(token, file, name, start)
        case _Form.OPERAND:
            fits = _COMPARED.search(_line_around(text, start)) is not None
        case _Form.SETTING | _Form.TABLE:
            fits = _is_assigned(token, text, start, start + len(name))
        case _Form.KEY:
            fits = text[start - 1 : start] in (b'"', b"'")
        case _Form.NAMED:
            fits = dotted and _is_telling(token, text, start)
    return fits


def _is_assigned(token: _Token, text: bytes, start: int, end: int) -> bool:
    if token.form is _Form.TABLE:
        return _TABLE.match(text, end) is not None
    return text[start - 1 : start] != b"." and _ASSIGNED.match(text, end) is not None


def _owner(text: bytes, start: int) -> bytes | None:
    """Return the name before the dot before ``start``; ``None`` where a call or the like is."""
    found = _OWNER.search(text, max(0, start - 1 - _OWNER_BYTES), start - 1)
    return None if found is None else found[1]


def _is_function(token: _Token, file: _File, name: bytes, start: int) -> bool:
    end = start + len(name)
    if file.text[end : end + 1] == b".":
        return False  # an attribute of what has that name is meant, not it itself
    if start == 0 or file.text[start - 1 : start] != b".":
        return file.binds(name)
    owner = _owner(file.text, start)
    if owner is None:
        return False
    meant = file.bound.others.get(owner, _NOTHING)
    return owner in token.owners or not meant.isdisjoint(token.owners)


def _is_telling(token: _Token, text: bytes, start: int) -> bool:
    owner = _owner(text, start)
    return owner is None or any(telling in owner.lower() for telling in token.owners)


def _is_word(text: bytes, start: int, end: int, *, behind_underscore: bool = False) -> bool:
    before = text[start - 1] if start else 32
    after = text[end] if end < len(text) else 32
    begins = before not in _WORD or (behind_underscore and before == _UNDERSCORE)
    return begins and after not in _WORD


def _line_around(text: bytes, start: int) -> bytes:
    end = text.find(b"\n", start)
    return text[text.rfind(b"\n", 0, start) + 1 : end if end >= 0 else len(text)]


def _is_definition(text: bytes, start: int) -> bool:
    """Tell whether the name is being defined or imported here."""
    line = text.rfind(b"\n", 0, start) + 1
    head = text[line:start].lstrip()
    return head.startswith((b"def ", b"class ", b"async def ", b"import ", b"from ", b"#"))


def search(
    texts: Mapping[TreePath, bytes], names: Iterable[str]
) -> dict[str, list[tuple[TreePath, int]]]:
    """Return where names stand as words that are not defined or imported there, in path order."""
    wanted = sorted(n.encode() for n in names)
    if not wanted:
        return {}
    automaton = BytesAhoCorasick(wanted)
    found: dict[str, list[tuple[TreePath, int]]] = {n.decode(): [] for n in wanted}
    for path in sorted(texts):
        text = texts[path]
        for number, start, end in automaton.find_matches_as_indexes(text, overlapping=True):
            if _is_word(text, start, end) and not _is_definition(text, start):
                found[wanted[number].decode()].append((path, start))
    return found
