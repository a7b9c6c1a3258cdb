"""Makes a check of where a path leads compare folders, where it compares texts.

``/srv/files-old`` begins with ``/srv/files`` and is no part of it.
"""

from collections.abc import Iterator

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.rewrite import Draft
from countermine.fix.site import Site
from countermine.fix.tree import descend, dotted

_PREFIX = "os.path.commonprefix"
_MAKES_PATHS = frozenset({"os.path.abspath", "os.path.realpath", "os.path.normpath"})
_SUMMARY = "Compare paths folder by folder"


def compare_by_folder(site: Site, draft: Draft) -> str | NoRemedy:
    """Put a comparison of folders in the place of every comparison of texts around the site."""
    function = site.function
    if function is None:
        return NoRemedy(reason="no check of the path is around it")
    found = False
    for node in descend(function.body, into_functions=False):
        if isinstance(node, cst.Call) and site.callee(node) == _PREFIX:
            holder = node.func.value if isinstance(node.func, cst.Attribute) else None
            path = site.code(holder) if holder is not None else f"{draft.module('os')}.path"
            draft.replace(node.func, f"{path}.commonpath")
            found = True
        elif isinstance(node, cst.Call) and _begins(site, function, node):
            _end_with_separator(site, draft, node)
            found = True
    return _SUMMARY if found else NoRemedy(reason="no check around it compares paths as texts")


def _begins(site: Site, function: cst.FunctionDef, node: cst.Call) -> bool:
    """Tell whether a call asks if one path, links and dots resolved, begins with another."""
    match node:
        case cst.Call(
            func=cst.Attribute(value=cst.Name(value=path), attr=cst.Name(value="startswith")),
            args=[cst.Arg(star="", keyword=None, value=base)],
        ):
            return dotted(base) is not None and any(
                isinstance(value, cst.Call) and site.callee(value) in _MAKES_PATHS
                for value in _assigned(function, path)
            )
        case _:
            return False


def _assigned(function: cst.FunctionDef, name: str) -> Iterator[cst.BaseExpression]:
    for node in descend(function.body, into_functions=False):
        match node:
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=one))], value=value):
                if one == name:
                    yield value
            case _:
                pass


def _end_with_separator(site: Site, draft: Draft, node: cst.Call) -> None:
    path = node.func.value if isinstance(node.func, cst.Attribute) else node.func
    base = node.args[0].value
    os = draft.module("os")
    draft.replace(path, f'{os}.path.join({site.code(path)}, "")')
    draft.replace(base, f'{os}.path.join({site.code(base)}, "")')
