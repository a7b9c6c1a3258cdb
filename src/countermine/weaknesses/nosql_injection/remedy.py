"""Remedies: a value is compared as it stands, whatever it is."""

from collections.abc import Iterator

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.bindings import where_built
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import (
    Site,
    argument,
    fitting,
    has_starred,
    misfit,
    other_kind,
    sink_call,
)

_JOINING = frozenset({"$and", "$or", "$nor"})


def _literal_values(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    if call is None or has_starred(call):
        other_kind()
    given = argument(call, 0, "filter")
    if given is None:
        misfit("the call has no filter")
    built = fitting(where_built(site, given.value)).expression
    if not isinstance(built, cst.Dict):
        misfit("which fields a query may name is for the project to say")
    values = list(_values(site, built))
    if not values:
        misfit("no field of the filter is compared with a value from elsewhere")
    for value in values:
        draft.wrap(value, '{"$eq": ', "}")
    return "Compare values of queries as they stand"


def _values(site: Site, filter_: cst.Dict) -> Iterator[cst.BaseExpression]:
    """Yield the values of fields that may bring operators along."""
    for element in filter_.elements:
        if not isinstance(element, cst.DictElement):
            continue
        key = element.key.evaluated_value if isinstance(element.key, cst.SimpleString) else None
        if key in _JOINING:
            listed = element.value.elements if isinstance(element.value, cst.List) else ()
            for one in listed:
                if isinstance(one.value, cst.Dict):
                    yield from _values(site, one.value)
        elif (key is None or not str(key).startswith("$")) and _is_taken(site, element.value):
            yield element.value


def _is_taken(site: Site, value: cst.BaseExpression) -> bool:
    """Tell whether a value is taken out of something, and not made here."""
    match value:
        case cst.Subscript():
            return True
        case cst.Call(func=cst.Attribute(attr=cst.Name(value="get" | "pop"))):
            return True
        case cst.Name():
            built = where_built(site, value)
            # A mapping that is written out has the operators that are meant.
            return isinstance(built, NoRemedy) or _is_taken_itself(built.expression)
        case _:
            return False


def _is_taken_itself(value: cst.BaseExpression) -> bool:
    match value:
        case cst.Subscript() | cst.Call(func=cst.Attribute(attr=cst.Name(value="get" | "pop"))):
            return True
        case _:
            return False


REMEDIES = (remedy("literal-values", _literal_values),)
