"""Bounds of the analysis, counted in steps so that two runs agree; a hit is recorded."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How far the analysis goes before it says *unknown*."""

    file_bytes: int = 5 << 20
    """Larger files are data or generated tables: hand-written modules stay below 2 MB."""
    nesting: int = 120
    """Depth of nested syntax; hand-written code stays below 40."""
    function_steps: int = 60_000
    """Abstract instructions interpreted in one function, loops included."""
    call_depth: int = 7
    """Calls followed from one function into its callees; flows that cross more are rare."""
    callees: int = 6
    """Candidates of one call whose receiver is not known exactly."""
    flows: int = 24
    """Flows into sinks that one function's summary carries to its callers."""
    total_steps: int = 60_000_000
    """Abstract instructions in the whole search."""
