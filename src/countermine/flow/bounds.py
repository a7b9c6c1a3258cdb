"""Bounds of the analysis, counted in steps so that two runs agree; a hit is recorded."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How far the analysis goes before it says *unknown*."""

    file_bytes: int = 5 << 20
    """Larger files are data or generated tables: hand-written modules stay below 2 MB."""
    unit_bytes: int = 6 << 20
    """Text of files with sinks in one unit of work. Units share no answers, so that results do not
    depend on how many processes there are."""
    nesting: int = 120
    """Depth of nested syntax; hand-written code stays below 40."""
    function_steps: int = 60_000
    """Abstract instructions interpreted in one function, loops included."""
    turn_steps: int = 8_000
    """Of these, in loops that are followed turn by turn; beyond, turns are taken together."""
    root_steps: int = 30_000
    """Those for one function with all that it calls, as far as that is not known yet."""
    look_steps: int = 1_500
    """Those for a first look at one."""
    call_depth: int = 64
    """Calls followed into callees at once; real chains of the target's own calls are shorter."""
    rounds: int = 8
    """Times the walk goes from functions to their callers."""
    callers: int = 400
    """Functions that are looked into because they mention one name."""
    turns: int = 2
    """Times a flow is kept in an attribute by one method and taken out by another."""
    flows: int = 150
    """Flows into sinks that the parameters of one function carry to its callers."""
    near_hops: int = 3
    """Calls that a flow into a sink of little weight is followed over."""
    holders: int = 60
    """Functions whose parameters lead into one sink, the nearest first. What hundreds of them do
    is to hand on a thing that everything is kept in."""
    carried: int = 200_000
    """The same in all functions of one unit of work; a framework of 400,000 lines has 35,000."""


VALUES_JOINED = 4
"""Assignments to one name of a module or class that are joined; further ones are alternatives of
a kind."""
