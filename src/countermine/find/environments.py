"""What the environment of a request holds under its names; source: PEP 3333."""

from countermine.find.routing import Taken

_NAMES = frozenset({"env", "environ"})
_AS_SENT = frozenset(
    {
        "CONTENT_LENGTH", "HTTP_HOST", "REMOTE_ADDR", "REQUEST_METHOD", "SERVER_NAME",
        "SERVER_PORT", "SERVER_PROTOCOL",
    }
)  # fmt: skip
"""Names of words of a request that nobody decodes: what stands there was within one line."""
_ONE_LINE = Taken(harmless=frozenset({"header", "log"}))


def of_environment(parameter: str, trail: tuple[str, ...]) -> Taken | None:
    """Return what stands under a name of the environment, ``None`` where that may be anything.

    The line of a request and each of its headers end at a line break. Of a query, a cookie or
    credentials that says little: they are decoded by whoever reads them.

    Args:
        parameter: What the application calls its first parameter.
        trail: What is taken out of it, such as ``("[REQUEST_METHOD]",)``.
    """
    key = trail[0][1:-1] if trail and trail[0].startswith("[") else ""
    return _ONE_LINE if parameter in _NAMES and key in _AS_SENT else None
