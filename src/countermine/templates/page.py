"""A template on its way to the intermediate form: what it shows, and where in the page."""

from collections.abc import Callable
from dataclasses import dataclass, field

from countermine.flow import ir
from countermine.flow.index import FunctionInfo, ModuleInfo
from countermine.templates.html import Place, Reader

VARIANTS = 64
"""More than the ways in which one template is rendered."""
SHOWN_CHARACTERS = 60
"""Longest text of an expression that messages repeat."""
_UNSAFE = {
    Place.TEXT: ("html",),
    Place.QUOTED: ("html",),
    Place.UNQUOTED: ("html",),
    Place.TAG: ("html",),
    Place.URL: ("html", "html-address"),
    Place.HANDLER: ("html-script",),
    Place.SCRIPT: ("html-script",),
    Place.SCRIPT_TEXT: ("html-script",),
    Place.SCRIPT_TEMPLATE: ("html-script",),
    Place.PLAIN: (),
}
_ESCAPED = {
    Place.UNQUOTED: ("html-attribute",),
    Place.TAG: ("html-attribute",),
    Place.URL: ("html-address",),
    Place.HANDLER: ("html-script",),
    Place.SCRIPT: ("html-script",),
    Place.SCRIPT_TEMPLATE: ("html-script",),
}
"""Where a text that was escaped for HTML is dangerous still."""


@dataclass(slots=True, eq=False)
class Loaded:
    """A template that was read: a function of the names that it shows."""

    function: FunctionInfo
    names: tuple[str, ...]
    """Of the parameters."""
    blocks: dict[str, Reader] = field(default_factory=dict)
    """Where each block begins in the page."""
    macros: dict[str, FunctionInfo] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of what an expression shows."""

    value: ir.Expr
    raw: bool
    """It is put into the page as it is."""


@dataclass(slots=True, kw_only=True)
class Page:
    """What lowering one template carries along."""

    text: str
    """One character for each byte of the file."""
    html: bool
    escapes: bool
    load: Callable[[str], Loaded | None]
    """Finds another template, by the name that this one calls it."""
    fixed: tuple[int, int] | None = None
    """The place of everything, for a template that stands in a call."""
    reader: Reader = field(default_factory=Reader)
    names: dict[str, None] = field(default_factory=dict)
    blocks: dict[str, Reader] = field(default_factory=dict)
    bound: dict[str, str] = field(default_factory=dict)
    """Macros by the names that this template calls them."""
    called: dict[str, FunctionInfo] = field(default_factory=dict)
    """Functions by the names that they are called by in the intermediate form."""
    macros: dict[str, FunctionInfo] = field(default_factory=dict)
    module: ModuleInfo
    depth: int = 0
    """Of the expression at hand."""
    variant: int = 0
    """Which of the functions that one file makes."""

    def function(self, name: str, start: int) -> FunctionInfo:
        """Return a new function of this template, to be lowered."""
        start = start * VARIANTS + self.variant
        return FunctionInfo(self.module, "<template>", name, None, start, len(self.text), 0)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the place of what stands there in the template."""
        return (start, end) if self.fixed is None else self.fixed

    def name(self, start: int, name: str) -> ir.Name:
        """Return a variable of the template."""
        self.names[name] = None
        return ir.Name(start, start + len(name), name)

    def feed(self, text: str) -> None:
        """Go on over plain text."""
        if self.html:
            self.reader.feed(text)

    def output(self, start: int, end: int, parts: list[Part]) -> list[ir.Stmt]:
        """Return what putting an expression into the page does; go on behind it."""
        place = self.reader.place if self.html else Place.PLAIN
        if self.html:
            self.reader.put()
        shown = self._shown(start, end)
        start, end = self.span(start, end)
        found: list[ir.Stmt] = []
        for part in parts:
            kinds = (_UNSAFE if part.raw else _ESCAPED).get(place, ())
            if isinstance(part.value, ir.Const):
                continue
            if not kinds:
                found.append(ir.Evaluate(start, end, part.value))
                continue
            note = f"put into {place.value} as it is" if part.raw else f"put into {place.value}"
            likely = part.raw or place in (Place.UNQUOTED, Place.HANDLER, Place.SCRIPT)
            found.append(ir.Output(start, end, part.value, shown, kinds, note, likely))
        return found

    def _shown(self, start: int, end: int) -> str:
        written = self.text[start:end]
        text = " ".join(written.encode("latin-1").decode("utf-8", "replace").split())
        return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"

    def callable(self, function: FunctionInfo) -> str:
        """Return the name by which a function can be called in the intermediate form."""
        key = f"<{function.module.path}:{function.qualname}:{function.start}>"
        self.called[key] = function
        return key

    def call(self, other: Loaded, start: int, given: dict[str, ir.Expr] | None = None) -> ir.Stmt:
        """Return the call of another template with what this one sees, or was given."""
        key = self.callable(other.function)
        start, end = self.span(start, start + 1)
        known = given or {}
        arguments = [
            ir.Argument(start, end, known[name] if name in known else self.name(start, name))
            for name in other.names
        ]
        return ir.Evaluate(start, end, ir.Call(start, end, ir.Name(start, end, key), arguments))
