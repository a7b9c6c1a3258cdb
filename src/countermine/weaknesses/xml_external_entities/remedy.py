"""Remedies: parsers that take no entities from outside the document."""

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.bindings import home
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, argument, misfit, other_kind
from countermine.fix.tree import descend
from countermine.fix.xml_parsers import DEFUSED, called

_PARSERS = frozenset({"XMLParser", "ETCompatXMLParser", "XMLPullParser"})
_READERS = frozenset({"parse", "fromstring", "XML", "fromstringlist"})
_SAFE = (("resolve_entities", "False"), ("no_network", "True"), ("load_dtd", "False"))


def _lxml_parser(site: Site, draft: Draft) -> str | NoRemedy:
    call, name = called(site)
    module, _, short = name.rpartition(".")
    if module not in {"lxml.etree", "lxml.objectify"}:
        other_kind()
    if short in _PARSERS or short == "iterparse":
        if _is_off(site, call, "resolve_entities"):
            misfit("the parser resolves no entities already")
        wanted = [
            f"{key}={value}"
            for key, value in _SAFE
            if key == "resolve_entities" or _contradicts(site, call, key, value)
        ]
        for pair in wanted:
            key, _, value = pair.partition("=")
            draft.set_keyword(call, key, value)
        return _SUMMARY
    if short not in _READERS or argument(call, 1, "parser") is not None:
        misfit("the parser is made elsewhere")
    if module == "lxml.objectify":
        misfit("the parser of lxml.objectify is set up in a way of its own")
    owner = _module_code(site, call, draft)
    options = "resolve_entities=False, no_network=True"
    draft.add_argument(call, f"parser={owner}.XMLParser({options})")
    return _SUMMARY


def _module_code(site: Site, call: cst.Call, draft: Draft) -> str:
    if isinstance(call.func, cst.Attribute):
        return site.code(call.func.value)
    return draft.module("lxml.etree")


def _is_off(site: Site, call: cst.Call, keyword: str) -> bool:
    given = argument(call, None, keyword)
    return given is not None and site.code(given.value) in {"False", '"internal"', "'internal'"}


def _contradicts(site: Site, call: cst.Call, keyword: str, value: str) -> bool:
    given = argument(call, None, keyword)
    return given is not None and site.code(given.value) != value


def _external_entities_off(site: Site, draft: Draft) -> str | NoRemedy:
    """``setFeature(feature_external_ges, True)`` asks for what is dangerous."""
    asked = [
        node
        for node in descend(home(site))
        if isinstance(node, cst.Call) and _asks_for_entities(site, node)
    ]
    if not asked:
        other_kind()
    for call in asked:
        draft.replace(call.args[1].value, "False")
    return _SUMMARY


def _asks_for_entities(site: Site, call: cst.Call) -> bool:
    match call:
        case cst.Call(func=cst.Attribute(attr=cst.Name(value="setFeature")), args=[feature, value]):
            named = site.code(feature).replace("-", "_")
            return "external_" in named and site.code(value.value) not in {"False", "0"}
        case _:
            return False


_SUMMARY = "Parse XML without external entities"

REMEDIES = (
    remedy("lxml-parser", _lxml_parser),
    remedy("external-entities-off", _external_entities_off),
    DEFUSED,
)
