"""Cases of the made-up run without a verdict on a patch."""

from dataclasses import replace

from countermine.core.cases import Case, case_id
from countermine.core.entrypoints import Channel
from countermine.core.findings import FindingStatus, StepKind
from countermine.core.levels import Confidence, Severity, SourceLevel
from countermine.core.verdicts import (
    Gate,
    GateOutcome,
    Inconclusive,
    Unwitnessed,
)
from countermine.testing.run_parts import finding_of, flask_view, ladder, remedy, step, witness_for


def cross_site_scripting() -> Case:
    """Not witnessed: the page does not show the canary."""
    place = ("shop/views.py", 'f"<h1>Hello, {name}!</h1>"')
    plain = finding_of(
        "cross-site-scripting",
        79,
        place,
        "flask.Response",
        "The query parameter 'name' of GET /hello becomes part of a page without being escaped.",
    )
    finding = replace(
        plain,
        severity=Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
        function="hello",
        entry=flask_view("hello", Channel.QUERY, "name"),
        remedy="escape-markup",
        trace=(
            step(
                StepKind.SOURCE,
                ("shop/views.py", 'request.args.get("name", "stranger")'),
                "hello",
                "the query parameter 'name' comes in",
            ),
            step(StepKind.SINK, place, "hello", "is in the page"),
        ),
    )
    return Case(
        id=case_id(finding),
        finding=finding,
        witness=witness_for(finding, "<{canary}>", "Ada"),
        patch=remedy(
            "escape-markup",
            "Escape the customer's name",
            ("shop/views.py", "{name}!", "{escape(name)}!"),
        ),
        verdict=Unwitnessed(
            gates=ladder(Gate.RED, GateOutcome.FAILED, "The page does not hold the canary's tag."),
            reason="The page does not hold the canary's tag.",
        ),
    )


def deserialization() -> Case:
    """Inconclusive: the environment could not be built."""
    plain = finding_of(
        "unsafe-deserialization",
        502,
        ("shop/store.py", "yaml.load(stream, Loader=yaml.UnsafeLoader)"),
        "yaml.load",
        "The content of a file named by 'file' is loaded by a loader that lets it run code.",
    )
    finding = replace(
        plain,
        confidence=Confidence.LOW,
        level=SourceLevel.API,
        function="load_catalogue",
        entry=flask_view("load_catalogue", Channel.FILE_CONTENT, "file"),
        remedy="yaml-safe-load",
    )
    return Case(
        id=case_id(finding),
        finding=finding,
        witness=witness_for(finding, "!!python/name:{canary}", "a: 1"),
        patch=remedy(
            "yaml-safe-load",
            "Load catalogues with the safe loader",
            ("shop/store.py", "yaml.UnsafeLoader", "yaml.SafeLoader"),
        ),
        verdict=Inconclusive(
            gates=ladder(Gate.BASELINE, GateOutcome.INCONCLUSIVE, "pyyaml could not be installed."),
            reason="pyyaml could not be installed.",
        ),
    )


def weak_hash() -> Case:
    """Neither witness nor patch."""
    plain = finding_of(
        "weak-hash",
        328,
        ("shop/tokens.py", "hashlib.md5(email.encode())"),
        "hashlib.md5",
        "MD5 is used where its strength may matter.",
    )
    finding = replace(
        plain,
        severity=Severity.MEDIUM,
        confidence=Confidence.LOW,
        status=FindingStatus.SUSPECTED,
        level=None,
        function="reset_token",
    )
    return Case(
        id=case_id(finding),
        finding=finding,
        no_witness="No entry point leads to it.",
        no_patch="No remedy fits: another hash would change tokens that are in use.",
    )
