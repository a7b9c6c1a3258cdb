"""Remedies: what comes from outside cannot become an option of the program."""

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.bindings import assigned_values
from countermine.fix.pieces import Hole, decompose
from countermine.fix.programs import ends_options
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, at_sink, formatted, misfit, sink_call, tainted_argument
from countermine.fix.tree import dotted


def _end_of_options(site: Site, draft: Draft) -> str | NoRemedy:
    elements = _arguments(site)
    open_ones = [index for index, node in enumerate(elements) if _may_begin_with_dash(site, node)]
    if not open_ones:
        misfit("no argument may begin with a dash")
    first = open_ones[0]
    constants = [_constant(node) for node in elements]
    if not ends_options(constants[:first]):
        misfit("whether the program takes -- for the end of its options cannot be told")
    if "--" in constants[:first]:
        misfit("the options end before the argument already")
    if any((text or "").startswith("-") for text in constants[first:]):
        misfit("options stand behind the argument")
    draft.insert(site.tree.outer_range(elements[first])[0], '"--", ')
    return "End the options before what comes from outside"


def _arguments(site: Site) -> list[cst.BaseExpression]:
    call = sink_call(site)
    arg = tainted_argument(site, call) if call is not None else None
    if call is None or arg is None:
        misfit("the arguments cannot be told")
    value = arg.value
    if isinstance(value, cst.Name):
        values = assigned_values(site, value.value)
        if len(values) != 1:
            misfit("the list of arguments is put together in several steps")
        value = values[0]
    if not isinstance(value, cst.List | cst.Tuple):
        misfit("the list of arguments is not written as one list")
    if any(isinstance(element, cst.StarredElement) for element in value.elements):
        misfit("the list of arguments has others unpacked in it")
    return [element.value for element in value.elements]


def _constant(node: cst.BaseExpression) -> str | None:
    if isinstance(node, cst.SimpleString) and isinstance(node.evaluated_value, str):
        return node.evaluated_value
    return None


def _may_begin_with_dash(site: Site, node: cst.BaseExpression) -> bool:
    if _constant(node) is not None:
        return False
    pieces = decompose(node)
    if pieces is not None:
        return bool(pieces) and isinstance(pieces[0], Hole)
    written = dotted(node)
    if written is not None and written.rpartition(".")[2].isupper():
        return False
    if isinstance(node, cst.Call) and site.callee(node) in {"int", "len", "os.getcwd"}:
        return False
    if _is_number_as_text(site, node):
        return False
    name = dotted(node.func) if isinstance(node, cst.Call) else None
    return written != "sys.executable" and not (name or "").startswith("_not_an_option")


def _is_number_as_text(site: Site, node: cst.BaseExpression) -> bool:
    """Tell whether this is a number: below zero it begins with a dash, and is no option."""
    if not isinstance(node, cst.Call) or site.callee(node) != "str" or len(node.args) != 1:
        return False
    inner = node.args[0].value
    return isinstance(inner, cst.Call) and site.callee(inner) in {"int", "float", "len"}


_HELPER = '''
def _not_an_option(value):
    """Return value, refusing one that a program would take for an option."""
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    if text.startswith("-"):
        raise ValueError({text})
    return value
'''


def _refused_options(site: Site, draft: Draft) -> str | NoRemedy:
    elements = _arguments(site)
    if any(_constant(node) == "--" for node in elements):
        misfit("the options end before the argument already")
    # Where functions of the project's own put the program in front, it is not among them.
    words = elements[1:] if at_sink(site) else elements
    open_ones = [node for node in words if _may_begin_with_dash(site, node)]
    if not open_ones:
        misfit("no argument may begin with a dash")
    text = formatted(site, "{} begins with a dash", "value")
    helper = draft.helper("_not_an_option", _HELPER.format(text=text))
    for node in open_ones:
        draft.wrap(node, f"{helper}(", ")")
    return "Refuse values that a program would take for options"


REMEDIES = (
    remedy("end-of-options", _end_of_options),
    remedy("refused-options", _refused_options, along_trace=True),
)
