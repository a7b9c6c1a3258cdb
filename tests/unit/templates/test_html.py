"""The place of a value in a page is told from what stands before it."""

import pytest

from countermine.templates.html import Place, Reader, is_html

PLACES = {
    "<p>": Place.TEXT,
    "<p title='": Place.QUOTED,
    '<p title="a': Place.QUOTED,
    "<p title=": Place.UNQUOTED,
    "<p title=a": Place.UNQUOTED,
    "<p ": Place.TAG,
    "<p title='a' ": Place.TAG,
    "<p title='a'>": Place.TEXT,
    '<a href="': Place.URL,
    '<a href="/find?q=': Place.QUOTED,
    '<img src="': Place.QUOTED,
    '<iframe src="': Place.URL,
    '<p onclick="go(': Place.HANDLER,
    "<p onclick=\"go('": Place.HANDLER,
    "<script>": Place.SCRIPT,
    "<script>var a = ": Place.SCRIPT,
    '<script>var a = "': Place.SCRIPT_TEXT,
    "<script>var a = 'it\\'s ": Place.SCRIPT_TEXT,
    "<script>var a = `": Place.SCRIPT_TEMPLATE,
    "<script>// it's\nvar a = ": Place.SCRIPT,
    "<script>/* it's */ a = ": Place.SCRIPT,
    "<script>a = '</p>' + ": Place.SCRIPT,
    "<script>var a = 1</script>": Place.TEXT,
    "<SCRIPT>var a = '": Place.SCRIPT_TEXT,
    '<script type="application/json">': Place.TEXT,
    '<script type="module">': Place.SCRIPT,
    "<style>": Place.TEXT,
    "<!-- <script> ": Place.TEXT,
    "<!-- --><script> ": Place.SCRIPT,
    "1 < 2 ": Place.TEXT,
    "<p title=>": Place.TEXT,
    "<br/>": Place.TEXT,
}


@pytest.mark.parametrize("before", sorted(PLACES))
def test_the_place_is_told(before: str) -> None:
    reader = Reader()
    reader.feed(before)
    assert reader.place is PLACES[before]


@pytest.mark.parametrize("before", sorted(PLACES))
def test_pieces_are_read_as_the_whole(before: str) -> None:
    reader = Reader()
    for place in range(0, len(before), 20):
        reader.feed(before[place : place + 20])
    if len(before) <= 20:
        assert reader.place is PLACES[before]


def test_what_is_put_in_makes_the_beginning_of_an_address() -> None:
    reader = Reader()
    reader.feed('<a href="')
    reader.put()
    assert reader.place is Place.QUOTED
    reader.feed('"><p>')
    assert reader.place is Place.TEXT


def test_a_value_without_quotes_goes_on_behind_what_is_put_in() -> None:
    reader = Reader()
    reader.feed("<p title=")
    reader.put()
    assert reader.place is Place.UNQUOTED
    reader.feed(">")
    assert reader.place is Place.TEXT


def test_a_copy_goes_on_apart() -> None:
    reader = Reader()
    reader.feed("<script>")
    other = reader.copy()
    reader.feed("</script>")
    assert (reader.place, other.place) == (Place.TEXT, Place.SCRIPT)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.html", "", True),
        ("a.html.j2", "", True),
        ("a.txt", "<p>", False),
        ("a.py.j2", "<p>", False),
        ("a.j2", "<p>hello</p>", True),
        ("a.j2", "if a < b: x", False),
        ("", "<b>{{ x }}</b>", True),
        ("", "Hello {{ x }}", False),
    ],
)
def test_what_makes_html(name: str, text: str, expected: object) -> None:
    assert is_html(name, text) is expected
