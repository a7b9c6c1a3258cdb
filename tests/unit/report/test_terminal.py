"""What a person sees fits the screen, says the same without colour, and cannot be forged."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from countermine.core.cases import Case
from countermine.core.coverage import CoverageEntry, CoverageRecord
from countermine.core.runs import Run, RunState
from countermine.core.spans import TreePath
from countermine.core.weakness import Fingerprint
from countermine.report.explain import explain_case, explain_weakness
from countermine.report.styled import Line, Piece, fitted, plain, show
from countermine.report.terminal import render_findings, render_summary, suggested_steps
from countermine.testing.run_texts import sample_texts
from countermine.testing.runs import empty_run, hostile_run, hostile_texts, sample_run
from countermine.weaknesses.facts_index import ALL_FACTS


def everything(run: Run, texts: dict[TreePath, bytes]) -> list[tuple[Line, ...]]:
    return [
        render_findings(run, texts),
        render_findings(run, texts, verbose=True),
        render_summary(run),
        *(explain_case(run, case, texts) for case in run.cases),
        *(explain_weakness(facts) for facts in ALL_FACTS),
    ]


def on_console(lines: tuple[Line, ...]) -> str:
    stream = io.StringIO()
    show(lines, Console(file=stream, width=20, color_system=None))
    return stream.getvalue()


def many(count: int) -> Run:
    run = sample_run()
    cases = tuple(
        replace(case, id=f"{case.id}{number:03d}") for number in range(count) for case in run.cases
    )
    return replace(run, cases=cases, findings=tuple(case.finding for case in cases))


@pytest.mark.parametrize("run", [sample_run(), empty_run(), hostile_run(), many(1), many(40)])
def test_summary_fits_one_screen(run: Run) -> None:
    text = plain(render_summary(run))
    # Commands and names of files are whole: the terminal wraps them where they are long.
    used = [line for line in text.splitlines() if line.startswith(("Written: ", "Next: "))]
    rows = sum(1 + (len(line) - 1) // 80 for line in text.splitlines() if line)
    assert rows + text.splitlines().count("") < 24
    assert all(len(line) <= 80 for line in text.splitlines() if line not in used)


def test_what_is_to_be_typed_next_is_never_cut() -> None:
    run = replace(sample_run(), outputs=("/a/long/path/of/a/report.html",))
    text = plain(render_summary(run, next_steps=("countermine explain sql-injection",), width=40))
    assert "countermine explain sql-injection\n" in text
    assert "/a/long/path/of/a/report.html\n" in text


def test_a_larger_screen_shows_more() -> None:
    low, high = (plain(render_summary(many(3), height=height)) for height in (24, 60))
    assert high.count("\n") > low.count("\n")
    assert "more" in low
    assert "more" not in high


@pytest.mark.parametrize("run", [sample_run(), hostile_run()])
def test_colour_adds_no_words(run: Run) -> None:
    texts = sample_texts() if run == sample_run() else hostile_texts()
    for lines in everything(run, texts):
        shown = "".join(line.rstrip() + "\n" for line in on_console(lines).split("\n")[:-1])
        assert shown == plain(lines)


def test_plain_text_has_no_escapes() -> None:
    assert all("\x1b" not in plain(lines) for lines in everything(sample_run(), sample_texts()))


def test_nothing_of_the_target_reaches_the_terminal_unescaped() -> None:
    for lines in everything(hostile_run(), hostile_texts()):
        text = plain(lines)
        assert not set(text) & set("\x1b\x07\x00\r\u202e\u2066\udcff")
        assert not any(line.startswith("forged") for line in text.splitlines())


def test_markup_of_the_target_is_shown_as_it_is() -> None:
    assert "[bold]x[/]" in on_console(render_findings(hostile_run(), hostile_texts()))


def test_a_finding_says_where_what_and_how_sure() -> None:
    first, second, *_ = plain(render_findings(sample_run(), sample_texts())).splitlines()
    assert first == ("shop/documents.py:9:10  high path-traversal  [witnessed, confidence high]")
    assert second.startswith("    The query parameter 'name' of GET /invoices")


def test_findings_of_one_weakness_at_one_place_are_told_once() -> None:
    run = sample_run()
    first, *others = run.findings
    other = replace(first, message="Another way to the same call.", fingerprint=Fingerprint("2"))
    run = replace(run, findings=(first, *others, other), cases=())
    text = plain(render_findings(run, sample_texts()))
    assert text.count("shop/documents.py:9:10") == 1
    assert "    and 1 more at this place (-v shows each)" in text
    assert "Another way to the same call." not in text
    assert "Another way to the same call." in plain(
        render_findings(run, sample_texts(), verbose=True)
    )
    head = plain(render_summary(run)).splitlines()[0]
    assert f"{len(others) + 2} findings at {len(others) + 1} places in" in head


def test_verbose_shows_the_trace_with_its_code() -> None:
    text = plain(render_findings(sample_run(), sample_texts(), verbose=True))
    assert "1. source  shop/views.py:13:12 in invoice: the query parameter 'name' comes in" in text
    assert '13 |     name = request.args.get("name", "")' in text


def test_no_findings_is_not_clean_where_something_was_missed() -> None:
    text = plain(render_summary(empty_run()))
    assert "no findings in 6 files (98 lines)" in text
    assert "2 files were not wholly looked at: unknown is not clean." in text


def test_no_findings_and_nothing_missed_is_one_line() -> None:
    run = replace(empty_run(), coverage=CoverageRecord(files=1, lines=1, entries=()))
    assert plain(render_summary(run)) == "shop: no findings in 1 file (1 line)\n"


def test_what_was_left_out_on_purpose_is_not_missed() -> None:
    entries = tuple(
        CoverageEntry(path=entry.path, outcome=entry.outcome, reason="vendored", expected=True)
        for entry in sample_run().coverage.entries
    )
    run = replace(empty_run(), coverage=CoverageRecord(files=1, lines=1, entries=entries))
    text = plain(render_summary(run))
    assert "Left out on purpose: 3 vendored." in text
    assert "unknown" not in text


def test_every_case_that_is_not_proven_says_why() -> None:
    text = plain(render_summary(sample_run(), width=200, height=50))
    for why in (
        "The flaw still shows on the patched tree: doubled.",
        "The legitimate use 'as before' now raises ValueError.",
        "The page does not hold the canary's tag.",
        "pyyaml could not be installed.",
        "No remedy fits: another hash would change tokens that are in use.",
    ):
        assert why in text


def test_a_fix_without_tests_says_so() -> None:
    assert "Print labels without a shell (no tests ran)" in plain(render_summary(sample_run()))


def test_a_sandbox_that_does_not_isolate_is_named_wherever_a_verdict_is() -> None:
    run = replace(sample_run(), isolated=False, sandbox="unsafe-process")
    text = plain(render_summary(run, height=50))
    assert "Sandbox unsafe-process does not isolate" in text
    assert "(no tests ran, not isolated)" in text
    assert "Run without isolation." in plain(
        explain_case(run, run.cases[0], sample_texts(), width=200)
    )


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.INTERRUPTED, RunState.FAILED])
def test_an_unfinished_run_says_so_and_how_to_go_on(state: RunState) -> None:
    text = plain(render_summary(replace(sample_run(), state=state)))
    assert "what follows is as far as it got" in text
    assert "countermine resume run-2026-01-31-1" in text


def test_a_case_that_waits_is_not_begun_rather_than_not_proven() -> None:
    run = sample_run()
    first, *rest = run.cases
    waiting = Case(id=first.id, finding=first.finding)
    text = plain(render_summary(replace(run, cases=(waiting, *rest), state=RunState.INTERRUPTED)))
    assert f"1 not begun: {first.id}\n" in text
    assert "No patch has been made" not in text
    assert "not begun" in plain(explain_case(run, waiting, sample_texts()))


def test_notes_that_are_not_shown_are_counted() -> None:
    run = replace(sample_run(), notes=("one", "two", "three", "four"))
    assert "... and 2 more notes (--verbose shows all)" in plain(render_summary(run))
    assert "Note: four" in plain(render_summary(run, verbose=True))
    assert "Note: four" in plain(render_summary(replace(run, cases=())))


def test_next_step_after_a_search_is_a_run() -> None:
    run = replace(sample_run(), cases=())
    target = replace(run.target, spec="my shop; rm")
    assert suggested_steps(replace(run, target=target)) == ("countermine run 'my shop; rm'",)
    assert suggested_steps(empty_run()) == ()


def test_next_steps_can_be_given() -> None:
    assert "Next:    make" in plain(render_summary(sample_run(), next_steps=["make"]))


def test_a_long_line_is_cut_with_dots() -> None:
    assert fitted([Piece("abc", "bold"), Piece("defgh")], 6) == (Piece("abc", "bold"), Piece("..."))
    assert fitted([Piece("abc"), Piece("def")], 6) == (Piece("abc"), Piece("def"))


def test_a_case_is_explained_from_claim_to_gates() -> None:
    run = sample_run()
    text = plain(explain_case(run, run.cases[0], sample_texts()))
    for said in (
        "path-traversal-a2dab276  proven",
        "witnessed: it was run, and the effect was seen",
        "> 13 |     name = request.args.get",
        "attack  plain: query name = ../{canary}",
        "+        raise FileNotFoundError(name)",
        "tests/test_invoices_stay_below.py (new)",
        " 6 passed         the flaw is gone  0.8 s",
        "open: /tmp/base/../cmcanaryword",
    ):
        assert said in text


def test_a_case_is_explained_without_the_texts() -> None:
    run = sample_run()
    text = plain(explain_case(run, run.cases[0], {}))
    assert "shop/documents.py in read_invoice" in text
    assert "+from pathlib import Path" in text
