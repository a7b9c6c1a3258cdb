"""Remedies: templates are constant, values are handed to them."""

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.bindings import where_built
from countermine.fix.pieces import Hole, Text, decompose
from countermine.fix.retext import Insert, NewPart, rewrite_text
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, fitting, has_starred, misfit, sink_call, tainted_argument
from countermine.fix.tree import dotted

_JINJA = frozenset({"jinja2.Template", "jinja2.environment.Template"})


def _template_variable(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    arg = tainted_argument(site, call) if call is not None else None
    if call is None or arg is None or has_starred(call):
        misfit("the template is not an argument of a call")
    renders = _renders(site, call)
    built = fitting(where_built(site, arg.value))
    pieces = decompose(built.expression)
    if pieces is None or not any(isinstance(piece, Text) and piece.raw.strip() for piece in pieces):
        misfit("the whole template comes from elsewhere, so no value can be set apart")
    taken = {arg.keyword.value for arg in renders.args if arg.keyword is not None}
    names: dict[str, str] = {}
    new: list[NewPart] = []
    for piece in pieces:
        if isinstance(piece, Text):
            new.append(piece)
            continue
        if piece.conversion or piece.spec:
            misfit("a value is formatted in a way that a template would not")
        code = site.code(piece.node)
        name = _variable(piece, code, names, taken)
        names[name] = code
        new.append(Insert(text=f"{{{{ {name} }}}}", token=piece.token))
    if not names:
        misfit("the template is constant")
    problem = rewrite_text(site, draft, built.expression, new)
    if problem is not None:
        return problem
    draft.add_argument(renders, ", ".join(f"{name}={code}" for name, code in names.items()))
    return "Hand values to the template instead of writing them into it"


def _renders(site: Site, call: cst.Call) -> cst.Call:
    """Return the call that takes the template's variables."""
    if site.callee(call) == "flask.render_template_string":
        return call
    if not site.finding.sink.startswith(("jinja2.", "mako.")) and site.callee(call) not in _JINJA:
        misfit("how the template is given its values cannot be told")
    if "mako" in site.finding.sink:
        misfit("templates of Mako name their values in another way")
    for outer in reversed(site.chain):
        if (
            isinstance(outer, cst.Call)
            and isinstance(outer.func, cst.Attribute)
            and outer.func.value is call
            and outer.func.attr.value in {"render", "render_async"}
        ):
            if any(arg.keyword is None for arg in outer.args):
                misfit("the template is given its values as one mapping")
            return outer
    misfit("the template is rendered elsewhere")


def _variable(piece: Hole, code: str, names: dict[str, str], taken: set[str]) -> str:
    written = (dotted(piece.node) or "").rpartition(".")[2] or _key(piece.node) or "value"
    name, number = written, 1
    while name in taken or (name in names and names[name] != code):
        number += 1
        name = f"{written}_{number}"
    return name


def _key(node: cst.BaseExpression) -> str | None:
    """Return the name in ``request.args["name"]`` or ``request.args.get("name")``."""
    match node:
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            pass
        case cst.Call(
            func=cst.Attribute(attr=cst.Name(value="get")), args=[cst.Arg(value=key), *_]
        ):
            pass
        case _:
            return None
    text = key.evaluated_value if isinstance(key, cst.SimpleString) else None
    return text if isinstance(text, str) and text.isidentifier() else None


def _sandboxed(site: Site, draft: Draft) -> str | NoRemedy:
    """A template that users write on purpose is run in Jinja's sandbox."""
    call = sink_call(site)
    if call is None or site.callee(call) not in _JINJA or len(call.args) != 1:
        misfit("only a template of Jinja by itself can be moved into its sandbox")
    built = where_built(site, call.args[0].value)
    if not isinstance(built, NoRemedy) and isinstance(built.expression, cst.SimpleString):
        misfit("the template is constant")
    environment = draft.name("jinja2.sandbox", "SandboxedEnvironment")
    draft.replace(call.func, f"{environment}().from_string")
    return "Render templates from outside in Jinja's sandbox"


REMEDIES = (
    remedy("template-variable", _template_variable),
    remedy("sandboxed-template", _sandboxed),
)
