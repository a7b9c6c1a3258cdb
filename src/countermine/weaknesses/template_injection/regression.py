"""How a test shows that a value becomes source of a template."""

from dataclasses import replace

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import literal

_JINJA = RegressionProbe(
    name="evaluates_no_template_of_its_input",
    summary="Template syntax in a value is shown as text; it is not evaluated.",
    payloads=(literal("{{ 'in' ~ 'jected' }}"), literal("{% print('in' ~ 'jected') %}")),
    never='"injected" in seen',
    message="a template inside the value was evaluated",
)
_DJANGO = replace(
    _JINJA,
    payloads=(
        literal("{{ 'in'|add:'jected' }}"),
        literal("{% if 1 %}in{% endif %}{% firstof 'jected' %}"),
    ),
)
_MAKO = replace(_JINJA, payloads=(literal("${'in' + 'jected'}"), literal("<%= 'in' + 'jected' %>")))


def regressions(finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probes: an expression of the value must not be evaluated, in any language."""
    if "django" in finding.sink:
        return (_DJANGO, _JINJA, _MAKO)
    if "mako" in finding.sink:
        return (_MAKO, _JINJA, _DJANGO)
    return (_JINJA, _MAKO, _DJANGO)
