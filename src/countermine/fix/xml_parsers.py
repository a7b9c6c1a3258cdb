"""The remedy that takes a hardened XML parser which the project has already."""

import re

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, has_starred, misfit, other_kind, sink_call

_IMPORTS = re.compile(rb"^[ \t]*(?:import|from)[ \t]+defusedxml\b", re.MULTILINE)
_STDLIB = frozenset(
    {"xml.sax.parse", "xml.sax.parseString", "xml.sax.make_parser", "xml.dom.pulldom.parse",
     "xml.dom.pulldom.parseString", "xml.dom.minidom.parse", "xml.dom.minidom.parseString",
     "xml.etree.ElementTree.parse", "xml.etree.ElementTree.fromstring",
     "xml.etree.ElementTree.iterparse"}
)  # fmt: skip


def defused(site: Site, draft: Draft) -> str | NoRemedy:
    """Take the project's own hardened parser, where it has one already."""
    call, name = called(site)
    if name not in _STDLIB:
        other_kind()
    if not _depends_on_defusedxml(site):
        misfit("the project does not use defusedxml, and a new dependency is not ours to add")
    module, _, short = name.rpartition(".")
    twin = "defusedxml." + module.removeprefix("xml.").removeprefix("dom.").removeprefix("etree.")
    draft.replace(call.func, draft.name(twin, short))
    return "Parse XML without entities of the document"


def _depends_on_defusedxml(site: Site) -> bool:
    return any(_IMPORTS.search(text) for text in site.texts.values())


def called(site: Site) -> tuple[cst.Call, str]:
    """Return the call of the sink and the name that it goes by."""
    call = sink_call(site)
    name = site.callee(call) if call else None
    if call is None or name is None or has_starred(call):
        misfit("what is called cannot be told")
    return call, name


DEFUSED = remedy("defusedxml", defused)
