"""What lets only some users through to a route: decorators, dependencies, mixins, classes."""

import re

from countermine.flow import ir
from countermine.flow.engine import FlowEngine
from countermine.flow.index import ClassInfo, FunctionInfo, ModuleInfo

_WHO = (
    r"(?:login|logged_?in|auth\w*|permissions?|perms?|roles?|admins?|staff|superuser|owner|users?"
    r"|token|jwt|scopes?|access|api_?key|session|members?|acl|privileges?|credentials|identity)"
)
_NAMED = re.compile(
    rf"{_WHO}_?(?:is_)?(?:required|needed|only|guard|protected)|user_passes_test"
    rf"|(?:require[sd]?|needs?|ensures?|checks?|verif(?:y|ies)|enforces?|must_(?:be|have)|protect"
    rf"|restrict(?:ed)?|has|is)_?(?:\w+_)?{_WHO}"
    r"|(?:is_?)?authenticated(?:_only)?|authorized?|login|protected|secured"
    r"|(?:get_|validate_|valid_)?(?:current|active|authenticated|logged_in)_?(?:active_?)?"
    r"(?:super)?(?:user|admin|account)\w*",
    re.IGNORECASE,
)
"""Names that say that somebody is let through and others are not."""
_MIXINS = re.compile(
    r"(?:\w*(?:Required|Permission|Permissions|UserPassesTest|Access|Auth\w*))Mixin\w*"
    r"|Is(?:Authenticated|Admin|Owner|Staff)\w*"
)
_REFUSES = re.compile(
    rb"\b40[13]\b|HTTP_40[13]|[Uu]nauthori[sz]ed|[Ff]orbidden|PermissionDenied|is_authenticated"
    rb"|redirect\([^\n]*log_?in"
)
"""What stands in a function of the target's own that refuses who may not."""
_ATTRIBUTES = ("permission_classes", "permission_required", "decorators", "method_decorators")
_STRINGS = re.compile(rb"\"[^\"\n]*\"|'[^'\n]*'")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_HANDED = frozenset({"Depends", "Security"})
_LINES_ABOVE = 8
"""Lines before a class in which its decorators stand."""
_OPEN = re.compile(rb"\bAllowAny\b")


def guards_in(engine: FlowEngine, function: FunctionInfo) -> set[str]:
    """Return the names of what guards a function: decorators, and what its parameters depend on."""
    module = function.module
    found: set[str] = set()
    for decorator in function.decorators:
        found |= _named(engine, module, decorator)
    form = engine.lowered(function)
    for parameter in form.parameters:
        for node in (parameter.default, parameter.annotation):
            if node is not None:
                found |= _depended(engine, module, node)
    return found


def guards_of_class(engine: FlowEngine, owner: ClassInfo) -> set[str]:
    """Return the names of what guards every method of a class."""
    found: set[str] = set()
    for current in engine.hierarchy.line(owner):
        if isinstance(current, str):
            found |= {n for n in (current.rpartition(".")[2],) if _MIXINS.fullmatch(n)}
            continue
        if _MIXINS.fullmatch(current.name) and current is not owner:
            found.add(current.name)
        text = current.module.text
        for name in _ATTRIBUTES:
            for place in current.values.get(name, ()):
                value = text[place.start : place.end]
                if _WORD.search(_STRINGS.sub(b"", value)) or name == "permission_required":
                    found.add("AllowAny" if _OPEN.search(value) else name)
        found |= _words(_above(text, current.start))
    return found


def _named(engine: FlowEngine, module: ModuleInfo, node: ir.Expr) -> set[str]:
    """Return the guards that a decorator is, or is given."""
    inner = node.function if isinstance(node, ir.Call) else node
    found = _words(module.text[node.start : node.end])
    if not found and isinstance(inner, (ir.Name, ir.Attr)) and _refuses(engine, module, inner):
        found.add(inner.name)
    return found


def _depended(engine: FlowEngine, module: ModuleInfo, node: ir.Expr) -> set[str]:
    """Return the guards that a parameter's default or annotation depends on."""
    text = module.text[node.start : node.end]
    if isinstance(node, ir.Name):
        return _words(text)
    if isinstance(node, ir.Item) and isinstance(node.index, ir.Sequence):
        parts = [_depended(engine, module, item) for item in node.index.items[1:]]
        return set().union(*parts)
    if not isinstance(node, ir.Call) or not isinstance(node.function, (ir.Name, ir.Attr)):
        return set()
    if node.function.name not in _HANDED or not node.arguments:
        return set()
    given = node.arguments[0].value
    found = _words(text)
    if node.function.name == "Security":
        found.add("Security")
    if not found and _refuses(engine, module, given) and isinstance(given, (ir.Name, ir.Attr)):
        found.add(given.name)
    return found


def _refuses(engine: FlowEngine, module: ModuleInfo, node: ir.Expr) -> bool:
    """Tell whether something is a function of the target's own that refuses some users."""
    target = engine.static_value(module, node).target
    if not isinstance(target, (FunctionInfo, ClassInfo)):
        return False
    return _REFUSES.search(target.module.text, target.start, target.end) is not None


def _words(text: bytes) -> set[str]:
    words = {word.decode() for word in _WORD.findall(_STRINGS.sub(b"", text))}
    return {word for word in words if _NAMED.fullmatch(word) or _MIXINS.fullmatch(word)}


def _above(text: bytes, start: int) -> bytes:
    """Return the decorators that stand before a class."""
    lines = text[:start].split(b"\n")[:-1][-_LINES_ABOVE:]
    kept: list[bytes] = []
    for line in reversed(lines):
        if not line.strip() or line.lstrip()[:1] == b"#":
            break
        kept.append(line)
    return b"\n".join(kept) if any(line.lstrip()[:1] == b"@" for line in kept) else b""
