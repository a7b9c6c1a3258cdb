"""``python -m countermine`` and the console script."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from countermine.cli.main import run  # noqa: PLC0415 - nothing loads before it is needed

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
