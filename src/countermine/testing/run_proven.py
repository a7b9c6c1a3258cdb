"""Cases of the made-up run whose patches are proven."""

from dataclasses import replace

from countermine.core.cases import Case, case_id
from countermine.core.entrypoints import Channel
from countermine.core.findings import FindingStatus, StepKind
from countermine.core.levels import Severity
from countermine.core.patches import NewFile, Patch, PatchOrigin
from countermine.core.spans import tree_path
from countermine.core.verdicts import (
    Evidence,
    Gate,
    GateOutcome,
    Proven,
)
from countermine.testing.run_parts import (
    LADDER,
    finding_of,
    flask_view,
    ladder,
    remedy,
    step,
    witness_for,
)
from countermine.testing.run_texts import span_of


def path_traversal() -> Case:
    """Proven, with tests of the target and a regression test."""
    plain = finding_of(
        "path-traversal",
        22,
        ("shop/documents.py", 'open(path, "rb")'),
        "open",
        "The query parameter 'name' of GET /invoices names the file that is read, so that "
        "whoever sends the request can read files outside the folder.",
    )
    finding = replace(
        plain,
        function="read_invoice",
        status=FindingStatus.WITNESSED,
        sink_argument=span_of("shop/documents.py", "path, ".removesuffix(", ")),
        entry=flask_view("invoice", Channel.QUERY, "name"),
        remedy="path-kept-below",
        trace=(
            step(
                StepKind.SOURCE,
                ("shop/views.py", 'request.args.get("name", "")'),
                "invoice",
                "the query parameter 'name' comes in",
            ),
            step(
                StepKind.CALL,
                ("shop/views.py", 'documents.read_invoice("invoices", name)'),
                "invoice",
                "is passed as 'name' to read_invoice",
            ),
            step(
                StepKind.PASS,
                ("shop/documents.py", "os.path.join(folder, name)"),
                "read_invoice",
                "becomes the end of a path",
            ),
            step(
                StepKind.SINK,
                ("shop/documents.py", 'open(path, "rb")'),
                "read_invoice",
                "names the file that open reads",
            ),
        ),
    )
    gates = ladder(
        Gate.REGRESSION_TEST,
        GateOutcome.PASSED,
        LADDER[-1][1],
        Evidence(
            title="Without the fix",
            text="FAILED tests/test_invoices.py::test_stays_below\n1 failed in 0.21s",
        ),
        Evidence(title="With the fix", text="1 passed in 0.19s"),
    )
    red = replace(
        gates[1],
        evidence=(
            Evidence(
                title="Seen by the observer",
                text="open: /tmp/base/../cmcanaryword\nbase of the legitimate use: /tmp/base",
            ),
        ),
    )
    return Case(
        id=case_id(finding),
        finding=finding,
        witness=witness_for(finding, "../{canary}", "2026-001.txt"),
        patch=remedy(
            "path-kept-below",
            "Keep the path of an invoice below its folder",
            ("shop/documents.py", "import os\n", "import os\nfrom pathlib import Path\n"),
            (
                "shop/documents.py",
                "    path = os.path.join(folder, name)\n",
                (
                    "    path = os.path.join(folder, name)\n"
                    "    if not Path(path).resolve().is_relative_to(Path(folder).resolve()):\n"
                    "        raise FileNotFoundError(name)\n"
                ),
            ),
        ),
        regression_test=Patch(
            edits=(),
            new_files=(
                NewFile(
                    path=tree_path("tests/test_invoices_stay_below.py"),
                    text="def test_stays_below(client):\n"
                    '    assert client.get("/invoices?name=../x").status_code == 404\n',
                ),
            ),
            origin=PatchOrigin.REMEDY,
            author="path-kept-below",
            summary="Test that invoices stay below their folder",
        ),
        verdict=Proven(gates=(gates[0], red, *gates[2:]), tests_ran=True),
    )


def command_injection() -> Case:
    """Proven where no test of the target could be run."""
    place = (
        "shop/labels.py",
        'subprocess.run(f"echo {text}", shell=True, capture_output=True, text=True)',
    )
    plain = finding_of(
        "command-injection",
        78,
        place,
        "subprocess.run",
        "The form field 'text' of POST /label becomes part of a shell command, so that whoever "
        "sends the request can run commands of their own choice.",
    )
    finding = replace(
        plain,
        severity=Severity.CRITICAL,
        function="print_label",
        status=FindingStatus.WITNESSED,
        entry=flask_view("label", Channel.FORM, "text"),
        remedy="shell-argument-list",
        trace=(
            step(
                StepKind.SOURCE,
                ("shop/views.py", 'request.form["text"]'),
                "label",
                "the form field 'text' comes in",
            ),
            step(StepKind.SINK, place, "print_label", "becomes part of a shell command"),
        ),
    )
    gates = ladder(Gate.REGRESSION_TEST, GateOutcome.PASSED, LADDER[-1][1])
    untested = replace(
        gates[8], outcome=GateOutcome.NOT_APPLICABLE, reason="No test of the target could be run."
    )
    return Case(
        id=case_id(finding),
        finding=finding,
        witness=witness_for(finding, "x; echo {canary}", "Ada"),
        patch=remedy(
            "shell-argument-list",
            "Print labels without a shell",
            (
                "shop/labels.py",
                'f"echo {text}", shell=True, capture_output',
                '["echo", text], capture_output',
            ),
        ),
        verdict=Proven(gates=(*gates[:8], untested, *gates[9:]), tests_ran=False),
    )
