"""Exit codes: numbered, documented in docs/exit-codes.md, never reused."""

from enum import IntEnum

from countermine.core.errors import (
    BadTargetError,
    BadUsageError,
    CountermineError,
    EnvironmentLacksError,
    ModelsGoneError,
)


class ExitCode(IntEnum):
    """What the program's exit status says.

    When several hold, the first of this order is given: internal error, interrupted, bad usage,
    bad target, environment lacks, failed, no model left, findings, incomplete, clean.
    """

    CLEAN = 0
    """Nothing at or above the threshold, and everything was looked at."""
    FINDINGS = 1
    """At least one finding at or above the threshold (``--fail-on``)."""
    BAD_USAGE = 2
    """The command line or the configuration asks for something that is not possible."""
    INCOMPLETE = 3
    """No finding, but part of the target was not looked at: unknown is not clean."""
    BAD_TARGET = 4
    """The target cannot be read, or not changed as asked: not there, empty, no such release, no
    Python; changes that are not committed, no repository for a branch."""
    ENVIRONMENT_LACKS = 5
    """This machine lacks something, such as a sandbox, space or the network."""
    FAILED = 6
    """The work was refused or does not hold: a patch conflict, a broken ledger, a lost run."""
    NOT_PROVEN = 7
    """``prove`` came to a verdict, and it is not ``Proven``; with ``--bundle``, the bundle says
    something else than ``Proven``, or the rerun does."""
    NO_MODEL_LEFT = 8
    """Models are configured and none was left before all was done: what no model could do stands
    in the report, and ``resume`` picks it up."""
    INTERNAL_ERROR = 70
    """A defect of Countermine; a report is welcome."""
    INTERRUPTED = 130
    """Ctrl-C or a termination signal; what was recorded can be resumed."""


def code_of(error: CountermineError) -> ExitCode:
    """Return the exit code that an error leads to."""
    match error:
        case BadUsageError():
            return ExitCode.BAD_USAGE
        case BadTargetError():
            return ExitCode.BAD_TARGET
        case EnvironmentLacksError():
            return ExitCode.ENVIRONMENT_LACKS
        case ModelsGoneError():
            return ExitCode.NO_MODEL_LEFT
        case _:
            return ExitCode.FAILED


def outcome(*, over_threshold: bool, complete: bool) -> ExitCode:
    """Return the code of a search or run that came to its end."""
    if over_threshold:
        return ExitCode.FINDINGS
    return ExitCode.CLEAN if complete else ExitCode.INCOMPLETE
