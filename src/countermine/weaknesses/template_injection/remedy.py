"""Remedies: templates are constant, values are handed to them."""

from dataclasses import dataclass

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.bindings import assigned_values, home, where_built
from countermine.fix.pieces import Hole, Text, decompose
from countermine.fix.retext import Insert, NewPart, rewrite_text
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import (
    Site,
    fitting,
    has_starred,
    misfit,
    other_kind,
    sink_call,
    tainted_argument,
)
from countermine.fix.tree import descend, dotted

_JINJA = frozenset({"jinja2.Template", "jinja2.environment.Template"})


def _template_variable(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    arg = tainted_argument(site, call) if call is not None else None
    if call is None or arg is None or has_starred(call):
        misfit("the template is not an argument of a call")
    engine = _engine(site, call)
    renders = _renders(site, call, engine)
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
        new.append(Insert(text=engine.mark.format(name=name), token=piece.token))
    if not names:
        misfit("the template is constant")
    problem = rewrite_text(site, draft, built.expression, new)
    if problem is not None:
        return problem
    draft.add_argument(renders, ", ".join(f"{name}={code}" for name, code in names.items()))
    return "Hand values to the template instead of writing them into it"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Engine:
    """How a template engine marks a variable, and which method takes the values."""

    mark: str
    methods: frozenset[str]


_RENDER = frozenset({"render", "render_async"})
_ENGINES = {
    "flask": _Engine(mark="{{{{ {name} }}}}", methods=frozenset()),
    "jinja2": _Engine(mark="{{{{ {name} }}}}", methods=_RENDER),
    "mako": _Engine(mark="${{{name}}}", methods=_RENDER),
    "tornado": _Engine(mark="{{{{ {name} }}}}", methods=frozenset({"generate"})),
}


def _engine(site: Site, call: cst.Call) -> _Engine:
    callee = site.callee(call) or site.finding.sink
    engine = _ENGINES.get(callee.partition(".")[0]) or _ENGINES.get(
        site.finding.sink.partition(".")[0]
    )
    if engine is None:
        misfit("how the template is given its values cannot be told")
    return engine


def _renders(site: Site, call: cst.Call, engine: _Engine) -> cst.Call:
    """Return the call that takes the template's variables."""
    if not engine.methods:
        return call
    name = _assigned_to(site, call)
    found = [
        node
        for node in descend(home(site))
        if isinstance(node, cst.Call)
        and isinstance(node.func, cst.Attribute)
        and node.func.attr.value in engine.methods
        and (node.func.value is call or (name and dotted(node.func.value) == name))
    ]
    if len(found) != 1:
        misfit("the template is rendered elsewhere")
    if has_starred(found[0]) or any(arg.keyword is None for arg in found[0].args):
        misfit("the template is given its values as one mapping")
    return found[0]


def _assigned_to(site: Site, call: cst.Call) -> str | None:
    for node in reversed(site.chain):
        match node:
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value):
                return name if value is call and assigned_values(site, name) == [call] else None
            case _:
                pass
    return None


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
        other_kind()
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
