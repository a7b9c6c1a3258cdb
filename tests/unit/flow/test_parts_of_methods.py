"""What a method keeps in an attribute is told by the part of it that sets it."""

from countermine.flow import ir, lower_python
from countermine.flow.lowering import Lowering
from countermine.flow.pieces import pieces_of
from countermine.flow.slicing import storing_part
from countermine.syntax.python import parse

METHOD = """\
def prepare(self, given):
    self.log = open_log(given)
    place = clean(given)
    self.before = far(place)
    if given:
        self.place = place
    self.update(given)
    return self.place
"""


def kept(name: str, stored: tuple[str, ...] = ()) -> list[str] | None:
    """The statements that are left for an attribute; ``stored`` are set by other methods."""
    text = METHOD.encode()
    node = parse(text).root.named_children[0]
    function = lower_python.function(Lowering(text, 100), node)
    pieces = pieces_of(function, text, method=True)
    part = storing_part(function, text, pieces, name, lambda other: other in stored)
    if part is None:
        return None
    return [text[node.start : node.end].decode() for node in flat(part.body)]


def flat(body: list[ir.Stmt]) -> list[ir.Stmt]:
    """Statements with those inside branches, returns left out."""
    found: list[ir.Stmt] = []
    for node in body:
        if isinstance(node, ir.Branch):
            found += flat([inner for _, arm in node.arms for inner in arm])
        elif not isinstance(node, ir.Return):
            found.append(node)
    return found


def test_what_the_attribute_is_made_of_is_kept_and_nothing_else() -> None:
    assert kept("place") == ["place = clean(given)", "self.place = place"]


def test_another_attribute_is_not_needed() -> None:
    assert kept("log") == ["self.log = open_log(given)"]


def test_what_other_methods_set_is_theirs() -> None:
    assert kept("place", stored=("place",)) == ["place = clean(given)", "self.place = place"]


def test_an_attribute_that_is_not_set_needs_nothing() -> None:
    assert kept("missing") == []
