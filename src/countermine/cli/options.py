"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from countermine.core.levels import Severity, SourceLevel

TARGET_HELP = "A directory, a git URL (https, ssh, file), or pypi:NAME==VERSION."

Target: TypeAlias = Annotated[str, typer.Argument(metavar="TARGET", help=TARGET_HELP)]
Config: TypeAlias = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings to use instead of the target's own."),
]
Paths: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--path", metavar="PATH", help="Only below this path of the target; repeatable."),
]
Exclude: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="PATTERN", help="Leave out, as in .gitignore; repeatable."),
]
Levels: TypeAlias = Annotated[
    list[SourceLevel] | None,
    typer.Option("--level", help="Only sources of this level count; repeatable."),
]
FailOn: TypeAlias = Annotated[
    Severity | None,
    typer.Option("--fail-on", help="Exit with 1 for findings of this severity and above."),
]
IncludeTests: TypeAlias = Annotated[
    bool,
    typer.Option("--include-tests", help="Also search tests, examples, vendored and build files."),
]
Jobs: TypeAlias = Annotated[
    int, typer.Option("--jobs", "-j", min=0, help="Worker processes; 0 for one a core.")
]
Json: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print JSON on standard output, and nothing else.")
]
Sarif: TypeAlias = Annotated[
    Path | None, typer.Option("--sarif", metavar="FILE", help="Write SARIF 2.1.0.")
]
Html: TypeAlias = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write a self-contained HTML report.")
]
Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Verbose: TypeAlias = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say more: traces, notes, where an error arose.")
]
NoColor: TypeAlias = Annotated[
    bool, typer.Option("--no-color", help="No colour, as with NO_COLOR in the environment.")
]
NoTimings: TypeAlias = Annotated[
    bool,
    typer.Option("--no-timings", help="Leave out times and the run's id: same input, same bytes."),
]
Run: TypeAlias = Annotated[
    str | None, typer.Argument(metavar="[RUN]", help="Id of a run; the latest where left out.")
]
Patches: TypeAlias = Annotated[
    Path | None, typer.Option("--patches", metavar="DIR", help="Write one .patch for each case.")
]
Branch: TypeAlias = Annotated[
    str | None,
    typer.Option("--branch", metavar="NAME", help="Make a git branch, one commit for each case."),
]
Apply: TypeAlias = Annotated[
    bool, typer.Option("--apply", help="Edit the target in place; refuses a dirty one.")
]
MaxCases: TypeAlias = Annotated[
    int | None, typer.Option("--max-cases", min=1, help="Witness and fix at most this many.")
]
WallSeconds: TypeAlias = Annotated[
    int | None,
    typer.Option("--wall-seconds", min=1, help="Begin no new case after this many seconds."),
]
Only: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="ID", help="Only this weakness or case; repeatable."),
]
Python: TypeAlias = Annotated[
    str | None,
    typer.Option("--python", metavar="PATH", help="Interpreter to run the target with."),
]
