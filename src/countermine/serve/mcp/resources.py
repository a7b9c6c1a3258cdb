"""Runs, cases and reports as resources, to be read by their address."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError

from countermine.core.errors import BadUsageError, CountermineError
from countermine.report.as_json import render_json
from countermine.report.markdown import render_markdown
from countermine.report.sarif import render_sarif
from countermine.serve.mcp.desk import Desk, told
from countermine.serve.mcp.shelf import KeptRun
from countermine.serve.mcp.telling import record_of
from countermine.weaknesses.facts_index import ALL_FACTS

RUNS = "countermine://runs"
CASE = "countermine://run/{run}/case/{case}"
REPORT = "countermine://run/{run}/report/{form}"

MAX_REPORT = 8 << 20
"""Characters of a report; a larger one is for `countermine report`, which writes files."""

_Answer = TypeVar("_Answer")

FORMS: Mapping[str, Callable[[KeptRun], str]] = {
    "json": lambda kept: render_json(kept.run, kept.texts),
    "sarif": lambda kept: render_sarif(kept.run, ALL_FACTS, kept.texts),
    "markdown": lambda kept: render_markdown(kept.run, ALL_FACTS, kept.texts),
}


@dataclass(frozen=True, slots=True)
class Resources:
    """The resources of one server."""

    desk: Desk

    def runs(self) -> str:
        """Recent runs about directories within the roots, newest first, as JSON."""
        found = _read(lambda: self.desk.status(None))
        return json.dumps([one.model_dump() for one in found], indent=2)

    def case(self, run: str, case: str) -> str:
        """One case of a run as JSON: witness, patch, every gate with its evidence."""
        kept = _read(lambda: self.desk.shelf.case(case, run))
        return json.dumps(record_of(kept)[0], indent=2)

    def report(self, run: str, form: str) -> str:
        """The report of a run: `json` (countermine-run/1), `sarif` (2.1.0) or `markdown`."""
        if form not in FORMS:
            message = f"there is no report as {form!r:.40}; there are {', '.join(FORMS)}"
            raise ResourceNotFoundError(message)
        kept = _read(lambda: self.desk.shelf.kept(run))
        text = _read(lambda: FORMS[form](kept))
        if len(text) > MAX_REPORT:
            message = f"the report is too large; `countermine report {kept.folder.id}` writes it"
            raise ResourceError(message)
        return text


def _read(act: Callable[[], _Answer]) -> _Answer:
    try:
        return act()
    except BadUsageError as error:
        raise ResourceNotFoundError(told(error)) from error
    except CountermineError as error:
        raise ResourceError(told(error)) from error
