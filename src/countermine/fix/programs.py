"""Which programs take ``--`` for the end of their options."""

import posixpath
from collections.abc import Sequence

_ENDS_OPTIONS = frozenset(
    [
        "rm",
        "cp",
        "mv",
        "mkdir",
        "rmdir",
        "cat",
        "grep",
        "ls",
        "touch",
        "chmod",
        "chown",
        "ln",
        "head",
        "tail",
        "wc",
        "sort",
        "diff",
        "stat",
        "du",
        "less",
        "ssh",
        "scp",
        "sftp",
        "ping",
        "curl",
        "wget",
        "rsync",
        "hg",
        "pip",
        "pip3",
        "sed",
        "cut",
        "tr",
        "uniq",
        "tee",
        "file",
        "md5sum",
        "sha256sum",
        "gzip",
        "gunzip",
        "bzip2",
        "xz",
        "df",
        "basename",
        "dirname",
    ]
)
"""Their option parsers follow POSIX (guideline 10 of the Utility Syntax Guidelines)."""
_GIT_ENDS_OPTIONS = frozenset(
    ["clone", "fetch", "pull", "push", "ls-remote", "add", "rm", "mv", "blame", "archive", "init"]
)
"""Commands of git for which ``--`` ends the options and changes nothing else."""


def ends_options(words: Sequence[str | None]) -> bool:
    """Tell whether a program takes ``--`` behind these words.

    Args:
        words: The program and what follows it, ``None`` for what is computed.
    """
    if not words or words[0] is None:
        return False
    program = posixpath.basename(words[0])
    if program == "git":
        commands = [word for word in words[1:] if word and not word.startswith("-")]
        return bool(commands) and commands[0] in _GIT_ENDS_OPTIONS
    return program in _ENDS_OPTIONS
