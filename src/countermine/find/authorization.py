"""The search for routes that lack the check of who asks which the routes beside them make."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from countermine.core.findings import Finding
from countermine.core.levels import Confidence
from countermine.core.spans import TreePath
from countermine.core.weakness import WeaknessFacts
from countermine.find.declared import declared
from countermine.find.entering import span
from countermine.find.request import FindRequest
from countermine.find.routes import Route, changing_routes
from countermine.flow.engine import FlowEngine
from countermine.flow.index import ModuleInfo, Project

KIND = "missing-authorization"
_SIBLINGS = 3
"""Routes with a check, for each one without: fewer are no rule that one could break."""
_FRAMEWORKS = re.compile(
    rb"^\s*(?:from|import)\s+(?:flask\w*|quart\w*|django|rest_framework|ninja|fastapi|starlette"
    rb"|litestar|sanic|aiohttp|tornado|bottle|falcon|pyramid)\b",
    re.MULTILINE,
)
_FOR_EVERYBODY = re.compile(
    rb"log_?(?:in|out|on|off)|sign_?(?:in|up|out)|regist|auth|token|callback|hook|health|\bping\b"
    rb"|public|forgot|reset|recover|confirm|verif|activat|captcha|csrf|error|contact|subscri|notif"
    rb"|saml|sso|otp|invit|accept|guest|anonymous|setup|install|track|search|exempt|webmention"
    rb"|AllowAny",
    re.IGNORECASE,
)
"""Names and addresses of what those may call who have not logged in."""
_LOOKS = re.compile(
    rb"\b40[13]\b|permission|is_?authenticated|authori[sz]|authentic|log_?in|has_perm|is_admin"
    rb"|is_staff|superuser|forbid|current_user|\.user\b|session|token|api_?key|signature|hmac"
    rb"|password|\bsecret|\bcheck_|\bverify_|\brequire_|\bensure_|credential",
    re.IGNORECASE,
)
"""What stands in a function that looks for itself who asks."""
_BEFORE = re.compile(
    rb"\bbefore_request\b|\bdef\s+(?:prepare|get_permissions|check_permissions|test_func)\b"
)
"""What may check every request of a file, or of a class in it."""
_EVERYWHERE = re.compile(rb"LoginRequiredMiddleware|DEFAULT_PERMISSION_CLASSES")


def find_unguarded(
    request: FindRequest, project: Project, texts: Mapping[TreePath, bytes]
) -> list[Finding]:
    """Return the routes that change something for anybody, where those beside them do not."""
    facts = request.weakness_of(KIND)
    if facts is None or any(_EVERYWHERE.search(text) for text in texts.values()):
        return []
    engine = FlowEngine(project, request.catalogue, request.bounds)
    found: list[Finding] = []
    for path in sorted(texts):
        text = texts[path]
        if not project.counts(path) or not _FRAMEWORKS.search(text) or _BEFORE.search(text):
            continue
        module = project.module(path)
        if module is not None:
            found += _of_module(engine, module, facts)
    return found


def _of_module(engine: FlowEngine, module: ModuleInfo, facts: WeaknessFacts) -> list[Finding]:
    families: dict[str, list[Route]] = {}
    for route in changing_routes(engine, module):
        families.setdefault(route.family, []).append(route)
    found: list[Finding] = []
    for family, routes in families.items():
        if not _is_guarded_whole(module.text, family):
            found += [_finding(route, routes, facts) for route in _odd(routes)]
    return found


def _is_guarded_whole(text: bytes, family: str) -> bool:
    """Tell whether a router depends on something for all its routes."""
    name = re.escape(family.encode())
    made = re.search(rb"\b%s\s*(?::[^=\n]+)?=\s*[\w.]+\(([^)]*\([^)]*\))*[^)]*\)" % name, text)
    return made is not None and b"dependencies" in made[0]


def _odd(routes: Sequence[Route]) -> list[Route]:
    """Return the few routes without a check among many with one."""
    without = [route for route in routes if not route.guards]
    if len(routes) - len(without) < _SIBLINGS * max(1, len(without)):
        return []
    return [route for route in without if not _is_for_everybody(route)]


def _is_for_everybody(route: Route) -> bool:
    """Tell whether it is meant that anybody may call a route, or it looks for itself who does."""
    function = route.function
    names = b" ".join((function.qualname.encode(), route.head))
    if _FOR_EVERYBODY.search(names):
        return True
    return _LOOKS.search(function.module.text, function.start, function.end) is not None


def _finding(route: Route, routes: Sequence[Route], facts: WeaknessFacts) -> Finding:
    function = route.function
    path, qualname = function.module.path, function.qualname
    text = function.module.text
    where = span(path, function.start, text.find(b"(", function.start))
    counted = Counter(name for each in routes for name in each.guards)
    names = sorted(counted, key=lambda name: (-counted[name], name))
    guarded = sum(1 for each in routes if each.guards)
    message = (
        f"{qualname} changes something for whoever asks, where {guarded} of {len(routes)} routes "
        f"beside it check that ({names[0]}), so that an attacker can {facts.consequence}."
    )
    return declared(facts, where, (qualname, qualname), message, Confidence.LOW)
