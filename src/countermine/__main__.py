"""``python -m countermine`` and the console script."""

import gc
import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    # The servers of multiprocessing start as ``python -c``, which looks for modules in the working
    # directory first: that may be the target, and its code must not run out here.
    os.environ["PYTHONSAFEPATH"] = "1"  # noqa: TID251 - is written here, never read
    from countermine.cli.main import run  # noqa: PLC0415 - nothing loads before it is needed

    code = run(sys.argv[1:])
    # Leaving looks for garbage once more, in all that a search holds: seconds, for nothing.
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    main()
