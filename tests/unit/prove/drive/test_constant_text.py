"""Texts that a module puts together from constants are read off its source."""

import ast

import pytest

from countermine.prove.drive.constant_text import constant_text

NAMES = {
    "WORD": ast.parse("r'\\w+'", mode="eval").body,
    "RAW": ast.parse("b'[a-z]'", mode="eval").body,
    "PARTS": ast.parse("('(', '<')", mode="eval").body,
    "LOOP": ast.parse("LOOP + 'a'", mode="eval").body,
}


def text(source: str) -> str | None:
    return constant_text(ast.parse(source, mode="eval").body, NAMES)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("'a' 'b'", "ab"),
        ("b'a'", "a"),
        ("'(' + WORD + ')*'", r"(\w+)*"),
        ("'(%s)*' % WORD", r"(\w+)*"),
        ("b'%s*%s' % (RAW, RAW)", "[a-z]*[a-z]"),
        ("f'({WORD})*'", r"(\w+)*"),
        ("'|'.join(PARTS)", "(|<"),
        ("'|'.join([one + '%s' % WORD for one in PARTS])", r"(\w+|<\w+"),
        ("'|'.join(one for one in PARTS)", "(|<"),
        ("'%(a)s-%(b)s' % {'a': WORD, 'b': 'x'}", r"\w+-x"),
        ("'{a}{{2}}{}'.format('x', a=WORD)", r"\w+{2}x"),
        ("WORD[1:-1]", "w"),
        ("'(?:%s)*$' % '|'.join(map(re.escape, PARTS))", r"(?:\(|<)*$"),
        ("re.escape('.')", r"\."),
    ],
)
def test_what_is_put_together_is_read(source: str, expected: str) -> None:
    assert text(source) == expected


@pytest.mark.parametrize(
    "source",
    ["unknown", "WORD * 2", "'%d' % WORD", "'|'.join(words)", "f'{WORD!r}'[0]", "LOOP", "WORD()"],
)
def test_what_the_source_hides_is_not_guessed(source: str) -> None:
    assert text(source) is None


@pytest.mark.parametrize(
    "source",
    [
        "'|'.join(one for one in PARTS if one)",
        "'|'.join(one for one in unknown)",
        "'%(a)s' % {'b': 'x'}",
        "'%(a)s' % {**more}",
        "'{0.a}'.format(WORD)",
        "'{}'.format(*WORD)",
        "'{}'.format(unknown)",
        "WORD[n:]",
        "WORD[::2]",
    ],
)
def test_what_is_not_all_constant_is_not_guessed(source: str) -> None:
    assert text(source) is None
