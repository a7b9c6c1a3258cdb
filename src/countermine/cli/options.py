"""What can be said on the command line: groups that commands share, and single options."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from countermine.core.levels import Severity, SourceLevel
from countermine.ports.sandbox import SandboxName

TARGET_HELP = "A directory, a git URL (https, ssh, file), or pypi:NAME==VERSION."

Target: TypeAlias = Annotated[str, typer.Argument(metavar="TARGET", help=TARGET_HELP)]
Run: TypeAlias = Annotated[
    str | None, typer.Argument(metavar="RUN", help="Id of a run; the latest where left out.")
]
Config: TypeAlias = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings to use instead of the target's own."),
]
Python: TypeAlias = Annotated[
    str | None,
    typer.Option("--python", metavar="PATH", help="Interpreter to run the target with."),
]
SandboxOption: TypeAlias = Annotated[
    SandboxName | None,
    typer.Option("--sandbox", help="What the target is run in; all but bubblewrap experimental."),
]
Json: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print JSON on standard output, and nothing else.")
]
NoColor: TypeAlias = Annotated[
    bool, typer.Option("--no-color", help="No colour, as with NO_COLOR in the environment.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the command line says about a search; it wins over the configuration."""

    fail_on: Annotated[
        Severity | None,
        typer.Option("--fail-on", help="Exit with 1 for findings of this severity and above."),
    ] = None
    level: Annotated[
        list[SourceLevel] | None,
        typer.Option("--level", help="Only sources of this level count; repeatable."),
    ] = None
    path: Annotated[
        list[str] | None,
        typer.Option(
            "--path", metavar="PATH", help="Only below this path of the target; repeatable."
        ),
    ] = None
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            "--exclude", metavar="PATTERN", help="Leave out, as in .gitignore; repeatable."
        ),
    ] = None
    include_tests: Annotated[
        bool,
        typer.Option(
            "--include-tests", help="Also search tests, examples, vendored and build files."
        ),
    ] = False
    config: Config = None
    kept_rows: Annotated[
        bool,
        typer.Option(
            "--kept-rows", help="Also use catalogue rows that models gave in earlier runs."
        ),
    ] = False
    no_cache: Annotated[
        bool,
        typer.Option("--no-cache", help="Use and keep no answers of searches; they are the same."),
    ] = False


Only: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="ID", help="Only this weakness; repeatable."),
]


Signer: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--signer", metavar="FILE", help="Public key (PEM) that must have signed the bundle."
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """What a search is compared with."""

    baseline: Annotated[
        str | None,
        typer.Option(
            "--baseline",
            metavar="FILE|REF",
            help="Only what is new: not in this report (JSON, SARIF), or at this git revision.",
        ),
    ] = None
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="REF",
            help="Only what files changed since this git revision have a part in; faster.",
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which findings become cases."""

    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="ID", help="Only this weakness or case; repeatable."),
    ] = None
    max_cases: Annotated[
        int | None,
        typer.Option(
            "--max-cases", metavar="N", min=1, help="Make cases of at most this many findings."
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Where patches go."""

    patches: Annotated[
        Path | None,
        typer.Option(
            "--patches",
            metavar="DIR",
            help="Write one .patch for each case, those not proven to DIR/unproven.",
        ),
    ] = None
    branch: Annotated[
        str | None,
        typer.Option(
            "--branch", metavar="NAME", help="Make a git branch, one commit for each case."
        ),
    ] = None
    apply: Annotated[
        bool, typer.Option("--apply", help="Edit the target in place; refuses a dirty one.")
    ] = False
    bundles: Annotated[
        Path | None,
        typer.Option(
            "--bundles",
            metavar="DIR",
            help="Write a signed bundle for each case that was run, for `prove --bundle`.",
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proving:
    """How the target is run, and for how long."""

    python: Python = None
    sandbox: SandboxOption = None
    wall_seconds: Annotated[
        int | None,
        typer.Option(
            "--wall-seconds", metavar="N", min=1, help="Begin no new case after this many seconds."
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What language models, where some are configured, may be asked."""

    no_models: Annotated[
        bool, typer.Option("--no-models", help="Ask no model, though some are configured.")
    ] = False
    hypotheses: Annotated[
        bool,
        typer.Option(
            "--hypotheses", help="Also ask a model where flaws may be that the search cannot see."
        ),
    ] = False
    estimate: Annotated[
        bool,
        typer.Option(
            "--estimate", help="Search, say what models would be asked and may cost, and leave."
        ),
    ] = False
    preview: Annotated[
        bool,
        typer.Option("--preview", help="Show every question before it is sent, and ask first."),
    ] = False
    max_usd: Annotated[
        float | None,
        typer.Option(
            "--max-usd", metavar="USD", min=0.0, help="Spend at most this much on models."
        ),
    ] = None
    record: Annotated[
        Path | None,
        typer.Option("--record", metavar="FILE", help="Write down what models answer."),
    ] = None
    replay: Annotated[
        Path | None,
        typer.Option(
            "--replay", metavar="FILE", help="Take the answers of a record; nothing is sent."
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """How a command speaks."""

    json: Json = False
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False
    verbose: Annotated[
        bool,
        typer.Option("--verbose", "-v", help="Say more: traces, notes, where an error arose."),
    ] = False
    no_color: NoColor = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs(Screen):
    """Where a command's results go, beside the screen."""

    sarif: Annotated[
        Path | None, typer.Option("--sarif", metavar="FILE", help="Write SARIF 2.1.0.")
    ] = None
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write a self-contained HTML report."),
    ] = None
    no_timings: Annotated[
        bool,
        typer.Option(
            "--no-timings", help="Leave out times and the run's id: same input, same bytes."
        ),
    ] = False

    @property
    def timings(self) -> bool:
        """Tell whether times are shown."""
        return not self.no_timings

    @property
    def files(self) -> tuple[Path, ...]:
        """Return the files that are written."""
        return tuple(path for path in (self.sarif, self.html) if path is not None)
