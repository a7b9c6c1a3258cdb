"""Numbered trees: the same seed and number always give the same files."""

import random
from dataclasses import dataclass

from grown_programs import HEAD, Grower
from hostile import SHAPES, Tree
from mutants import mutated, real_files

FAMILIES = ("grown", "grown and mutated", "real and mutated", "hostile", "hostile and mutated")
_TURNS = (0, 2, 0, 2, 1, 2, 3, 0, 2, 4)
"""Which family each number of ten is of."""
_SIZES = (1, 2, 3, 8, 20, 40)
_LARGE = 400
_LARGE_EVERY = 25
_VIEW = (
    HEAD + "@app.route('/x')\ndef x():\n    return render_template('p.html', a=request.args['a'],"
    " rows=request.args, b=request.json)\n"
)
_PAGE = (
    b"{% extends 'base.html' %}{% block body %}{% for a in rows %}<a href='{{ a }}' "
    b'onclick="{{ b }}">'
    b"{{ a|safe }}</a>{% else %}{% include 'q.html' %}{% endfor %}{% autoescape false %}{{ b|upper }}"
    b"{% endautoescape %}{% set c = a ~ b %}{{ c|e }}<script>var x = {{ c|tojson }};</script>"
    b"{% macro m(a, b=1) %}{{ a }}{% endmacro %}{{ m(b)|safe }}{# x #}{% raw %}{{ a }}{% endraw %}"
    b"{% if a and b is defined %}{{ a[0].b('x')|default(b, true)|safe }}{% endif %}{% endblock %}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One tree."""

    number: int
    family: str
    files: Tree

    @property
    def modules(self) -> int:
        """Return how many Python files it has."""
        return sum(name.endswith(".py") for name in self.files)


def case(seed: int, number: int) -> Case:
    """Return the tree of a number."""
    chance = random.Random(f"{seed}:{number}")
    family = _TURNS[number % len(_TURNS)]
    if family == 0:
        files = _grown(chance)
    elif family == 1:
        files = _changed(chance, _grown(chance))
    elif family == 2:
        files = real_files(chance)
    else:
        turn = number // len(_TURNS)
        size = _LARGE if turn % _LARGE_EVERY == 0 else chance.choice(_SIZES)
        files = SHAPES[turn % len(SHAPES)](size)
        files = files if family == 3 else _changed(chance, files)
    return Case(number=number, family=FAMILIES[family], files=files)


def _grown(chance: random.Random) -> Tree:
    names = ("one", "two", "three", "four")[: chance.randrange(1, 5)]
    grower = Grower(chance, names)
    files = {f"{name}.py": grower.module().encode("utf-8") for name in names}
    if chance.random() < 0.3:
        files["view.py"] = _VIEW.encode()
        for page in ("p.html", "q.html", "base.html"):
            files[f"templates/{page}"] = mutated(chance, _PAGE, chance.randrange(6))
    return files


def _changed(chance: random.Random, files: Tree) -> Tree:
    return {name: mutated(chance, text, chance.randrange(1, 8)) for name, text in files.items()}
