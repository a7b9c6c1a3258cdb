"""The cases of the made-up run: one for every verdict, and one without."""

import hashlib
from dataclasses import replace

from countermine.core.cases import Case, case_id
from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.findings import Finding, FindingStatus, StepKind, TraceStep
from countermine.core.levels import Confidence, Severity, SourceLevel
from countermine.core.patches import Edit, NewFile, Patch, PatchOrigin
from countermine.core.runs import Suppressed
from countermine.core.spans import tree_path
from countermine.core.verdicts import (
    Evidence,
    Gate,
    GateOutcome,
    GateResult,
    Inconclusive,
    Proven,
    Regressed,
    StillExploitable,
    Unwitnessed,
)
from countermine.core.weakness import Cwe, Fingerprint, WeaknessId
from countermine.core.witnesses import Input, Stimulus, Witness, WitnessKind
from countermine.testing.run_texts import span_of

_LADDER = (
    (Gate.BASELINE, "The environment builds; 48 tests pass twice, 1 is flaky and set aside."),
    (Gate.RED, "The witness opens a file outside the folder."),
    (Gate.CONTROL, "The legitimate use works."),
    (Gate.SCOPE, "The patch touches shop/documents.py only, inside read_invoice."),
    (Gate.BUILDS, "Every touched file parses and imports as before."),
    (Gate.DETECTOR, "Silent on the patched tree, and nothing new elsewhere."),
    (Gate.GREEN, "The witness and 6 variants no longer trigger, three times each."),
    (Gate.CONTROL_AGAIN, "The legitimate use gives the same result."),
    (Gate.TESTS, "All 48 tests that passed still pass."),
    (Gate.REATTACK, "64 inputs near the witness's own do not get past the patch."),
    (Gate.REGRESSION_TEST, "The new test fails without the fix and passes with it."),
)


def sample_cases() -> tuple[Case, ...]:
    """Return the cases, surest first."""
    return (
        _path_traversal(),
        _command_injection(),
        _sql_injection(),
        _code_injection(),
        _cross_site_scripting(),
        _deserialization(),
        _weak_hash(),
    )


def sample_suppressed() -> Suppressed:
    """Return a finding that the user set aside."""
    plain = _finding(
        "predictable-randomness",
        338,
        ("shop/tokens.py", "random.randrange(10**6)"),
        "random.randrange",
        "The number of a coupon can be predicted.",
    )
    finding = replace(plain, function="coupon", status=FindingStatus.SUSPECTED, level=None)
    return Suppressed(
        finding=finding,
        reason="coupons are checked by hand",
        place="countermine.toml",
        expires="2026-12-31",
    )


def _step(kind: StepKind, place: tuple[str, str], function: str, note: str) -> TraceStep:
    return TraceStep(kind=kind, span=span_of(*place), function=function, note=note)


def _finding(weakness: str, cwe: int, place: tuple[str, str], sink: str, message: str) -> Finding:
    digest = hashlib.sha256(f"{weakness}:{place[0]}:{sink}".encode()).hexdigest()
    return Finding(
        weakness=WeaknessId(weakness),
        cwe=Cwe(cwe),
        location=span_of(*place),
        function="<module>",
        sink=sink,
        message=message,
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        status=FindingStatus.TRACED,
        level=SourceLevel.REMOTE,
        fingerprint=Fingerprint(digest),
    )


def _entry(qualname: str, channel: Channel, key: str) -> EntryPoint:
    return EntryPoint(
        kind=EntryKind.FLASK_VIEW,
        path=tree_path("shop/views.py"),
        qualname=qualname,
        channel=channel,
        key=key,
    )


def _witness(finding: Finding, attack: str, control: str) -> Witness:
    entry = finding.entry
    if entry is None:
        message = "a made-up witness needs a finding with an entry"
        raise ValueError(message)

    def stimulus(name: str, text: str) -> Stimulus:
        value = Input(channel=entry.channel, key=entry.key, text=text)
        return Stimulus(name=name, inputs=(value,))

    return Witness(
        weakness=finding.weakness,
        fingerprint=finding.fingerprint,
        kind=WitnessKind.EFFECT,
        entry=entry,
        sink=finding.sink,
        attacks=(stimulus("plain", attack), stimulus("doubled", attack + attack)),
        controls=(stimulus("as before", control),),
    )


def _gates(
    last: Gate, outcome: GateOutcome, reason: str, *evidence: Evidence
) -> tuple[GateResult, ...]:
    """Return the ladder up to and with ``last``; the gates below it passed."""
    passed = tuple(
        GateResult(gate=gate, outcome=GateOutcome.PASSED, reason=said, duration_ms=120 * (gate + 1))
        for gate, said in _LADDER
        if gate < last
    )
    final = GateResult(
        gate=last, outcome=outcome, reason=reason, evidence=evidence, duration_ms=1840
    )
    return (*passed, final)


def _remedy(author: str, summary: str, *edits: tuple[str, str, str]) -> Patch:
    return Patch(
        edits=tuple(
            Edit(span=span_of(path, before), before=before, after=after)
            for path, before, after in edits
        ),
        origin=PatchOrigin.REMEDY,
        author=author,
        summary=summary,
    )


def _path_traversal() -> Case:
    plain = _finding(
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
        entry=_entry("invoice", Channel.QUERY, "name"),
        remedy="path-kept-below",
        trace=(
            _step(
                StepKind.SOURCE,
                ("shop/views.py", 'request.args.get("name", "")'),
                "invoice",
                "the query parameter 'name' comes in",
            ),
            _step(
                StepKind.CALL,
                ("shop/views.py", 'documents.read_invoice("invoices", name)'),
                "invoice",
                "is passed as 'name' to read_invoice",
            ),
            _step(
                StepKind.PASS,
                ("shop/documents.py", "os.path.join(folder, name)"),
                "read_invoice",
                "becomes the end of a path",
            ),
            _step(
                StepKind.SINK,
                ("shop/documents.py", 'open(path, "rb")'),
                "read_invoice",
                "names the file that open reads",
            ),
        ),
    )
    gates = _gates(
        Gate.REGRESSION_TEST,
        GateOutcome.PASSED,
        _LADDER[-1][1],
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
        witness=_witness(finding, "../{canary}", "2026-001.txt"),
        patch=_remedy(
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


def _command_injection() -> Case:
    place = (
        "shop/labels.py",
        'subprocess.run(f"echo {text}", shell=True, capture_output=True, text=True)',
    )
    plain = _finding(
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
        entry=_entry("label", Channel.FORM, "text"),
        remedy="shell-argument-list",
        trace=(
            _step(
                StepKind.SOURCE,
                ("shop/views.py", 'request.form["text"]'),
                "label",
                "the form field 'text' comes in",
            ),
            _step(StepKind.SINK, place, "print_label", "becomes part of a shell command"),
        ),
    )
    gates = _gates(Gate.REGRESSION_TEST, GateOutcome.PASSED, _LADDER[-1][1])
    untested = replace(
        gates[8], outcome=GateOutcome.NOT_APPLICABLE, reason="No test of the target could be run."
    )
    return Case(
        id=case_id(finding),
        finding=finding,
        witness=_witness(finding, "x; echo {canary}", "Ada"),
        patch=_remedy(
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


def _sql_injection() -> Case:
    query = "connection.execute(f\"SELECT name FROM product WHERE name LIKE '%{text}%'\")"
    plain = _finding(
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
        entry=_entry("search", Channel.QUERY, "q"),
        remedy="sql-parameters",
        trace=(
            _step(
                StepKind.SOURCE,
                ("shop/views.py", 'request.args["q"]'),
                "search",
                "the query parameter 'q' comes in",
            ),
            _step(StepKind.SINK, ("shop/store.py", query), "products_named", "is in the statement"),
        ),
    )
    return Case(
        id=case_id(finding),
        finding=finding,
        witness=_witness(finding, "' OR '{canary}'='{canary}", "kettle"),
        patch=_remedy(
            "sql-parameters",
            "Double the quotes of what is looked for",
            ("shop/store.py", "'%{text}%'", "'%{text.replace(chr(39), chr(39) * 2)}%'"),
        ),
        verdict=StillExploitable(
            gates=_gates(
                Gate.GREEN, GateOutcome.FAILED, "The variant 'doubled' still ends the string."
            ),
            after="doubled",
        ),
    )


def _code_injection() -> Case:
    place = ("shop/pricing.py", 'eval(formula, {"price": price})')
    plain = _finding(
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
        entry=_entry("formula", Channel.FORM, "formula"),
        remedy="literal-eval",
    )
    return Case(
        id=case_id(finding),
        finding=finding,
        witness=_witness(finding, "__import__('{canary}')", "price * 2"),
        patch=_remedy(
            "literal-eval",
            "Read the formula as a literal",
            ("shop/pricing.py", 'eval(formula, {"price": price})', "ast.literal_eval(formula)"),
        ),
        verdict=Regressed(
            gates=_gates(
                Gate.CONTROL_AGAIN,
                GateOutcome.FAILED,
                "The legitimate use 'as before' now raises ValueError.",
                Evidence(title="Before", text="20.0"),
                Evidence(title="After", text="ValueError: malformed node or string"),
            ),
            failures=("control: as before",),
        ),
    )


def _cross_site_scripting() -> Case:
    place = ("shop/views.py", 'f"<h1>Hello, {name}!</h1>"')
    plain = _finding(
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
        entry=_entry("hello", Channel.QUERY, "name"),
        remedy="escape-markup",
        trace=(
            _step(
                StepKind.SOURCE,
                ("shop/views.py", 'request.args.get("name", "stranger")'),
                "hello",
                "the query parameter 'name' comes in",
            ),
            _step(StepKind.SINK, place, "hello", "is in the page"),
        ),
    )
    return Case(
        id=case_id(finding),
        finding=finding,
        witness=_witness(finding, "<{canary}>", "Ada"),
        patch=_remedy(
            "escape-markup",
            "Escape the customer's name",
            ("shop/views.py", "{name}!", "{escape(name)}!"),
        ),
        verdict=Unwitnessed(
            gates=_gates(Gate.RED, GateOutcome.FAILED, "The page does not hold the canary's tag."),
            reason="The page does not hold the canary's tag.",
        ),
    )


def _deserialization() -> Case:
    plain = _finding(
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
        entry=_entry("load_catalogue", Channel.FILE_CONTENT, "file"),
        remedy="yaml-safe-load",
    )
    return Case(
        id=case_id(finding),
        finding=finding,
        witness=_witness(finding, "!!python/name:{canary}", "a: 1"),
        patch=_remedy(
            "yaml-safe-load",
            "Load catalogues with the safe loader",
            ("shop/store.py", "yaml.UnsafeLoader", "yaml.SafeLoader"),
        ),
        verdict=Inconclusive(
            gates=_gates(Gate.BASELINE, GateOutcome.INCONCLUSIVE, "pyyaml could not be installed."),
            reason="pyyaml could not be installed.",
        ),
    )


def _weak_hash() -> Case:
    plain = _finding(
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
