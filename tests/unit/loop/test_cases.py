"""How a case comes to its patch: the loop that a run and ``prove`` share."""

from countermine.core.cases import Case
from countermine.core.patches import Edit, Patch, PatchOrigin
from countermine.core.verdicts import Inconclusive, Proven, Regressed, StillExploitable, Verdict
from countermine.loop.cases import MAX_ATTEMPTS, Attempt, attempts, case_with, with_attempts
from countermine.loop.records import FixRecord
from countermine.prove.records import Judgement
from countermine.testing.findings import finding_at

TEXT = b"eval(x)\n"
FINDING = finding_at("app.py", TEXT, b"eval(x)")
REFUSED = Regressed(gates=(), failures=("a test fails",))
PROVEN = Proven(gates=(), tests_ran=True)


def patch(author: str) -> Patch:
    edit = Edit(span=FINDING.location, before="eval(x)", after="len(x)")
    return Patch(edits=(edit,), origin=PatchOrigin.REMEDY, author=author, summary="Fix it")


def climbed(verdicts: dict[str, Verdict], *, most: int = MAX_ATTEMPTS) -> tuple[Attempt, ...]:
    """Try remedies of those names, which end like that."""

    def fix(_attempt: int, without: tuple[str, ...]) -> FixRecord:
        left = [name for name in verdicts if name not in without]
        if not left:
            return FixRecord(patch=None, no_patch="no other remedy fits")
        return FixRecord(patch=patch(left[0]), no_patch=None)

    def judge(_attempt: int, one: Patch) -> Judgement:
        return Judgement(verdict=verdicts[one.author])

    return attempts(fix, judge, most=most)


def concluded(verdicts: dict[str, Verdict], *, most: int = MAX_ATTEMPTS) -> Case:
    return with_attempts(case_with(FINDING, None), climbed(verdicts, most=most))


def test_a_refused_patch_is_followed_by_the_next_remedy() -> None:
    exploitable = StillExploitable(gates=(), after="variant")
    case = concluded({"first": REFUSED, "second": exploitable, "third": PROVEN})
    assert (case.verdict, case.patch) == (PROVEN, patch("third"))


def test_a_proven_patch_is_the_last_that_is_tried() -> None:
    assert len(climbed({"first": PROVEN, "second": PROVEN})) == 1


def test_trouble_of_our_own_is_not_tried_again_with_another_remedy() -> None:
    trouble = Inconclusive(gates=(), reason="no memory")
    case = concluded({"first": trouble, "second": PROVEN})
    assert (case.verdict, case.patch) == (trouble, patch("first"))


def test_where_every_remedy_is_refused_the_first_is_told_of() -> None:
    case = concluded({"first": REFUSED, "second": REFUSED})
    assert (case.verdict, case.patch) == (REFUSED, patch("first"))


def test_a_patch_of_the_users_is_judged_alone() -> None:
    assert concluded({"mine": REFUSED, "other": PROVEN}, most=1).patch == patch("mine")


def test_no_remedy_says_why() -> None:
    case = concluded({})
    assert (case.patch, case.no_patch, case.verdict) == (None, "no other remedy fits", None)


def test_a_case_without_attempts_stays_as_it_is() -> None:
    case = case_with(FINDING, None)
    assert with_attempts(case, ()) == case
