"""The search for values that become attributes of a tag as they are, where others are escaped.

Whoever escapes one value of a page and not its neighbour has forgotten it: a quote ends the
attribute. Where nothing is escaped nearby nobody says that the values come from outside.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from countermine.core.findings import Finding
from countermine.core.levels import Confidence
from countermine.core.spans import TreePath
from countermine.core.weakness import WeaknessFacts
from countermine.find.declared import declared
from countermine.find.entering import span
from countermine.find.request import FindRequest
from countermine.flow import ir
from countermine.flow.index import FunctionInfo, ModuleInfo, Project
from countermine.flow.nodes import inside, parts

KIND = "html-attribute"
_ESCAPES = re.compile(rb"\b(?:\w*escape(?!d)\w*|quoteattr|quote_attr)\(")
_TAGS = re.compile(rb"<[a-zA-Z][^<>\n]{0,200}?=\\?[\"'](?:%|\{|\\?[\"']\s*\+)")
_PLACE = re.compile(
    r"<[a-zA-Z][^<>]*?\s(?P<name>href|src|title|alt|value|content|action|formaction|placeholder|label"
    r"|summary|cite|poster|data-[\w-]+|on[a-z]+)\s*=\s*(?:\"[^\"<>]*|'[^'<>]*)\Z",
    re.IGNORECASE,
)
_UNSEEN = "\ufffc"
"""Stands for what a text holds that is not known."""
_OWN = re.compile(
    r"^(?:css|js|static|theme)_\w+$|(?:^|_)(?:id|pk|i|n|idx|index|count|size|num|number|nr|page|year|month|day|line|lineno|level|"
    r"port|width|height|class|css|style|color|type|kind|tag|prefix|suffix|anchor|slug|uuid|hash|"
    r"digest|attrs?|attributes|escaped|safe|quoted|root|base|static|checked|selected|version|"
    r"stylesheet|script|icon|img|image|method|charset|encoding|lang|language|js|format|self|cls)s?\d*$",
    re.IGNORECASE,
)  # fmt: skip
"""Last words of names for what the program says itself, or for what is no text."""
_PERCENT = re.compile(r"%(?:\((?P<key>\w+)\))?[-#0 +]*\d*(?:\.\d+)?(?P<sign>[a-zA-Z%])")
_BRACES = re.compile(r"\{(?P<key>\w*)[^{}]*\}")
_TEXTS = frozenset("srS")


def find_bare_attributes(
    request: FindRequest,
    project: Project,
    texts: Mapping[TreePath, bytes],
    flows: Iterable[Finding],
) -> list[Finding]:
    """Return where a value is put between the quotes of an attribute as it is.

    Functions in which ``flows`` tell of a page already are left out.
    """
    facts = request.weakness_of(KIND)
    found: list[Finding] = []
    if facts is None:
        return found
    told = {(f.location.path, f.function) for f in flows if f.weakness == facts.id}
    for path in sorted(texts):
        text = texts[path]
        if not project.counts(path) or not _ESCAPES.search(text) or not _TAGS.search(text):
            continue
        module = project.module(path)
        for function in () if module is None else module.functions:
            if (path, function.qualname) not in told:
                found += _findings(project, function, facts)
    return found


def _findings(project: Project, function: FunctionInfo, facts: WeaknessFacts) -> Iterator[Finding]:
    text = function.module.text[function.start : function.end]
    if not _ESCAPES.search(text) or not _TAGS.search(text):
        return
    for qualname, lowered in _with_those_inside(function.qualname, project.lowered(function)):
        harmless = {one.name for one in lowered.parameters if _OWN.search(one.name)}
        harmless |= _made_harmless(lowered.body)
        bare = (one for one in _attributes(lowered.body) if _is_bare(one[0], harmless))
        for value, attribute in islice(bare, 1):
            yield _finding(function.module, qualname, value, attribute, facts)


def _with_those_inside(qualname: str, function: ir.Function) -> Iterator[tuple[str, ir.Function]]:
    """Yield a function and those that are defined inside, with their qualified names."""
    yield qualname, function
    for node in inside(function.body, into_functions=False):
        for part in parts(node):
            if isinstance(part, ir.Function):
                yield from _with_those_inside(f"{qualname}.{part.name}", part)


def _made_harmless(body: Iterable[object]) -> set[str]:
    """Return the variables that are made by a call, or are known, or are text of the program."""
    found = set()
    for node in inside(body, into_functions=False):
        if isinstance(node, ir.Assign):
            several = [one for t in node.targets if isinstance(t, ir.Sequence) for one in t.items]
            names = {t.name for t in (*node.targets, *several) if isinstance(t, ir.Name)}
            if not isinstance(node.value, (ir.Name, ir.Attr, ir.Item)):
                found |= names
    return found


def _attributes(body: Iterable[object]) -> Iterator[tuple[ir.Expr, str]]:
    """Yield what is put between the quotes of an attribute, with the attribute's name."""
    for node in inside(body, into_functions=False):
        before = ""
        for text, value in _pieces(node):
            before += text
            if value is None:
                continue
            place = _PLACE.search(before)
            if place is not None:
                yield value, place["name"]
            before += _UNSEEN


def _pieces(node: object) -> Iterator[tuple[str, ir.Expr | None]]:
    """Yield the pieces of a text: what is known, and the value behind it."""
    match node:
        case ir.Format(parts=parts) | ir.Binary(operator="+", operands=parts):
            for part in parts:
                if isinstance(part, ir.Const):
                    yield str(part.value), None
                else:
                    yield "", part.value if isinstance(part, ir.Field) else part
        case ir.Binary(operator="%", operands=[ir.Const(value=str(text)), given]):
            yield from _filled(text, given)
        case ir.Call(
            function=ir.Attr(name="format", target=ir.Const(value=str(text))), arguments=arguments
        ):
            if not any(one.stars for one in arguments):
                yield from _formatted(text, arguments)
        case _:
            return


def _filled(text: str, given: ir.Expr) -> Iterator[tuple[str, ir.Expr | None]]:
    values = iter(given.items if isinstance(given, ir.Sequence) else [given])
    keyed = (
        {k.value: v for k, v in given.pairs if isinstance(k, ir.Const)}
        if isinstance(given, ir.Mapping)
        else {}
    )
    end = 0
    for match in _PERCENT.finditer(text):
        if match["sign"] == "%":
            continue
        value = keyed.get(match["key"]) if match["key"] else next(values, None)
        plain = value if match["sign"] in _TEXTS else None
        yield text[end : match.start()], plain
        if plain is None:
            yield _UNSEEN, None
        end = match.end()


def _formatted(text: str, arguments: list[ir.Argument]) -> Iterator[tuple[str, ir.Expr | None]]:
    positional = [one.value for one in arguments if one.name is None]
    named = {one.name: one.value for one in arguments if one.name is not None}
    end = at = 0
    for match in _BRACES.finditer(text.replace("{{", "\0\0").replace("}}", "\0\0")):
        key = match["key"]
        place = int(key) if key.isdigit() else at
        at += not key
        value = (
            positional[place]
            if (not key or key.isdigit()) and place < len(positional)
            else named.get(key)
        )
        yield text[end : match.start()], value
        end = match.end()


def _is_bare(value: ir.Expr, harmless: set[str]) -> bool:
    """Tell whether a value is a text that somebody may choose, and that nothing was done to."""
    match value:
        case ir.Name(name=name):
            return name not in harmless and not name.isupper() and not _OWN.search(name)
        case ir.Attr(name=name, target=target):
            return not _OWN.search(name) and not name.isupper() and _is_bare_holder(target)
        case ir.Item(index=ir.Const(value=str(key)), target=target):
            return not _OWN.search(key) and isinstance(target, (ir.Name, ir.Attr))
        case ir.Call(function=ir.Attr(name=name, target=target), arguments=arguments):
            asked = arguments[0].value if arguments else None
            if name != "get" or not isinstance(asked, ir.Const):
                return False
            return not _OWN.search(str(asked.value)) and isinstance(target, (ir.Name, ir.Attr))
        case _:
            return False


def _is_bare_holder(target: ir.Expr) -> bool:
    return isinstance(target, (ir.Name, ir.Attr)) and target.name not in {"settings", "config"}


def _finding(
    module: ModuleInfo, qualname: str, value: ir.Expr, attribute: str, facts: WeaknessFacts
) -> Finding:
    message = (
        f"In {qualname} a value becomes the attribute {attribute} of a tag as it is, where others "
        f"are escaped, so that an attacker who chooses it can {facts.consequence}."
    )
    where = span(module.path, value.start, value.end)
    names = (qualname, attribute)
    return declared(facts, where, names, message, Confidence.LOW, (attribute,))
