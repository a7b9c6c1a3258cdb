"""A patch may not ask for the setting that only the witness's driver makes."""

import pytest

from countermine.core.spans import tree_path
from countermine.prove.configured import violations

PATH = tree_path("app.py")
BEFORE = "def show(value):\n    if settings.debug:\n        log(value)\n    return value\n"
DRIVER = "settings.safe = True\nshow(value)\n"


def refused(added: str, driver: str | None = DRIVER) -> tuple[str, ...]:
    after = BEFORE.replace("    return", f"{added}    return")
    return violations({PATH: BEFORE.encode()}, {PATH: after.encode()}, driver)


@pytest.mark.parametrize(
    "added",
    [
        "    if settings.safe:\n        value = escape(value)\n",
        "    value = escape(value) if current().safe else value\n",
        "    flag = settings.safe\n    if flag:\n        value = escape(value)\n",
        "    value = settings.safe(value)\n",
        "    while not settings.safe:\n        return None\n",
        "    value = [v for v in value if settings.safe]\n",
        "    if vars(settings).get('safe'):\n        value = escape(value)\n",
        "    if getattr(settings, 'safe', False):\n        value = escape(value)\n",
    ],
)
def test_what_the_driver_sets_decides_nothing_of_a_patch(added: str) -> None:
    assert refused(added) == ("asks for safe, which the witness's driver sets",)


@pytest.mark.parametrize(
    ("added", "driver"),
    [
        ("    value = escape(value)\n", DRIVER),
        ("    if settings.debug:\n        value = escape(value)\n", DRIVER),
        ("    settings.safe = value\n", DRIVER),
        ("    if settings.safe:\n        value = escape(value)\n", None),
        ("    if settings.safe:\n        value = escape(value)\n", "show(value)\n"),
        ("    if settings.safe:\n        value = escape(value)\n", "not Python ("),
    ],
)
def test_any_other_condition_is_for_the_other_gates(added: str, driver: str | None) -> None:
    assert refused(added, driver) == ()
