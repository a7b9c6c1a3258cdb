"""What the environment of a request holds under its names; source: PEP 3333."""

from countermine.find.routing import Taken

_NAMES = frozenset({"env", "environ"})
_DECODED = frozenset({"PATH_INFO", "PATH_TRANSLATED", "SCRIPT_NAME"})
"""Names of what the server decodes before it hands it over, line breaks and all."""
_ONE_LINE = Taken(harmless=frozenset({"header", "log"}))


def of_environment(parameter: str, trail: tuple[str, ...]) -> Taken | None:
    """Return what stands under a name of the environment, ``None`` where that may be anything.

    The line of a request and each of its headers end at a line break, so that none is in what
    stands there as it was sent.

    Args:
        parameter: What the application calls its first parameter.
        trail: What is taken out of it, such as ``("[REQUEST_METHOD]",)``.
    """
    key = trail[0][1:-1] if trail and trail[0].startswith("[") else ""
    return _ONE_LINE if parameter in _NAMES and key.isupper() and key not in _DECODED else None
