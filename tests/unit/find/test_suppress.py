from countermine.core.spans import tree_path
from countermine.find.suppress import Sorted, SuppressionRule, suppress
from countermine.testing.findings import finding_at

TODAY = "2026-06-01"


def sort(text: bytes, *rules: SuppressionRule) -> Sorted:
    finding = finding_at("app/views.py", text, b"eval(x)")
    texts = {tree_path("app/views.py"): text}
    return suppress([finding], texts, rules, today=TODAY, origin="countermine.toml")


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
    found = suppress([finding], {tree_path("a.py"): text}, [], today=TODAY, origin="")
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
