"""What is asked of a directory, read whole."""

import pytest

from countermine.prove.drive.directories import predicates, shape_of_filter, shape_of_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(uid=ann)", "(uid=ben)"),
        ("(uid=ann)", "(UID=a\\2a\\28)"),
        ("(&(a=b)(c=d))", "( & (a=x) (c=y) )"),
        ("uid=ann", "(uid=ben)"),
        ("(cn:caseExactMatch:=ann)", "(cn:caseexactmatch:=ben)"),
        ("(cn=a*b)", "(cn=x*y)"),
    ],
)
def test_other_values_leave_the_shape_of_a_filter(one: str, other: str) -> None:
    assert shape_of_filter(one) == shape_of_filter(other) != None  # noqa: E711 - all three


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(uid=ann)", "(uid=ann*)"),
        ("(uid=ann*)", "(uid=*ann)"),
        ("(uid=ann)", "(uid>=ann)"),
        ("(&(a=b)(c=d))", "(&(a=b)(|(c=d)))"),
        ("(&(a=b)(c=d))", "(&(a=b)(c=d)(e=f))"),
        ("(!(a=b))", "(a=b)"),
    ],
)
def test_what_a_filter_is_made_of_is_its_shape(one: str, other: str) -> None:
    assert shape_of_filter(one) != shape_of_filter(other)


@pytest.mark.parametrize(
    "text", ["(uid=ann)(cn=x)", "(uid=ann", "(!(a=b)(c=d))", "(uid=a\\zz)", "()", "(&(a=b)x)", "("]
)
def test_what_is_no_filter_has_no_shape(text: str) -> None:
    assert shape_of_filter(text) is None
    assert predicates(text) == ()


def test_a_filter_that_goes_too_deep_is_none() -> None:
    assert shape_of_filter("(!" * 5000 + "(a=b)" + ")" * 5000) is None


def test_a_name_is_made_of_the_types_of_its_parts() -> None:
    assert shape_of_name("uid=ann,dc=shop") == ("uid", ",", "dc", "")
    assert shape_of_name("uid=a\\,b\\+c,dc=shop") == shape_of_name('uid="a,b", dc=shop')
    assert shape_of_name("uid=ann,ou=x,dc=shop") != shape_of_name("uid=ann,dc=shop")
    assert shape_of_name("uid=ann+cn=x,dc=shop") != shape_of_name("uid=ann,cn=x,dc=shop")
    assert shape_of_name("") == ()


@pytest.mark.parametrize("text", ["ann", "uid=ann,", "uid=a<b", "uid=ann,,dc=x"])
def test_what_is_no_name_has_no_shape(text: str) -> None:
    assert shape_of_name(text) is None


def test_a_comparison_that_is_gone_is_told() -> None:
    assert predicates("(&(uid=cmprobe-word)(!(old=1)))") == ("&uid=cmprobe-word", "&!old=?")
