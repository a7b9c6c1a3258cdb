"""Remedies: parsers that put in no entities of a document."""

from countermine.core.knowledge import NoRemedy
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, other_kind
from countermine.fix.xml_parsers import DEFUSED, called


def _entities_disabled(site: Site, draft: Draft) -> str | NoRemedy:
    call, name = called(site)
    if name != "xmltodict.parse":
        other_kind()
    draft.set_keyword(call, "disable_entities", "True")
    return "Parse XML without entities of the document"


REMEDIES = (DEFUSED, remedy("entities-disabled", _entities_disabled))
