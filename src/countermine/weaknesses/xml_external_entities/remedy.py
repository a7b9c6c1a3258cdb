"""Remedies: parsers that take no entities from outside the document."""

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, argument, has_starred, misfit, sink_call

_PARSERS = frozenset({"XMLParser", "ETCompatXMLParser", "XMLPullParser"})
_READERS = frozenset({"parse", "fromstring", "XML", "fromstringlist"})
_SAFE = (("resolve_entities", "False"), ("no_network", "True"), ("load_dtd", "False"))


def _call(site: Site) -> tuple[cst.Call, str]:
    call = sink_call(site)
    name = site.callee(call) if call else None
    if call is None or name is None or has_starred(call):
        misfit("what is called cannot be told")
    return call, name


def _lxml_parser(site: Site, draft: Draft) -> str | NoRemedy:
    call, name = _call(site)
    module, _, short = name.rpartition(".")
    if module not in {"lxml.etree", "lxml.objectify"}:
        misfit(f"{name} is not lxml's")
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


_STDLIB = frozenset(
    {"xml.sax.parse", "xml.sax.parseString", "xml.sax.make_parser", "xml.dom.pulldom.parse",
     "xml.dom.pulldom.parseString", "xml.dom.minidom.parse", "xml.dom.minidom.parseString",
     "xml.etree.ElementTree.parse", "xml.etree.ElementTree.fromstring",
     "xml.etree.ElementTree.iterparse"}
)  # fmt: skip


def _defused(site: Site, draft: Draft) -> str | NoRemedy:
    """Take the project's own hardened parser, where it has one already."""
    call, name = _call(site)
    if name not in _STDLIB:
        misfit(f"{name} has no hardened twin")
    if not _depends_on_defusedxml(site):
        misfit("the project does not use defusedxml, and a new dependency is not ours to add")
    module, _, short = name.rpartition(".")
    twin = "defusedxml." + module.removeprefix("xml.").removeprefix("dom.").removeprefix("etree.")
    draft.replace(call.func, draft.name(twin, short))
    return _SUMMARY


def _depends_on_defusedxml(site: Site) -> bool:
    return any(
        raw_line.split()[:2]
        and raw_line.split()[0] in {b"import", b"from"}
        and (raw_line.split()[1].startswith(b"defusedxml"))
        for raw in site.texts.values()
        for raw_line in raw.splitlines()
        if len(raw_line.split()) > 1
    )


_SAX_HELPER = '''
def _parser_without_entities():
    """Return a SAX parser that reads no entities from outside the document."""
    parser = {sax}.make_parser()
    parser.setFeature({handler}.feature_external_ges, False)
    parser.setFeature({handler}.feature_external_pes, False)
    return parser
'''


def _sax_parser(site: Site, draft: Draft) -> str | NoRemedy:
    """A parser from ``make_parser`` is told to leave external entities alone."""
    call, name = _call(site)
    if name != "xml.sax.make_parser" or call.args:
        misfit(f"{name} makes no parser that could be told")
    if site.function is not None and site.function.name.value.startswith("_parser_without"):
        misfit("the parser is told already")
    helper = draft.helper(
        "_parser_without_entities",
        _SAX_HELPER.format(
            sax=draft.module_in_helper("xml.sax"),
            handler=draft.module_in_helper("xml.sax.handler"),
        ),
    )
    draft.replace(call, f"{helper}()")
    return _SUMMARY


def _external_entities_off(site: Site, draft: Draft) -> str | NoRemedy:
    """``setFeature(feature_external_ges, True)`` asks for what is dangerous."""
    call = sink_call(site)
    is_set = (
        call is not None
        and isinstance(call.func, cst.Attribute)
        and call.func.attr.value == "setFeature"
    )
    if call is None or not is_set or len(call.args) != 2:  # noqa: PLR2004 - a feature and its value
        misfit("no feature is set here")
    if "external_" not in site.code(call.args[0]) and "external-" not in site.code(call.args[0]):
        misfit("the feature has nothing to do with entities")
    if site.code(call.args[1].value) in {"False", "0"}:
        misfit("external entities are off already")
    draft.replace(call.args[1].value, "False")
    return _SUMMARY


_SUMMARY = "Parse XML without external entities"

REMEDIES = (
    remedy("lxml-parser", _lxml_parser),
    remedy("external-entities-off", _external_entities_off),
    remedy("defusedxml", _defused),
    remedy("sax-parser", _sax_parser),
)
