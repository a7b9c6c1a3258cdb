"""The bounds of a proof. Each is a count, a size or a limit of the sandbox, never a guess."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ProveOptions:
    """How much a proof may cost; the defaults suit a small web application or library."""

    tests_wall_s: float = 300.0
    """Longest a run of the target's tests may take; what ran until then is kept."""
    test_shards: int = 1
    """Parts that the target's tests are run in at once, each for as long as the whole, where the
    baseline shows that they do not mind."""
    check_wall_s: float = 60.0
    """Longest that compiling and importing the touched files may take."""
    memory_bytes: int = 2 << 30
    """Memory of one command in the sandbox."""
    further_uses: int = 6
    """Legitimate uses that are made from the known one, where its value shows of which kind."""
    green_rounds: int = 3
    """How often gate 6 drives the witness and its variants: luck does not repeat itself."""
    reattack_stimuli: int = 16
    """Most mutated stimuli that gate 9 drives."""
    search_seeds: int = 3
    """Most attacks that the guided search of gate 9 begins with."""
    search_stimuli: int = 24
    """Most stimuli of one round of it."""
    search_directed: int = 18
    """Most stimuli of one round beside them that meet what the patch newly asks of values."""
    search_rounds: int = 5
    """Most rounds of it; a round that comes to no new line is the last."""
    drive_batch: int = 64
    """Stimuli in one call of the driver; each has a process of its own."""
    regression_candidates: int = 6
    """Most candidates for a regression test that gate 10 tries, each run on both trees."""
    tree_files: int = 200_000
    """Most files of a tree that is copied; a larger target is ``Inconclusive``."""
    tree_bytes: int = 4 << 30
    """Most bytes of a tree that is copied."""
