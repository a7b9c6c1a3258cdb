"""Runs the command line: the one place where errors become text and an exit code."""

import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from countermine.cli.exits import ExitCode, code_of
from countermine.cli.interrupts import interrupted, listen, raise_if_stopped
from countermine.core.errors import CountermineError


def run(arguments: Sequence[str]) -> int:
    """Carry out one command and return its exit code; never raises."""
    from countermine.cli.app import UsageFault, build, usage_text  # noqa: PLC0415

    listen()
    _have_streams()
    # What Python says of the target's texts as it parses them is no word of the program's.
    warnings.simplefilter("ignore", SyntaxWarning)
    try:
        code = build()(args=list(arguments), prog_name="countermine", standalone_mode=False)
        raise_if_stopped()
    except UsageFault as fault:
        _say(usage_text(fault, arguments))
        return ExitCode.BAD_USAGE
    except KeyboardInterrupt:
        _say(interrupted())
        return ExitCode.INTERRUPTED
    except CountermineError as error:
        _say(f"countermine: {_one_line(error)}")
        return code_of(error)
    except BrokenPipeError:
        # The reader of our output went away, as `| head` does; not worth a word.
        sys.stderr.close()
        return ExitCode.CLEAN
    except Exception as error:  # noqa: BLE001 - the border of the process: a defect of ours
        return _defect(error, verbose=not {"-v", "--verbose"}.isdisjoint(arguments))
    return int(code) if isinstance(code, int) else ExitCode.CLEAN


def _have_streams() -> None:
    """Write to nowhere where a stream was closed before the program began, as ``>&-`` does."""
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - till the end
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115


def _one_line(error: BaseException) -> str:
    from countermine.target.display import one_line  # noqa: PLC0415

    return one_line(str(error))


def _defect(error: Exception, *, verbose: bool) -> int:
    from countermine.cli.lacking import machine_lacks  # noqa: PLC0415

    lacking = machine_lacks(error)
    if lacking is not None:
        _say(f"countermine: {_one_line(Exception(lacking))}")
        return ExitCode.ENVIRONMENT_LACKS
    if verbose:
        import traceback  # noqa: PLC0415

        traceback.print_exception(error)
    kind = type(error).__name__
    hint = "" if verbose else " (--verbose shows where)"
    _say(f"countermine: internal error: {kind}: {_one_line(error)}{hint}; please report it")
    return ExitCode.INTERNAL_ERROR


def _say(text: str) -> None:
    print(text, file=sys.stderr)
