"""Marks, beside kinds, on what is only harmless together with something else."""

NO_PARENTS, ROOTED = ":no-parents", ":rooted"
"""Marks on a part of a path: it has no ``..``; it stands behind a folder, or is not absolute."""
WITHIN = ":within"
"""Mark on a parameter that was found to lie below a folder: it does if it was resolved before."""
CLEAN = ":clean"
"""Mark on an absolute path without ``..``: behind a folder it stays below it."""
SLASHED, NO_HOST = ":slashed", ":no-host"
"""Marks on an address: it begins with a slash; it does not begin with two."""
FILE_KINDS, ADDRESS_KINDS = ("path", "archive"), ("url", "redirect")
ASKED = "url"
"""The kind of addresses that the program itself asks, where no browser reads them."""
STRUCTURED = "nosql-value"
"""The kind of what may be a mapping where a text was meant."""
HOSTLESS = ":hostless"
"""Mark on an address in which no host was found, as a library takes it apart."""
_ADDED_UP = {
    **dict.fromkeys(FILE_KINDS, (frozenset({NO_PARENTS, ROOTED}),)),
    **dict.fromkeys(ADDRESS_KINDS, (frozenset({SLASHED, NO_HOST}), frozenset({HOSTLESS, NO_HOST}))),
}
"""Marks that together make a value harmless for a kind; all of one of these sets."""
PARTIAL = frozenset(
    {WITHIN, *(mark for sets in _ADDED_UP.values() for marks in sets for mark in marks)}
)


def adds_up(kind: str, marks: "frozenset[str] | set[str]") -> bool:
    """Tell whether marks make a value harmless for a kind though none of them does alone."""
    return any(needed <= marks for needed in _ADDED_UP.get(kind, ()))
