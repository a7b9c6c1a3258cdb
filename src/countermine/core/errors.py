"""Errors that people see. Expected outcomes are values; these are for what broke."""


class CountermineError(Exception):
    """Base of every error the program raises on purpose.

    The message is one line: what was wrong, where, and what to do.
    """


class BadUsageError(CountermineError):
    """The command line or the configuration file asks for something that is not possible."""


class BadTargetError(CountermineError):
    """The target cannot be read: not there, not a directory, no such release, no Python."""


class EnvironmentLacksError(CountermineError):
    """This machine lacks something the command needs; the message says how to get it."""


class SandboxUnavailableError(EnvironmentLacksError):
    """The sandbox itself could not run. Never a statement about the target."""


class EditConflictError(CountermineError):
    """Edits overlap, or the text they replace is not what they expect."""


class ModelsGoneError(CountermineError):
    """No model of the roster can be had just now: withdrawn, out of quota, not to be reached."""
