"""Where an option says that links are followed, holding a path to where it leads would end that."""

from textwrap import dedent

import pytest

from countermine.testing.remedies import patched, refused
from countermine.weaknesses.path_traversal.remedy import REMEDIES

SERVED = """
    import os

    class Folder:
        def __init__(self, root, follow_symlinks=False):
            self.root = root
            {keeps}

        def read(self, name):
            {asks}
            with «open(os.path.join(self.root, name))» as file:
                return file.read()
"""


def served(keeps: str = "self.size = 0", asks: str = "name = str(name)") -> str:
    return dedent(SERVED).lstrip("\n").format(keeps=keeps, asks=asks)


@pytest.mark.parametrize(
    "code",
    [
        served(keeps="self._follow_symlinks = follow_symlinks"),
        served(asks="if not follow_links: name = os.path.realpath(name)"),
    ],
)
def test_no_path_is_held_to_where_it_leads(code: str) -> None:
    assert "an option follows links here" in refused(REMEDIES, code)


def test_what_only_takes_such_an_option_is_mended() -> None:
    assert "_contained_path(" in patched(REMEDIES, served())
