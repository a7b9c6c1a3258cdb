"""What a function leaves bare in an attribute is told of the function that does."""

from tests.unit.find.conftest import Find

PAGE = (
    "import html\n\n\ndef page(rows):\n    def link(address, title):\n"
    '        return \'<a href="%s" title="%s">\' % (html.escape(address), {})\n\n'
    "    return [link(*row) for row in rows]\n"
)


def test_a_function_inside_is_named(find: Find) -> None:
    (finding,) = find({"app.py": PAGE.format("title")}).findings
    assert (finding.function, finding.cwe) == ("page.link", 79)


def test_what_is_escaped_like_its_neighbour_is_not_told(find: Find) -> None:
    assert find({"app.py": PAGE.format("html.escape(title)")}).findings == ()
