"""Where taint begins, and the steps of its trace."""

from typing import TypeAlias

from countermine.core.entrypoints import Channel
from countermine.core.findings import StepKind
from countermine.core.levels import SourceLevel

OriginKey: TypeAlias = tuple[str, ...]


class Step:
    """One step of a trace, linked to what came before it; ``joined`` is a trace put behind it."""

    __slots__ = ("before", "end", "function", "joined", "kind", "note", "path", "start")

    def __init__(  # noqa: PLR0913, PLR0917 - a record
        self,
        before: "Step | None",
        kind: StepKind,
        path: str,
        start: int,
        end: int,
        function: str,
        note: str,
        joined: "Step | None" = None,
    ) -> None:
        """Link a step to the one before it."""
        self.before = before
        self.kind = kind
        self.path = path
        self.start = start
        self.end = end
        self.function = function
        self.note = note
        self.joined = joined


class Origin:
    """Where taint begins: a source, or a part of a parameter of the function at hand."""

    __slots__ = (
        "channel", "end", "fence", "function", "function_key", "further", "index", "key", "level",
        "name", "note", "owner", "path", "start", "steps", "trail",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913, PLR0917 - a record
        self,
        key: OriginKey,
        owner: str | None,
        index: int,
        trail: tuple[str, ...] = (),
        level: SourceLevel | None = None,
        channel: Channel | None = None,
        name: str | None = None,
        note: str = "",
        path: str = "",
        start: int = 0,
        end: int = 0,
        function: str = "",
        function_key: str = "",
    ) -> None:
        """Name where it is; of a parameter little more than its key is known."""
        self.key = key
        self.owner = owner
        """Key of the function whose parameter it is; ``None`` for a source."""
        self.index = index
        """Position of the parameter, -1 for a source."""
        self.trail = trail
        """Attributes (``.name``) and items (``[name]``) below the parameter."""
        self.level = level
        self.channel = channel
        self.name = name
        """The key below the source: a form field, an option."""
        self.note = note
        self.path = path
        self.start = start
        self.end = end
        self.function = function
        self.function_key = function_key
        """Key of the function in which the source is read."""
        self.further: dict[str, Origin] | None = None
        """What was made of it, by the mark of the step: one object for each."""
        self.fence = -1
        """Length of the key up to the last decoder, 0 without one, once asked for."""
        self.steps: tuple[tuple[str, bool], ...] | None = None
        """Marks of the steps since it came in, each with whether it decodes; once asked for."""
