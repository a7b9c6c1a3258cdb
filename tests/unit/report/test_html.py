"""The page renders, loads nothing, fits a phone, and shows hostile text as text."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from countermine.core.coverage import CoverageRecord
from countermine.core.patches import PatchOrigin
from countermine.core.runs import Run, RunState
from countermine.core.spans import TreePath
from countermine.report.html import render_html
from countermine.report.wording import made_by
from countermine.testing.run_texts import sample_texts
from countermine.testing.runs import empty_run, hostile_run, hostile_texts, sample_run
from countermine.weaknesses.facts_index import ALL_FACTS

DESKTOP, PHONE = (1280, 900), (390, 844)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RUNS: dict[str, tuple[Run, dict[TreePath, bytes]]] = {
    "sample": (sample_run(), sample_texts()),
    "without texts": (sample_run(), {}),
    "only found": (replace(sample_run(), cases=()), sample_texts()),
    "empty": (empty_run(), {}),
    "hostile": (hostile_run(), hostile_texts()),
}
CONTRAST = """() => {
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const channel = byte => {
    const v = byte / 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const color = parse(getComputedStyle(e).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || element.closest(".skip, .visually-hidden")) continue;
    const a = light(parse(getComputedStyle(element).color)), b = light(behind(element));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(element.outerHTML.slice(0, 80) + " " + ratio.toFixed(2));
  }
  return poor;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for found in map(shutil.which, names) if found), None)
    assert path is not None, "the page is looked at in Chromium: install the package 'chromium'"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        launched.close()


class Look:
    """A page as it was opened, and what it did meanwhile."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        page.on("request", self.requested)

    def requested(self, request: Request) -> None:
        self.requests.append(request.url)


class Looks:
    """Opens each page once, and shows it again in another window or light."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.browser = browser
        self.folder = folder
        self.open: dict[str, Look] = {}

    def __call__(
        self, name: str, *, size: tuple[int, int] = DESKTOP, scheme: str = "light"
    ) -> Look:
        if name not in self.open:
            run, texts = RUNS[name]
            file = self.folder / f"{name}.html"
            file.write_text(render_html(run, ALL_FACTS, texts))
            self.open[name] = Look(self.browser.new_page())
            self.open[name].page.goto(file.as_uri())
        page = self.open[name].page
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(media="screen", color_scheme="dark" if scheme == "dark" else "light")
        return self.open[name]


@pytest.fixture(scope="module")
def look(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Looks:
    return Looks(browser, tmp_path_factory.mktemp("pages"))


@pytest.mark.parametrize("name", RUNS)
def test_page_loads_nothing_and_complains_of_nothing(look: Looks, name: str) -> None:
    seen = look(name)
    assert seen.requests == [(look.folder / f"{name}.html").as_uri()]
    assert seen.complaints == []
    assert seen.page.locator("h1").inner_text().strip()


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_page_is_no_wider_than_the_window(look: Looks, name: str, size: tuple[int, int]) -> None:
    page = look(name, size=size).page
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]


@pytest.mark.parametrize("name", ["sample", "only found", "empty"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_what_is_behind_it(look: Looks, name: str, scheme: str) -> None:
    page = look(name, scheme=scheme).page
    assert page.evaluate(CONTRAST) == []


def test_dark_and_light_differ(look: Looks) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    light, dark = (
        look("sample", scheme=scheme).page.evaluate(colour) for scheme in ("light", "dark")
    )
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(16, 20, 26)")


@pytest.mark.parametrize("name", RUNS)
def test_headings_landmarks_and_links_are_in_order(look: Looks, name: str) -> None:
    page = look(name).page
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert [page.locator(tag).count() for tag in ("body > header", "main", "footer")] == [1, 1, 1]
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    targets = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"], [aria-labelledby]')].map("
        "e => (e.getAttribute('href') || '#' + e.getAttribute('aria-labelledby')).slice(1))"
    )
    assert set(targets) <= set(ids)


def test_hostile_text_is_shown_and_does_nothing(look: Looks) -> None:
    page = look("hostile").page
    assert page.evaluate("document.querySelectorAll('script, img, iframe, base, form').length") == 0
    assert page.evaluate("document.querySelectorAll('style').length") == 1
    text = page.inner_text("body")
    assert "<script>alert(1)</script></style><img src=//x.example/y" in text
    assert "{{7*7}}" in text
    assert "\\u202egnp.exe" in text


def test_hostile_text_leaves_no_control_character_in_the_file() -> None:
    html = render_html(*_with_facts("hostile"))
    html.encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]", html)


def _with_facts(name: str) -> tuple[Run, tuple[object, ...], dict[TreePath, bytes]]:
    run, texts = RUNS[name]
    return run, ALL_FACTS, texts


@pytest.mark.parametrize("name", RUNS)
def test_file_forbids_itself_to_load_anything(name: str) -> None:
    html = render_html(*_with_facts(name))
    assert "default-src &#39;none&#39;" in html or "default-src 'none'" in html
    assert re.findall(r"<script|\son\w+=\"|javascript:|<link|<iframe|@import|url\(", html) == []
    sources = re.findall(r"(?:src|href)=\"([^\"]*)\"", html)
    assert all(re.match(r"#|https://cwe\.mitre\.org/", source) for source in sources)


def test_paper_shows_what_is_folded_away(look: Looks) -> None:
    page = look("sample").page
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = false)")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("details pre").first.bounding_box()["height"] > 10
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_trace_marks_the_code_of_each_step(look: Looks) -> None:
    page = look("sample").page
    case = page.locator("article").first
    assert case.locator(".trace mark").all_inner_texts() == [
        'request.args.get("name", "")',
        'documents.read_invoice("invoices", name)',
        "os.path.join(folder, name)",
        'open(path, "rb")',
    ]
    assert case.locator(".trace .kind").all_inner_texts() == ["source", "call", "pass", "sink"]


def test_diff_shows_what_is_added_and_removed(look: Looks) -> None:
    page = look("sample").page
    case = page.locator("article").nth(1)
    assert case.locator(".diff .removed code").all_inner_texts() == [
        '    done = subprocess.run(f"echo {text}", shell=True, capture_output=True, text=True)'
    ]
    assert case.locator(".diff .added code").all_inner_texts() == [
        '    done = subprocess.run(["echo", text], capture_output=True, text=True)'
    ]


def test_gates_carry_words_not_only_colour(look: Looks) -> None:
    page = look("sample").page
    case = page.locator("article").nth(2)
    outcomes = case.locator(".gates .chip").all_inner_texts()
    assert outcomes == ["passed"] * 6 + ["failed"]
    assert "stopped at gate 6" in case.locator(".chips").inner_text()


def test_words_that_stand_for_others_are_explained() -> None:
    page = render_html(sample_run(), ALL_FACTS, sample_texts())
    assert "{canary} stands for a word that is new in each run" in page
    assert "No value does harm" in page


def test_evidence_is_wrapped_so_that_all_of_it_can_be_read(look: Looks) -> None:
    page = look("sample", size=PHONE).page
    wide = page.eval_on_selector_all(
        ".gates pre", "all => all.filter(one => one.scrollWidth > one.clientWidth).length"
    )
    assert page.locator(".gates pre").count() > 0
    assert wide == 0


@pytest.mark.parametrize(
    ("origin", "author", "said"),
    [
        (PatchOrigin.REMEDY, "shell-quote", "by the remedy shell-quote"),
        (PatchOrigin.REMEDY, "countermine", "written by Countermine"),
        (PatchOrigin.PERSON, "mine.diff", "from mine.diff"),
        (PatchOrigin.MODEL, "some-model", "by the model some-model"),
    ],
)
def test_who_made_a_patch_is_said_as_a_reader_would(
    origin: PatchOrigin, author: str, said: str
) -> None:
    patch = next(case.patch for case in sample_run().cases if case.patch is not None)
    assert made_by(replace(patch, origin=origin, author=author)) == said


def test_empty_page_does_not_say_clean() -> None:
    run, texts = RUNS["empty"]
    html = render_html(run, ALL_FACTS, texts)
    assert "No findings in 6 files (98 lines)." in html
    assert "unknown is not clean" in html
    whole = replace(run, coverage=CoverageRecord(files=1, lines=1, entries=()))
    assert "Nothing was missed" in render_html(whole, ALL_FACTS, texts)


def test_unfinished_and_unisolated_runs_say_so_first() -> None:
    run, texts = RUNS["sample"]
    html = render_html(replace(run, state=RunState.INTERRUPTED, isolated=False), ALL_FACTS, texts)
    assert html.index("This run was interrupted") < html.index("<table")
    assert html.index("does not isolate") < html.index("<table")


def test_time_and_run_are_left_out_where_they_are_not_known() -> None:
    run, texts = RUNS["sample"]
    html = render_html(replace(run, started=None, timings=()), ALL_FACTS, texts)
    assert "2026-01-31" not in html


def test_many_missed_files_are_cut_and_counted() -> None:
    run, texts = RUNS["sample"]
    entry = run.coverage.entries[0]
    record = replace(run.coverage, entries=(entry,) * 1000)
    html = render_html(replace(run, coverage=record), ALL_FACTS, texts)
    assert "And 800 more" in html


def test_many_findings_are_cut_and_counted() -> None:
    run, texts = RUNS["only found"]
    html = render_html(replace(run, findings=run.findings[-1:] * 600), ALL_FACTS, texts)
    assert "And 100 more" in html
    assert "<b>600</b>" in html
    assert html.count("<article") == 500
