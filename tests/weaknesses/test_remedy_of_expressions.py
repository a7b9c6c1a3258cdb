"""Where a costly expression is rewritten, and where it is left alone."""

import pytest

from countermine.testing.remedies import patched, refused
from countermine.weaknesses.exponential_regular_expression.remedy import REMEDIES
from countermine.weaknesses.polynomial_regular_expression.remedy import REMEDIES as OTHERS

USED = "\ndef f(x):\n    return KNOWN.match(x)\n"


def test_both_weaknesses_have_the_same_remedy() -> None:
    assert REMEDIES == OTHERS


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('KNOWN = «re.compile(r"(?:a+)+$")»', 'KNOWN = re.compile(r"a+$")'),
        ('KNOWN = «re.compile("(?:a+,?)*$")»', 'KNOWN = re.compile("(?:a,?)*$")'),
        (
            'KNOWN = «re.compile("^\\\\s*\\\\s*x", re.A)»',
            'KNOWN = re.compile("^\\\\s*x", re.A)',
        ),
        ("KNOWN = «re.compile(b'(?:a+)+'\n    b'$')»", "KNOWN = re.compile(b'a+'\n    b'$')"),
        (
            'WORD = r"(?:\\d+,?)*"\nKNOWN = «re.compile("^%s$" % WORD)»',
            'WORD = r"(?:\\d,?)*"\nKNOWN = re.compile("^%s$" % WORD)',
        ),
        (
            'A = "(?:a"\nKNOWN = «re.compile(A + "+)+" + "$")»',
            'A = "a"\nKNOWN = re.compile(A + "+" + "$")',
        ),
    ],
)
def test_the_literals_of_an_expression_are_changed_where_they_stand(
    before: str, after: str
) -> None:
    assert patched(REMEDIES, f"import re\n{before}\n{USED}") == f"import re\n{after}\n{USED}"


def test_an_expression_that_is_only_asked_whether_it_matches_may_lose_its_groups() -> None:
    code = "import re\n\ndef f(x):\n    return «re.match(r'^(\\d+\\.?)+$', x)» is not None\n"
    assert "r'^(\\d\\.?)+$'" in patched(REMEDIES, code)
    kept = code.replace(" is not None", "").replace("return", "found =")
    assert "no other way" in refused(REMEDIES, kept)


def test_blanks_at_an_end_are_taken_away_from_the_first_on() -> None:
    code = "import re\n\ndef f(x):\n    return «re.sub(r'\\s+$', '', x)»\n"
    assert "re.sub(r'(?<!\\s)\\s+$', '', x)" in patched(OTHERS, code)


def test_a_method_that_begins_in_the_middle_needs_what_stands_there() -> None:
    code = "import re\n_BLANKS = «re.compile(r'\\s+$')»\n\ndef f(x):\n    _BLANKS.search(x%s)\n"
    assert "(?<!" in patched(OTHERS, code % "")
    assert "no other way" in refused(OTHERS, code % ", 2")
    assert "no other way" in refused(OTHERS, (code % "").replace("_BLANKS", "BLANKS"))


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ('KNOWN = «re.compile("(?:a+)+" + other())»', "no constants"),
        ('A = "(?:a+)+"\nB = A\nKNOWN = «re.compile(A + "$")»', "used elsewhere"),
        ('KNOWN = «re.compile("(?:a+)+$", flags())»', "flags"),
        ('A = "(?:%d)+" % 3\nKNOWN = «re.compile(A)»', "more than texts"),
        ("KNOWN = «make()»", "not written out"),
        (r"""KNOWN = «re.compile(r'"(?:\\.|[^"])*"')»""", "no other way"),
    ],
)
def test_what_cannot_be_rewritten_is_left_alone(code: str, why: str) -> None:
    assert why in refused(REMEDIES, f"import re\n{code}\n{USED}")
