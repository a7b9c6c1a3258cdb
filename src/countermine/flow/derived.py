"""What is made out of a value: it has an origin of its own, since a check of it is no other's.

The key of the origin says how: a mark for each step follows the key of the value it came from.
What is known of a value holds for what is made out of it, up to a decoder.
"""

from functools import lru_cache

from countermine.flow.marks import ADDRESS_KINDS, ASKED, HOSTLESS
from countermine.flow.origins import Origin, OriginKey
from countermine.flow.values import (
    EVERY_KIND,
    NO_KINDS,
    Fact,
    Facts,
    Taint,
)

_MARK = "~"
_DECODED = "~%"
INDEXES_KEPT = 512
_OWN = 3
"""Parts of a key that say whose parameter, or which source, it is; the rest is what of it."""
MARKS_KEPT = 8
"""Steps told apart; loops take a value apart again and again."""
_HOSTS = frozenset(
    {"~.netloc", "~.hostname", "~.host", "~.authority", "~.registered_domain", "~.fqdn"}
)
_SPLIT_ADDRESSES = frozenset({"~urlparse", "~urlsplit"})
_HOST_WORDS = ("host", "netloc", "domain")
RELATIVE, PARENTS, PARTS = "~relpath", "~.parents", "~.parts"
SEGMENTS = "~split(/)"
KNOWN = ":known"
"""Mark, beside kinds, on a value that is one of those that the code allows."""
EACH = ("[]", "~[]")
"""Last parts of the key of any element."""
_PRIVATE = frozenset(
    {
        "~.is_private",
        "~.is_loopback",
        "~.is_link_local",
        "~.is_reserved",
        "~.is_multicast",
        "~.is_unspecified",
    }
)
"""Attributes of an address that are false of those that anyone may ask."""
ELEMENT = "~[]"
COMPILED, NAMES = "~compile", "~.co_names"
"""Code of a text, and every name that it uses."""
SAME = frozenset(
    {
        "commonpath", "realpath", "abspath", "normpath", "resolve", "absolute", "expanduser",
        "expandvars", "normcase", "fspath", "as_posix", "str", "unicode", "text_type", "bytes",
        "copy", "deepcopy", "force_text", "force_str", "smart_text", "smart_str", "ensure_str",
        "ensure_text", "to_native", "to_text", "to_unicode", "to_str", "urljoin", "normalize",
        "cast", "intern", "asbytes", "asunicode", "native_string", "safe_str",
    }
)  # fmt: skip
"""Functions whose result is, for a check, what they were given."""


def marks_of(key: OriginKey) -> int:
    """Return how many steps a value is away from what came in."""
    if key[-1][:1] != _MARK:
        return 0
    found = 1
    while key[-1 - found][:1] == _MARK:
        found += 1
    return found


def derived(taints: tuple[Taint, ...], mark: str) -> tuple[Taint, ...]:
    """Return the taints of what is made out of a value, by the name of the step."""
    return tuple([derived_one(taint, mark) for taint in taints])


def derived_one(taint: Taint, mark: str) -> Taint:
    """Return the taint of what is made out of a value, by the name of the step."""
    origin = step_from(taint.origin, _MARK + mark)
    if origin is taint.origin:
        return taint
    return Taint(origin, taint.step, taint.neutral, taint.composed, taint.sure)


def decoded(taints: tuple[Taint, ...], mark: str) -> tuple[Taint, ...]:
    """Return the taints of a value that was decoded: what it was checked for is undone."""
    return tuple(
        Taint(
            step_from(t.origin, _DECODED + mark, force=True),
            t.step,
            frozenset(m for m in t.neutral if ">" in m),
            t.composed,
            t.sure,
        )
        for t in taints
    )


def step_from(origin: Origin, mark: str, *, force: bool = False) -> Origin:
    """Return the origin with one mark more, unless it has as many as are kept.

    ``force`` is for what undoes checks: it takes the place of the last mark then.
    """
    if origin.further is None:
        origin.further = {}
    found = origin.further.get(mark)
    if found is None:
        found = origin.further[mark] = _step_from(origin, mark, force=force)
    return found


def _step_from(origin: Origin, mark: str, *, force: bool) -> Origin:
    key = origin.key
    if key[-1] == mark:
        return origin
    # A key says whose value it is before it says what was made of that.
    many = len(key) >= MARKS_KEPT + _OWN and key[-1][:1] == _MARK
    if many and marks_of(key) >= MARKS_KEPT:
        if not force:
            return origin
        key = key[:-1] if marks_of(key) >= 2 * MARKS_KEPT else key
    return Origin(
        (*key, mark), origin.owner, origin.index, origin.trail, origin.level, origin.channel,
        origin.name, origin.note, origin.path, origin.start, origin.end, origin.function,
        origin.function_key,
    )  # fmt: skip


def again(outer: Taint, inner: Origin) -> tuple[Origin, frozenset[str]]:
    """Return what an argument is after the steps that a callee takes from its parameter.

    Returns:
        Its origin, and the kinds for which it is harmless.
    """
    steps = inner.steps
    if steps is None:
        marks = inner.key[len(inner.key) - marks_of(inner.key) :]
        steps = inner.steps = tuple((mark, mark.startswith(_DECODED)) for mark in marks)
    origin, neutral = outer.origin, outer.neutral
    undone = False
    for mark, decodes in steps:
        origin = step_from(origin, mark, force=decodes)
        undone = undone or decodes
    if undone and neutral:
        neutral = frozenset(m for m in neutral if ">" in m)
    return origin, neutral


def is_decoded(origin: Origin) -> bool:
    """Tell whether a value was decoded on its way from the origin."""
    return _fence(origin.key) > 0


def _fence(key: OriginKey) -> int:
    """Return how long a key must be for what is known of it to hold behind the last decoder."""
    if key[-1][:1] != _MARK:
        return 0
    for place in range(len(key) - 1, len(key) - 1 - marks_of(key), -1):
        if key[place].startswith(_DECODED):
            return place + 1
    return 0


class Said:
    """Facts by what they are about; remembers what it was asked."""

    __slots__ = ("_about", "known")

    def __init__(self, facts: Facts) -> None:
        """Sort facts by whose value they are about."""
        self._about: dict[OriginKey, dict[OriginKey, frozenset[str]]] = {}
        for key, kind in facts:
            about = self._about.setdefault(key[:_OWN], {})
            known = about.get(key)
            about[key] = frozenset((kind,)) if known is None else known | {kind}
        self.known: dict[Origin, frozenset[str]] = {}
        """Kinds for which what comes from an origin is harmless, once ``of`` was asked."""

    def of(self, origin: Origin) -> frozenset[str]:
        """Return the kinds for which the facts say that what comes from there is harmless."""
        found = NO_KINDS
        key = origin.key
        about = self._about.get(key[:_OWN])
        if about is not None:
            if origin.fence < 0:
                origin.fence = _fence(key)
            for length in range(max(_OWN, origin.fence), len(key) + 1):
                kinds = about.get(key[:length])
                if kinds is not None:
                    found = found | kinds
        self.known[origin] = found
        return found


def kinds_of(facts: Facts, origin: Origin) -> frozenset[str]:
    """Return the kinds for which the facts say that what comes from an origin is harmless."""
    said = said_by(facts)
    known = said.known.get(origin)
    return said.of(origin) if known is None else known


@lru_cache(maxsize=INDEXES_KEPT)
def one_of(facts: Facts) -> Facts:
    """Return the same object for equal facts, so that comparing them costs nothing."""
    return facts


@lru_cache(maxsize=INDEXES_KEPT)
def said_by(facts: Facts) -> Said:
    """Return facts by what they are about: the same ones are asked for every value of a state."""
    return Said(facts)


def holds(facts: Facts, key: OriginKey, kind: str) -> bool:
    """Tell whether what has this key is known to be harmless for a kind."""
    if not facts:
        return False
    for length in range(max(_OWN, _fence(key)), len(key) + 1):
        head = key[:length]
        if (head, kind) in facts or (head, EVERY_KIND) in facts:
            return True
    return False


def host_of(key: OriginKey) -> OriginKey | None:
    """Return the key of the address whose host this is; ``None`` if it is no host."""
    last = key[-1]
    if last in _HOSTS and len(key) > 1 and key[-2][:1] == _MARK:
        return key[:-2]
    if last == "~[1]" and key[-2] in _SPLIT_ADDRESSES:
        return key[:-2]
    name = last.lower()
    if last[:1] == _MARK and last[1:2].isalpha() and any(w in name for w in _HOST_WORDS):
        return host_of(key[:-1]) or key[:-1]
    return None


def spread(key: OriginKey, kind: str, *, empty: bool = False) -> tuple[Fact, ...]:
    """Return what follows where a part is harmless: an address whose host is known is.

    One in which no host is found names none to a program that asks it, but may to a browser: that
    takes slashes and backslashes at the beginning together (https://url.spec.whatwg.org, "special
    authority ignore slashes state"), so that ``///host`` and ``https:host`` lead there.
    """
    whole = _host_before(key) if key[-1] in _PRIVATE else host_of(key)
    if whole is None or kind != KNOWN:
        return ((key, kind),)
    kinds = (*ADDRESS_KINDS, HOSTLESS) if not empty else (ASKED, HOSTLESS)
    return ((key, kind), *((whole, each) for each in kinds))


def _host_before(key: OriginKey) -> OriginKey | None:
    """Return the key of the address from whose host this was made."""
    for length in range(len(key) - 1, len(key) - marks_of(key), -1):
        whole = host_of(key[:length])
        if whole is not None:
            return whole
    return None


def whole_of(key: OriginKey, *marks: str) -> OriginKey | None:
    """Return the key of what a part was taken from in one of these ways."""
    last = key[-1]
    return key[:-1] if last in marks or _MARK + last in marks else None
