"""Forms and serializers that take every field of a model from a request, also those of its rank."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from countermine.core.findings import Finding
from countermine.core.levels import Confidence, Severity
from countermine.core.spans import TreePath
from countermine.core.weakness import WeaknessFacts
from countermine.find.declared import declared
from countermine.find.entering import span
from countermine.find.request import FindRequest
from countermine.flow.engine import FlowEngine
from countermine.flow.index import ClassInfo, ModuleInfo, Project

KIND = "attributes"
_WHOLE = re.compile(rb"\bfields\s*=\s*(['\"])__all__\1")
_FILLED = frozenset({"ModelForm", "ModelSerializer", "HyperlinkedModelSerializer"})
"""Last parts of the names of classes that fill a model."""
_VIEWS = frozenset({"CreateView", "UpdateView"})
"""Those that make such a form themselves."""
_RANK = re.compile(
    r"is_(?:admin|staff|superuser|moderator|verified|approved|owner|premium|paid)|admin|staff"
    r"|superuser|roles?|permissions?|user_permissions|access_level|owner|balance|credits?|verified"
    r"|approved|password|password_hash|api_key|tenant"
)
"""Fields that say what somebody may do, whose something is, or what it is worth."""
_USERS = frozenset({"AbstractUser", "AbstractBaseUser", "PermissionsMixin", "User"})
_USER_MODEL = re.compile(rb"get_user_model\(\)|\bUser\b")


def find_whole_models(
    request: FindRequest, project: Project, texts: Mapping[TreePath, bytes]
) -> list[Finding]:
    """Return the forms and serializers that a request can set fields of rank by."""
    facts = request.weakness_of(KIND)
    paths = [
        p
        for p in sorted(texts)
        if project.counts(p) and b"__all__" in texts[p] and _WHOLE.search(texts[p])
    ]
    if facts is None or not paths:
        return []
    engine = FlowEngine(project, request.catalogue, request.bounds)
    counted = [texts[path] for path in sorted(texts) if project.counts(path)]
    found: list[Finding] = []
    for path in paths:
        module = project.module(path)
        for match in _WHOLE.finditer(texts[path]) if module is not None else ():
            holder = _holder(module, match.start()) if module is not None else None
            if module is None or holder is None:
                continue
            owner, meta = holder
            field = _field_of_rank(engine, owner, meta)
            if field is not None and _takes_requests(owner, counted):
                found.append(_finding(module, owner, match.span(), field, facts))
    return found


def _holder(module: ModuleInfo, offset: int) -> tuple[ClassInfo, ClassInfo] | None:
    """Return the form around an offset, and the class that names its model."""
    around = [c for c in module.classes if c.start <= offset < c.end]
    if not around:
        return None
    inner = max(around, key=lambda one: one.start)
    if inner.name != "Meta":
        return inner, inner
    name = inner.qualname.rpartition(".")[0]
    outer = next((c for c in around if c.qualname == name), None)
    return None if outer is None else (outer, inner)


def _field_of_rank(engine: FlowEngine, owner: ClassInfo, meta: ClassInfo) -> str | None:
    """Return a field of the model that no request should set; ``None`` if there is none."""
    bases = {name.rpartition(".")[2] for name in engine.hierarchy.names(owner)[1:]}
    if not bases & (_VIEWS if owner is meta else _FILLED):
        return None
    kept = b"".join(_values(owner, meta, ("read_only_fields", "exclude", "extra_kwargs")))
    for name in _fields(engine, meta):
        declared = name in owner.values and b"read_only" in b"".join(_values(owner, meta, (name,)))
        if not declared and re.search(rb"\b%s\b" % name.encode(), kept) is None:
            return name
    return None


def _values(owner: ClassInfo, meta: ClassInfo, names: tuple[str, ...]) -> Iterator[bytes]:
    for each in (owner, meta):
        for name in names:
            for place in each.values.get(name, ()):
                yield each.module.text[place.start : place.end]


def _fields(engine: FlowEngine, meta: ClassInfo) -> Iterator[str]:
    """Yield the fields of rank that the model has."""
    module = meta.module
    for place in meta.values.get("model", ()):
        expression = engine.project.value(module, place.start, place.end)
        model = None if expression is None else engine.static_value(module, expression).target
        if not isinstance(model, ClassInfo):
            if _USER_MODEL.fullmatch(module.text[place.start : place.end]):
                yield "is_superuser"
            continue
        for one in engine.hierarchy.line(model):
            if isinstance(one, ClassInfo):
                yield from (name for name in one.values if _RANK.fullmatch(name))
            elif one.rpartition(".")[2] in _USERS:
                yield "is_superuser"


def _takes_requests(owner: ClassInfo, texts: list[bytes]) -> bool:
    """Tell whether a form or serializer is filled with what a request holds."""
    name = re.escape(owner.name.encode())
    if b"Admin" in name:
        return False
    filled = re.compile(
        rb"\b%s\(\s*(?:[^()]*\bdata\s*=|(?:self\.)?request\.(?:POST|data)\b)" % name
        + rb"|\bform_class\s*=\s*(?:\w+\.)?%s\b" % name
    )
    served = re.compile(rb"\bserializer_class\s*=\s*(?:\w+\.)?%s\b" % name)
    for text in texts:
        if filled.search(text):
            return True
        if any(_CHANGING.search(_class_before(text, m.start())) for m in served.finditer(text)):
            return True
    return any(
        b.rpartition(b".")[2].strip() in (b"CreateView", b"UpdateView") for b in _bases(owner)
    )


_CHANGING = re.compile(
    rb"ModelViewSet|Create\w*View|Update\w*View|CreateModelMixin|UpdateModelMixin"
)
_CLASS = re.compile(rb"^[ \t]*class\s+\w+\s*\(([^)]*)\)", re.MULTILINE)


def _class_before(text: bytes, offset: int) -> bytes:
    """Return the bases of the class that begins last before an offset."""
    found = [m[1] for m in _CLASS.finditer(text, 0, offset)]
    return found[-1].replace(b"ReadOnlyModelViewSet", b"") if found else b""


def _bases(owner: ClassInfo) -> list[bytes]:
    return [owner.module.text[base.start : base.end] for base in owner.bases]


def _finding(
    module: ModuleInfo, owner: ClassInfo, place: tuple[int, int], field: str, facts: WeaknessFacts
) -> Finding:
    where = span(module.path, *place)
    message = (
        f"{owner.qualname} takes every field of its model from a request, {field} among them, "
        f"so that an attacker can {facts.consequence}."
    )
    names = (owner.qualname, "fields")
    found = declared(facts, where, names, message, Confidence.LOW, ("fields",))
    return replace(found, severity=Severity.MEDIUM)
