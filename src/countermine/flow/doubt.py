"""Checks of which it is not known what they let through: what was checked is doubted from there.

A function of the name ``is_safe_url`` or ``validate_path`` was written to keep harm out. Where it
cannot be followed what it does, the flow may still be one, but it is told after those of which
nothing was checked.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from countermine.flow import ir
from countermine.flow.derived import marks_of
from countermine.flow.values import (
    MISSING,
    NO_FACTS,
    Facts,
    Taint,
    Value,
    add_step,
    all_taints,
    with_truth,
)

DOUBT = ":?"
"""Mark, beside kinds, on what was checked by something of which little is known."""
BASED = ":based"
"""Mark on a part of an address before which stands another, that most likely names the host."""
NAMES_KEPT = 1 << 14
"""Names of functions of which it is remembered what they say."""
_CHECKING = (
    "valid validate validated validates validator validation verify verified verifies safe safely "
    "unsafe allowed allow allows permitted trusted untrusted sanitize sanitized sanitise sanitised "
    "sanitizer clean cleaned check checked checks ensure forbidden forbid blocked blacklisted "
    "whitelisted blacklist whitelist allowlist denylist malicious escape escaped quote quoted "
    "slugify"
)
_CHECKS = frozenset(_CHECKING.split())
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LOOKUPS = frozenset(
    {"get", "find", "fetch", "lookup", "query", "filter", "first", "one", "scalar", "save",
     "create", "add", "select", "search", "fuzzy"}
)  # fmt: skip
_ASKS = _LOOKUPS - {"save", "create", "add"}
_FINDS = frozenset(
    {"one", "scalar_one", "one_or_404", "first_or_404", "get_or_404", "get_object_or_404",
     "get_list_or_404"}
)  # fmt: skip
"""Calls that come back only with a record that was there."""
_NO_CHECKS = frozenset({"check_output", "check_call"})
"""Calls of programs that raise where the program fails."""


@lru_cache(maxsize=NAMES_KEPT)
def is_check(name: str) -> bool:
    """Tell whether a function of that name says that something is as it should be."""
    if name in _NO_CHECKS:
        return False
    return any(word.lower() in _CHECKS for word in _WORDS.findall(name))


@lru_cache(maxsize=NAMES_KEPT)
def is_lookup(name: str) -> bool:
    """Tell whether a function of that name finds something by what it is given, or keeps it."""
    words = _WORDS.findall(name)
    return bool(words) and words[0].lower() in _LOOKUPS


def looked_up(name: str, arguments: list[Value], result: Value) -> Value:
    """Return what a lookup gives: where it gives something, it was found by the arguments.

    A name that was made of them, such as a path, is no record that was found.
    """
    if not _asks(name) or result.truth is not None or result.others:
        return result
    if any(DOUBT not in t.neutral for t in result.taints) or result.const is not MISSING:
        return result
    facts = found(arguments)
    return with_truth(result, (facts, NO_FACTS)) if facts else result


@lru_cache(maxsize=NAMES_KEPT)
def _asks(name: str) -> bool:
    words = _WORDS.findall(name.rpartition(".")[2])
    return bool(words) and words[0].lower() in _ASKS


def finds(node: ir.Call) -> bool:
    """Tell whether a call comes back only where there is what it was asked for."""
    function = node.function
    if not isinstance(function, (ir.Attr, ir.Name)):
        return False
    manager = function.target if isinstance(function, ir.Attr) else None
    of_manager = isinstance(manager, ir.Attr) and manager.name == "objects"
    return function.name in _FINDS or (function.name == "get" and of_manager)


def found(values: Iterable[Value]) -> Facts:
    """Return the facts that records were found by these, or by what these were made of."""
    keys = {taint.origin.key for value in values for taint in all_taints(value)}
    return frozenset((key[: len(key) - marks_of(key)], DOUBT) for key in keys)


def doubted(taint: Taint) -> Taint:
    """Return the taint with the mark of a doubt."""
    return add_step(taint, taint.step, neutral=frozenset({DOUBT}))


def trusted(taint: Taint) -> Taint:
    """Return the taint of an answer from a host that the code names: who answers is known."""
    neutral = taint.neutral | {DOUBT}
    return Taint(taint.origin, taint.step, neutral, taint.composed, sure=False)


def checked(values: list[Value]) -> Facts:
    """Return the facts that each of these was checked."""
    return frozenset((t.origin.key, DOUBT) for value in values for t in all_taints(value))


def unless(facts: Iterable[Facts]) -> Facts:
    """Return the facts of tests of which only one has to hold, as doubts."""
    return frozenset((key, DOUBT) for each in facts for key, _ in each)


def is_doubted(taint: Taint, kind: str) -> bool:
    """Tell whether a flow to a sink of that kind passed a check, or what is seldom a harm there."""
    return DOUBT in taint.neutral or f"{DOUBT}{kind}" in taint.neutral
