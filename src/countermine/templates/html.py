"""Where in an HTML document something stands: told by reading what comes before it."""

import re
from enum import StrEnum


class Place(StrEnum):
    """What a browser makes of a text at a place."""

    TEXT = "text"
    """Between tags, in a comment, or in text that no script runs from."""
    QUOTED = "a quoted attribute"
    UNQUOTED = "an attribute without quotes"
    TAG = "a tag"
    """Between the attributes of a tag, or as the name of one."""
    URL = "an address"
    """The beginning of an attribute that is followed or loaded."""
    HANDLER = "a script in an attribute"
    SCRIPT = "a script"
    SCRIPT_TEXT = "a text of a script"
    """Within quotes in a script."""
    SCRIPT_TEMPLATE = "a template of a script"
    """Within backticks in a script."""
    PLAIN = "plain text"
    """Not in an HTML document."""


_TAG_OPEN = re.compile(r"<(/?)([A-Za-z][^\s/>]*)")
_ATTRIBUTE = re.compile(r"[^\s=>/]+")
_SCRIPT_TYPES = re.compile(r"^$|javascript|ecmascript|module|babel|jsx|coffeescript")
_URL_ATTRIBUTES = frozenset({"href", "action", "formaction", "xlink:href", "data"})
_URL_SOURCES = frozenset({"iframe", "frame", "embed", "object", "script"})
"""Elements of which ``src`` may run what it leads to."""
_RAW = frozenset({"script", "style", "textarea", "title", "xmp"})
_IN_SCRIPT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)|[\"'`]", re.DOTALL)
_HTML_SUFFIXES = (".html", ".htm", ".xhtml", ".svg", ".djhtml", ".mako", ".mak")
_OUTER_SUFFIXES = (".jinja", ".jinja2", ".j2", ".tmpl", ".tpl")
_MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|div|span|p|a|b|i|h[1-6]|br|hr|table|tr|td|ul|ol|li|form|input"
    r"|script|style|img|link|meta|button|option|section|main|nav|strong|em|small|pre|code|label)\b",
    re.IGNORECASE,
)


def is_html(name: str, text: str) -> bool:
    """Tell whether a template makes HTML, by its name or else by what is in it."""
    lowered = name.lower()
    if lowered.endswith(_OUTER_SUFFIXES):
        inner = lowered.rpartition(".")[0]
        if inner.endswith(_HTML_SUFFIXES):
            return True
        if "." in inner.rpartition("/")[2]:
            return False
        return _MARKUP.search(text) is not None
    if lowered.endswith(_HTML_SUFFIXES):
        return True
    return not lowered and _MARKUP.search(text) is not None


class Reader:
    """Reads a document piece by piece; what is put in by a template stands between pieces."""

    __slots__ = ("_attribute", "_filled", "_mode", "_quote", "_tag", "_type", "_value")

    def __init__(self) -> None:
        """Begin between tags."""
        self._mode = "text"
        self._tag = ""
        self._type = ""
        """The ``type`` of the tag that was opened last."""
        self._attribute = ""
        self._quote = ""
        self._value = ""
        """What is known of the attribute's value so far."""
        self._filled = False
        """Something of unknown content stands in the attribute's value."""

    def copy(self) -> "Reader":
        """Return a reader that goes on apart from here."""
        other = Reader()
        for name in self.__slots__:
            setattr(other, name, getattr(self, name))
        return other

    def feed(self, text: str) -> None:
        """Read on."""
        place = 0
        while place < len(text):
            step = _STEPS[self._mode]
            place = step(self, text, place)

    def put(self) -> None:
        """Read on over something of unknown content."""
        if self._mode == "before value":
            self._mode, self._quote, self._value = "value", "", ""
        if self._mode == "value":
            self._filled = True

    @property
    def place(self) -> Place:
        """What stands here."""
        if self._mode == "value":
            return self._in_value(unquoted=not self._quote)
        if self._mode == "before value":
            return self._in_value(unquoted=True)
        if self._mode in ("tag", "attribute"):
            return Place.TAG
        if self._mode == "raw" and self._tag == "script" and _SCRIPT_TYPES.search(self._type):
            if self._quote == "`":
                return Place.SCRIPT_TEMPLATE
            return Place.SCRIPT_TEXT if self._quote else Place.SCRIPT
        return Place.TEXT

    def _in_value(self, *, unquoted: bool) -> Place:
        if self._attribute.startswith("on"):
            return Place.HANDLER
        if unquoted:
            return Place.UNQUOTED
        leads = self._attribute in _URL_ATTRIBUTES or (
            self._attribute == "src" and self._tag in _URL_SOURCES
        )
        begun = self._filled or self._value.strip()
        return Place.URL if leads and not begun else Place.QUOTED

    # one step in each mode: reads from ``place``, returns where to go on

    def read_text(self, text: str, place: int) -> int:
        """Read between tags."""
        start = text.find("<", place)
        if start < 0:
            return len(text)
        if text.startswith("<!--", start):
            self._mode = "comment"
            return start + 4
        tag = _TAG_OPEN.match(text, start)
        if tag is None:
            return start + 1
        self._mode, self._type = "tag", ""
        self._tag = "/" if tag[1] else tag[2].lower()
        return tag.end()

    def read_comment(self, text: str, place: int) -> int:
        """Read a comment."""
        end = text.find("-->", place)
        if end < 0:
            return len(text)
        self._mode = "text"
        return end + 3

    def read_tag(self, text: str, place: int) -> int:
        """Read between the attributes of a tag."""
        char = text[place]
        if char == ">":
            self._mode, self._quote = ("raw", "") if self._tag in _RAW else ("text", "")
            return place + 1
        if char in "\"'=/" or char.isspace():
            if char == "=":
                self._mode, self._value, self._filled = "before value", "", False
            return place + 1
        name = _ATTRIBUTE.match(text, place)
        if name is None:
            return place + 1
        self._attribute = name[0].lower()
        if self._attribute.startswith(("@", "v-on:", "x-on:")):
            self._attribute = "on" + self._attribute
        self._mode = "attribute"
        return name.end()

    def read_after_name(self, text: str, place: int) -> int:
        """Read behind the name of an attribute."""
        char = text[place]
        if char.isspace():
            return place + 1
        if char == "=":
            self._mode, self._value, self._filled = "before value", "", False
            return place + 1
        self._mode = "tag"
        return place

    def read_before_value(self, text: str, place: int) -> int:
        """Read behind the equals sign of an attribute."""
        char = text[place]
        if char.isspace():
            return place + 1
        if char == ">":
            self._mode = "tag"
            return place
        self._mode = "value"
        self._quote = char if char in "\"'" else ""
        return place + 1 if self._quote else place

    def read_value_text(self, text: str, place: int) -> int:
        """Read the value of an attribute."""
        if self._quote:
            end = text.find(self._quote, place)
        else:
            ending = re.compile(r"[\s>]").search(text, place)
            end = -1 if ending is None else ending.start()
        self._value += text[place : end if end >= 0 else len(text)]
        if end < 0:
            return len(text)
        if self._attribute == "type":
            self._type = "?" if self._filled else self._value.strip().lower()
        self._mode = "tag"
        return end + 1 if self._quote else end

    def read_raw(self, text: str, place: int) -> int:
        """Read what is no markup up to the end of its element."""
        closing = re.compile(rf"</{self._tag}\b", re.IGNORECASE).search(text, place)
        end = len(text) if closing is None else closing.start()
        if self._tag == "script":
            self._script(text, place, end)
        if closing is None:
            return len(text)
        self._mode, self._quote, self._tag = "tag", "", "/"
        return closing.end()

    def _script(self, text: str, place: int, end: int) -> None:
        while place < end:
            if self._quote:
                stop = re.compile(rf"\\.|{self._quote}|\n").search(text, place, end)
                if stop is None:
                    return
                ends = stop[0] == self._quote or (stop[0] == "\n" and self._quote != "`")
                self._quote = "" if ends else self._quote
                place = stop.end()
                continue
            found = _IN_SCRIPT.search(text, place, end)
            if found is None:
                return
            self._quote = found[0] if found[0] in "\"'`" else ""
            place = found.end()


_STEPS = {
    "text": Reader.read_text,
    "comment": Reader.read_comment,
    "tag": Reader.read_tag,
    "attribute": Reader.read_after_name,
    "before value": Reader.read_before_value,
    "value": Reader.read_value_text,
    "raw": Reader.read_raw,
}
