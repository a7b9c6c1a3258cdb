"""What tools answer: the forms, which become the tools' output schemas."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Place(_Answer):
    """A place in the target."""

    path: str = Field(description="Relative to the target, with '/'.")
    line: int | None = Field(description="1-based; null where the searched text is gone.")
    end_line: int | None


class FindingAnswer(_Answer):
    """A claim that a weakness is at a place: a SARIF result."""

    case: str = Field(description="Id of its case, for the other tools.")
    weakness: str
    cwe: int
    severity: str
    confidence: str
    status: str = Field(
        description="The rung it stands on: suspected (a pattern), traced (a data flow), "
        "witnessed (it was run and the effect was seen)."
    )
    message: str
    function: str
    location: Place


class CoverageAnswer(_Answer):
    """What was looked at. What was not is unknown, never clean."""

    complete: bool
    files: int
    lines: int
    missed: list[str] = Field(description="What was not looked at, and why; the first of them.")
    missed_count: int


class FoundAnswer(_Answer):
    """A search."""

    run: str = Field(description="Id of the run that keeps it.")
    state: str = Field(
        description="'done', or 'waiting' or 'running' where it takes longer than wait_seconds."
    )
    target: str
    findings: list[FindingAnswer] = Field(description="Surest first.")
    total: int
    suppressed: int = Field(description="Findings that the user set aside.")
    coverage: CoverageAnswer | None
    notes: list[str]


class GateAnswer(_Answer):
    """One numbered check of the ladder."""

    number: int
    gate: str
    outcome: str = Field(description="passed, failed, inconclusive or not-applicable")
    reason: str
    evidence: list[str] = Field(description="What it saw, shortened; `evidence` gives it whole.")


class VerdictAnswer(_Answer):
    """What running showed. Only the ladder makes one."""

    kind: str = Field(
        description="proven, still-exploitable, regressed, unwitnessed or inconclusive"
    )
    meaning: str


class CaseAnswer(_Answer):
    """One finding on its way: claimed, witnessed, patched, judged."""

    run: str = Field(description="Id of the run that keeps it.")
    case: str
    state: str = Field(description="done, running, waiting, cancelled or failed")
    doing: str | None = Field(description="What is done now, while it is not done.")
    status: str = Field(description="suspected, traced or witnessed")
    verdict: VerdictAnswer | None = Field(description="null: nothing was judged.")
    gates: list[GateAnswer] = Field(description="Those that were run, in order; the last decides.")
    witness: str | None = Field(description="How the flaw is shown, or why it cannot be.")
    patch: str | None = Field(description="The patch as a unified diff, or why there is none.")
    author: str | None = Field(description="Whose patch it is.")
    regression_test: str | None = Field(description="The test that keeps a proven fix, as a diff.")


class CodeAnswer(_Answer):
    """A stretch of a file that the trace goes through."""

    path: str
    first_line: int
    text: str


class ShownAnswer(_Answer):
    """A case, with what stands behind it."""

    case: CaseAnswer
    finding: FindingAnswer
    entry: str | None = Field(description="Where the value enters: kind, place, channel and key.")
    trace: list[str] = Field(description="From source to sink, a step a line.")
    code: list[CodeAnswer]
    notes: list[str]


class RunAnswer(_Answer):
    """A run, in a line."""

    run: str
    state: str
    target: str
    case: str | None = Field(description="The one case that it is about.")
    asked_by: str | None
    doing: str | None
    error: str | None


class StatusAnswer(_Answer):
    """Runs, newest first."""

    runs: list[RunAnswer]


class EvidenceAnswer(_Answer):
    """The whole record of a case."""

    run: str
    case: str
    record: dict[str, JsonValue] = Field(
        description="As in 'cases' of countermine-run/1: witness, patch, every gate with evidence."
    )
    gates: list[GateAnswer] = Field(description="Every gate that was run, with what it saw.")
    driver: str | None = Field(description="The set-up that was handed in for the witness.")
    ledger: list[str] = Field(description="Entries of the run's hash-chained ledger, as JSON.")
    bundle: str | None = Field(description="The signed bundle (DSSE, in-toto), if asked for.")
    cut: bool = Field(description="Whether texts were shortened to fit.")


class EditArgument(BaseModel):
    """Replace a text of a file, which stands there exactly once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[str, Field(max_length=1000, description="Relative to the target, with '/'.")]
    old: Annotated[
        str,
        Field(
            min_length=1,
            max_length=65_536,
            description="The text as it stands, with as much around it as makes it unique.",
        ),
    ]
    new: Annotated[str, Field(max_length=65_536, description="What takes its place.")]
