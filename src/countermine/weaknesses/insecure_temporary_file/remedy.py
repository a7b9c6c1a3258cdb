"""Remedies: a temporary file that is made when its name is chosen."""

import re

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, misfit, other_kind

_HELPER = "_new_temporary_file"
_MUST_BE_NEW = re.compile(
    r"\b(?:mkdir|makedirs|mkfifo|mknod|symlink|link|bind|copytree|exists|isfile|O_EXCL|rename)\b"
    r"""|["']x[bt+]*["']"""
)
"""What does not work, or does something else, where the file is there already."""


def _made_at_once(site: Site, draft: Draft) -> str | NoRemedy:
    call = site.node
    if not isinstance(call, cst.Call) or site.callee(call) != "tempfile.mktemp":
        other_kind()
    around = site.function or site.tree.module
    if _MUST_BE_NEW.search(site.code(around)):
        misfit("the name may be for something else than a file, or for one that must be new")
    os = draft.module_in_helper("os")
    tempfile = draft.module_in_helper("tempfile")
    helper = draft.helper(
        _HELPER,
        f'''
def {_HELPER}(*args, **options):
    """Make an empty file that only this account can open, and return its name."""
    handle, name = {tempfile}.mkstemp(*args, **options)
    {os}.close(handle)
    return name
''',
    )
    draft.replace(call.func, helper)
    return "Make the temporary file when its name is chosen"


REMEDIES = (remedy("file-made-with-its-name", _made_at_once),)
