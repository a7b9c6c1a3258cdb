import pytest

from countermine.core.cases import case_id
from countermine.core.spans import tree_path
from countermine.find.naming import Names
from countermine.find.suppress import MOST_NOTES, Sorted, SuppressionRule, suppress
from countermine.testing.findings import finding_at

TODAY = "2026-06-01"
NAMES = Names(
    ids={
        **{name: name for name in ("code-injection", "sql-injection", "weak-hash")},
        "rce": "code-injection",
    }
)


def sort(text: bytes, *rules: SuppressionRule) -> Sorted:
    finding = finding_at("app/views.py", text, b"eval(x)")
    texts = {tree_path("app/views.py"): text}
    return suppress([finding], texts, rules, NAMES, today=TODAY, origin="countermine.toml")


def rule(**changes: str | None) -> SuppressionRule:
    fields = {"id": "code-injection", "reason": "sandboxed", "path": "**", "expires": None}
    return SuppressionRule(**(fields | changes))  # type: ignore[arg-type]


def test_a_comment_with_a_reason_sets_the_finding_aside() -> None:
    text = b"a = 1\neval(x)  # countermine: ignore[code-injection] x is a constant of ours\n"
    aside = sort(text).suppressed[0]
    assert (aside.reason, aside.place) == ("x is a constant of ours", "app/views.py:2")


def test_a_comment_without_a_reason_does_not_count_and_is_told() -> None:
    found = sort(b"eval(x)  # countermine: ignore[code-injection]\n")
    assert len(found.kept) == 1
    assert "no reason" in found.notes[0]


def test_a_comment_for_another_weakness_or_another_line_does_not_count() -> None:
    assert sort(b"eval(x)  # countermine: ignore[sql-injection] no\n").kept
    assert sort(b"# countermine: ignore[code-injection] above\neval(x)\n").kept


def test_the_comment_may_stand_where_a_long_call_ends() -> None:
    text = b"eval(\n    x\n)  # countermine: ignore[code-injection] checked before\n"
    finding = finding_at("a.py", text, b"eval(\n    x\n)")
    found = suppress([finding], {tree_path("a.py"): text}, [], NAMES, today=TODAY, origin="")
    assert found.suppressed


def test_a_rule_holds_for_its_files_until_its_date() -> None:
    text = b"eval(x)\n"
    assert sort(text, rule(path="app/**")).suppressed[0].reason == "sandboxed"
    assert sort(text, rule(path="other/**")).kept
    assert sort(text, rule(expires="2026-06-02")).suppressed
    expired = sort(text, rule(expires="2026-06-01"))
    assert expired.kept
    assert "expired" in expired.notes[0]


def test_a_rule_can_name_a_fingerprint() -> None:
    text = b"eval(x)\n"
    fingerprint = finding_at("app/views.py", text, b"eval(x)").fingerprint
    assert sort(text, rule(id=fingerprint)).suppressed


def test_an_alias_or_the_id_of_the_case_sets_aside_as_well() -> None:
    case = case_id(finding_at("app/views.py", b"eval(x)\n", b"eval(x)"))
    for name in ("rce", "RCE", case):
        assert sort(f"eval(x)  # countermine: ignore[{name}] ours\n".encode()).suppressed
        assert sort(b"eval(x)\n", rule(id=name)).suppressed


def test_an_unknown_name_is_told_with_the_one_that_was_meant() -> None:
    found = sort(b"\n\neval(x)  # countermine: ignore[weak-hsh] no\n", rule(id="code-injektion"))
    assert found.kept
    assert found.notes == (
        "countermine.toml: suppress: 'code-injektion' is no weakness; did you mean code-injection?",
        "app/views.py:3: 'weak-hsh' is no weakness; did you mean weak-hash?",
    )


def test_what_set_nothing_aside_is_told() -> None:
    text = b"# countermine: ignore[code-injection] above\neval(x)\n"
    assert sort(text, rule(id="weak-hash")).notes == (
        "the suppression of weak-hash in countermine.toml set nothing aside",
        (
            "app/views.py:1: ignore[code-injection] set nothing aside; "
            "it stands on the line of the sink"
        ),
    )


def test_a_comment_without_a_weakness_is_told() -> None:
    for comment in (b"ignore", b"ignore[]", b"ignore it is ours"):
        (note,) = sort(b"eval(x)  # countermine: " + comment + b"\n").notes
        assert note.startswith("app/views.py:1: ignore names no weakness")


def test_a_text_that_speaks_of_comments_is_no_comment() -> None:
    assert sort(b"eval(x)\nhelp = '# countermine: ignore[weak-hsh] why'\n").notes == ()


def test_a_comment_counts_in_a_file_that_python_cannot_read_today() -> None:
    text = b"print 'x' if (\neval(x)  # countermine: ignore[code-injection] ours\n"
    assert sort(text).suppressed


def test_a_flood_of_comments_is_told_of_in_few_lines() -> None:
    notes = sort(b"eval(x)\n" + b"# countermine: ignore\n" * 1000).notes
    assert len(notes) == MOST_NOTES + 1
    assert notes[-1] == "and 980 more such comments"


@pytest.mark.parametrize(
    "comment",
    [
        "{# countermine: ignore[code-injection] only its author sees it #}",
        "<!-- countermine: ignore[code-injection] only its author sees it -->",
    ],
)
def test_a_comment_in_a_template_sets_a_finding_aside(comment: str) -> None:
    text = f"<p>\neval(x) it's {comment}\n</p>\n".encode()
    finding = finding_at("templates/page.html", text, b"eval(x)")
    texts = {tree_path("templates/page.html"): text}
    found = suppress([finding], texts, (), NAMES, today=TODAY, origin="countermine.toml")
    (aside,) = found.suppressed
    assert (aside.reason, aside.place) == ("only its author sees it", "templates/page.html:2")
