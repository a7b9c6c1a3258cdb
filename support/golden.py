"""Write what every report makes of the made-up run, to be read and kept in ``tests/golden``.

Run it after a change of a report and look at the difference; ``--check`` only tells whether there
is one.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from countermine.report.as_json import render_json
from countermine.report.explain import explain_case, explain_weakness
from countermine.report.html import render_html
from countermine.report.markdown import render_markdown
from countermine.report.sarif import render_sarif
from countermine.report.styled import plain
from countermine.report.terminal import render_findings, render_summary
from countermine.testing.run_texts import sample_texts
from countermine.testing.runs import empty_run, sample_run
from countermine.weaknesses.facts_index import ALL_FACTS

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "golden"
GOLDEN: dict[str, Callable[[], str]] = {
    "run.sarif": lambda: render_sarif(sample_run(), ALL_FACTS, sample_texts()),
    "run.json": lambda: render_json(sample_run(), sample_texts(), timings=True),
    "run-without-timings.json": lambda: render_json(sample_run(), sample_texts(), timings=False),
    "run.html": lambda: render_html(sample_run(), ALL_FACTS, sample_texts()),
    "run.md": lambda: render_markdown(sample_run(), ALL_FACTS, sample_texts()),
    "findings.txt": lambda: plain(render_findings(sample_run(), sample_texts())),
    "findings-verbose.txt": lambda: plain(
        render_findings(sample_run(), sample_texts(), verbose=True)
    ),
    "summary.txt": lambda: plain(render_summary(sample_run())),
    "summary-empty.txt": lambda: plain(render_summary(empty_run())),
    "explain-weakness.txt": lambda: plain(explain_weakness(ALL_FACTS[0])),
    "explain-case.txt": lambda: "\n\n".join(
        plain(explain_case(sample_run(), case, sample_texts())) for case in sample_run().cases
    ),
}


def main() -> int:
    """Write the files, or with ``--check`` return 1 where one is out of date."""
    stale = 0
    for name, render in GOLDEN.items():
        file = FOLDER / name
        old = file.read_text() if file.is_file() else None
        new = render()
        if new != old and "--check" in sys.argv[1:]:
            print(f"{file} is out of date: run {Path(__file__).name}")
            stale = 1
        elif new != old:
            file.write_text(new)
    return stale


if __name__ == "__main__":
    raise SystemExit(main())
