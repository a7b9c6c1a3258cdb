"""How code injection shows itself: the value runs, or is compiled as more than a constant."""

import json
from collections.abc import Mapping

from countermine.core.findings import Finding
from countermine.core.knowledge import WitnessMaker
from countermine.core.spans import TreePath
from countermine.core.witnesses import CANARY, Observation, Witness
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.outside import MARKS
from countermine.prove.drive.payloads import Payload
from countermine.prove.drive.silence import place

_MARK = "__import__('sys').audit('countermine.mark','{canary}')"
_LOOK = f"__import__('os').access('{MARKS}{{canary}}',0)"
_MARK_DOUBLE = _MARK.replace("'", '"')
_WITHOUT_BUILTINS = (
    "[one for one in ().__class__.__base__.__subclasses__() if one.__name__ == 'catch_warnings']"
    "[0]()._module.__builtins__['__import__']('sys').audit('countermine.mark','{canary}')"
)

ATTACKS = (
    Payload(name="expression", text=_MARK),
    Payload(name="bare-name", text="{canary}"),
    Payload(name="out-of-single-quotes", text=f"'+str({_MARK_DOUBLE})+'"),
    Payload(name="out-of-double-quotes", text=f'"+str({_MARK})+"'),
    Payload(name="out-of-brackets", text=f"1)or({_MARK}"),
    Payload(name="operand", text=f"1 if {_MARK} else 1"),
    Payload(name="statement", text="import sys;sys.audit('countermine.mark','{canary}')"),
    Payload(name="on-a-new-line", text=f"1\n{_MARK}\n"),
    Payload(name="behind-attributes", text="().__class__.__base__.{canary}"),
    Payload(name="without-builtins", text=_WITHOUT_BUILTINS),
    Payload(
        name="asks-the-kernel", text=f"__import__('os').access('{MARKS}{{canary}}',0)or {_MARK}"
    ),
)
_SCRIPTS = (
    Payload(name="script", text="pyimport sys; sys.audit('countermine.mark', '{canary}')"),
    Payload(
        name="script-in-expression",
        text="eval(\"pyimport sys; sys.audit('countermine.mark', '{canary}')\")",
    ),
)
"""JavaScript, for an engine in which scripts import what Python has."""
_NUMBERS = (Payload(name="number", text="1", alternatives=("'cmprobe'",)),)
_LITERALS = (
    Payload(
        name="literal",
        text="1",
        alternatives=("'cmprobe'", "[1, 2]", "{'a': 1}", "[('a', 1)]", "True", "cmprobe"),
    ),
)
_STATEMENT = (Payload(name="assignment", text="cmprobe = 1"),)
_MODULE = (Payload(name="module", text="json"),)


def plan(finding: Finding, _texts: Mapping[TreePath, bytes]) -> Plan:
    """Return code as the attack, and as the control what each sink is meant to take."""
    name = finding.sink.rsplit(".", 1)[-1]
    if name in {"import_module", "__import__"}:
        return Plan(attacks=(ATTACKS[1],), controls=_MODULE)
    if finding.sink.startswith("js2py."):
        return Plan(attacks=_SCRIPTS, controls=_NUMBERS)
    # What a fix lets through is literals; a statement has no safe form to go on working.
    controls = _STATEMENT if name in {"exec", "compile"} else _LITERALS
    return Plan(attacks=ATTACKS, controls=controls, any_document=True)


def _shown(_witness: Witness, seen: Observation, _benign: Observation) -> str | None:
    for event in seen.events:
        if event.name == "mark" and event.get("canary") == CANARY:
            return f"the value ran as code {place(event)}"
        if event.name == "exec" and CANARY in json.loads(event.get("names") or "[]"):
            return f"a name of the value became a name of the code that ran {place(event)}"
        if event.name == "import" and event.get("module") == CANARY:
            return f"the value chose the module that was imported {place(event)}"
    return None


WITNESS: WitnessMaker = PlannedMaker(plan=plan, shown=_shown)
"""Gives code in place of data; all it does is tell the observer that it ran."""
