"""Cases of the made-up run whose patches are refused."""

from dataclasses import replace

from countermine.core.cases import Case, case_id
from countermine.core.entrypoints import Channel
from countermine.core.findings import FindingStatus, StepKind
from countermine.core.levels import Severity
from countermine.core.verdicts import (
    Evidence,
    Gate,
    GateOutcome,
    Regressed,
    StillExploitable,
)
from countermine.testing.run_parts import finding_of, flask_view, ladder, remedy, step, witness_for


def sql_injection() -> Case:
    """Still exploitable: a variant of the attack gets past the patch."""
    query = "connection.execute(f\"SELECT name FROM product WHERE name LIKE '%{text}%'\")"
    plain = finding_of(
        "sql-injection",
        89,
        ("shop/store.py", query),
        "sqlite3.Connection.execute",
        "The query parameter 'q' of GET /search becomes part of an SQL statement, so that "
        "whoever sends the request can read other data.",
    )
    finding = replace(
        plain,
        severity=Severity.CRITICAL,
        function="products_named",
        status=FindingStatus.WITNESSED,
        entry=flask_view("search", Channel.QUERY, "q"),
        remedy="sql-parameters",
        trace=(
            step(
                StepKind.SOURCE,
                ("shop/views.py", 'request.args["q"]'),
                "search",
                "the query parameter 'q' comes in",
            ),
            step(StepKind.SINK, ("shop/store.py", query), "products_named", "is in the statement"),
        ),
    )
    return Case(
        id=case_id(finding),
        finding=finding,
        witness=witness_for(finding, "' OR '{canary}'='{canary}", "kettle"),
        patch=remedy(
            "sql-parameters",
            "Double the quotes of what is looked for",
            ("shop/store.py", "'%{text}%'", "'%{text.replace(chr(39), chr(39) * 2)}%'"),
        ),
        verdict=StillExploitable(
            gates=ladder(
                Gate.GREEN, GateOutcome.FAILED, "The variant 'doubled' still ends the string."
            ),
            after="doubled",
        ),
    )


def code_injection() -> Case:
    """Regressed: the patch forbids the legitimate use."""
    place = ("shop/pricing.py", 'eval(formula, {"price": price})')
    plain = finding_of(
        "code-injection",
        95,
        place,
        "eval",
        "The form field 'formula' of POST /formula is evaluated as code.",
    )
    finding = replace(
        plain,
        severity=Severity.CRITICAL,
        function="apply_formula",
        status=FindingStatus.WITNESSED,
        entry=flask_view("formula", Channel.FORM, "formula"),
        remedy="literal-eval",
    )
    return Case(
        id=case_id(finding),
        finding=finding,
        witness=witness_for(finding, "__import__('{canary}')", "price * 2"),
        patch=remedy(
            "literal-eval",
            "Read the formula as a literal",
            ("shop/pricing.py", 'eval(formula, {"price": price})', "ast.literal_eval(formula)"),
        ),
        verdict=Regressed(
            gates=ladder(
                Gate.CONTROL_AGAIN,
                GateOutcome.FAILED,
                "The legitimate use 'as before' now raises ValueError.",
                Evidence(title="Before", text="20.0"),
                Evidence(title="After", text="ValueError: malformed node or string"),
            ),
            failures=("control: as before",),
        ),
    )
