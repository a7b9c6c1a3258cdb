"""The Markdown form is short, and shows text of the target as text."""

from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from countermine.core.coverage import CoverageRecord
from countermine.core.runs import RunState
from countermine.report.markdown import as_text, render_markdown
from countermine.testing.run_texts import sample_texts
from countermine.testing.runs import HOSTILE, empty_run, hostile_run, hostile_texts, sample_run
from countermine.weaknesses.facts_index import ALL_FACTS


def html_of(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)


def test_table_has_a_row_for_each_finding() -> None:
    text = render_markdown(sample_run(), ALL_FACTS, sample_texts())
    assert html_of(text).count("<tr>") == 1 + len(sample_run().findings)
    assert "**2 fixes proven**, 5 not." in text


def test_hostile_text_makes_no_markup_and_no_new_rows() -> None:
    html = html_of(render_markdown(hostile_run(), ALL_FACTS, hostile_texts()))
    assert html.count("<tr>") == 1 + len(hostile_run().findings)
    for tag in ("<script", "<img", "<a ", "</style", "<em>"):
        assert tag not in html


@pytest.mark.parametrize("text", [HOSTILE, "@someone #12", "- a", "= b", "a | b", "`x`", "~~~"])
def test_text_is_shown_as_it_is(text: str) -> None:
    html = html_of(f"> {as_text(text)}")
    assert html.count("<p>") == 1
    assert not {"<li>", "<code>", "<h1>", "<pre>"} & set(html.split())


def test_nobody_is_called_by_name() -> None:
    assert as_text("@someone #12") == "@<!-- -->someone #<!-- -->12"


def test_nothing_found_is_not_clean() -> None:
    text = render_markdown(empty_run(), ALL_FACTS, {})
    assert "No findings in 6 files (98 lines)." in text
    assert "unknown is not clean" in text
    whole = replace(empty_run(), coverage=CoverageRecord(files=1, lines=2, entries=()))
    assert render_markdown(whole, ALL_FACTS, {}) == (
        "## Countermine: shop\n\nNo findings in 1 file (2 lines).\n"
    )


def test_an_unfinished_run_says_so() -> None:
    run = replace(sample_run(), state=RunState.RUNNING)
    assert "This run has not finished" in render_markdown(run, ALL_FACTS, sample_texts())


def test_a_long_table_is_cut_and_counted() -> None:
    run = sample_run()
    many = replace(run, findings=run.findings * 10)
    assert "... and 20 more" in render_markdown(many, ALL_FACTS, sample_texts())
