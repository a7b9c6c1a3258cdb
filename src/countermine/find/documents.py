"""What of a request's document a value is, where the target itself reads the document."""

from itertools import takewhile

from countermine.core.entrypoints import Channel
from countermine.flow.origins import Origin

_READ = "~%loads"
"""In the key of an origin: what follows was taken out of a document that was read."""
_ITEM = "~["


def of_document(origin: Origin, channel: Channel) -> tuple[Channel, str | None]:
    """Return the channel and key of a source, those of the field where it is one of a document.

    The body of a request that is read by ``json.loads`` is sent as JSON with the field in it, at
    ``outer.inner`` where one lies in the other.
    """
    if channel is not Channel.BODY or origin.name is not None or _READ not in origin.key:
        return channel, origin.name
    behind = origin.key[origin.key.index(_READ) + 1 :]
    names = [mark[len(_ITEM) : -1] for mark in takewhile(_is_field, behind)]
    return (Channel.JSON, ".".join(names)) if names else (channel, origin.name)


def _is_field(mark: str) -> bool:
    name = mark[len(_ITEM) : -1]
    return mark.startswith(_ITEM) and bool(name) and not name.lstrip("-").isdigit()
