"""Where a target can be driven from, and through which channel a value enters."""

from dataclasses import dataclass
from enum import StrEnum

from countermine.core.spans import TreePath


class EntryKind(StrEnum):
    """What kind of door it is; the harness has one driver for each."""

    FLASK_VIEW = "flask-view"
    DJANGO_VIEW = "django-view"
    ASGI_ROUTE = "asgi-route"
    """FastAPI and Starlette."""
    SCRIPT = "script"
    """A module run as ``__main__``, or a console function that reads arguments."""
    FUNCTION = "function"
    METHOD = "method"


class Channel(StrEnum):
    """Through what the value enters."""

    QUERY = "query"
    FORM = "form"
    JSON = "json"
    BODY = "body"
    PATH = "path"
    HEADER = "header"
    COOKIE = "cookie"
    UPLOAD_NAME = "upload-name"
    UPLOAD_CONTENT = "upload-content"
    FILE_CONTENT = "file-content"
    ARGV = "argv"
    ENV = "env"
    STDIN = "stdin"
    PARAMETER = "parameter"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPoint:
    """A function through which data from outside enters, and how it does."""

    kind: EntryKind
    path: TreePath
    qualname: str
    """Qualified name inside its module; ``<module>`` for code at the top level."""
    channel: Channel
    key: str | None = None
    """Name of the query key, form field, header, option or parameter; ``None`` for a whole."""
    start_line: int = 0
    """Line of the ``def``, 1-based, 0 when unknown: how a driver recognises a wrapped function."""
