"""Returns, exceptions and context managers lead where Python leads them."""

import pytest

from tests.unit.find.conftest import Find, catalogue, find  # noqa: F401 - fixtures
from tests.unit.flow.twins import Twins, both

FAULTS: Twins = {
    "set in the body": ('try:\n    bar = $\nexcept KeyError:\n    bar = "x"', "param", '"b"'),
    "set in the handler": ("try:\n    bar = f()\nexcept KeyError:\n    bar = $", "param", '"b"'),
    "set in else": (
        'bar = "a"\ntry:\n    f()\nexcept KeyError:\n    bar = "x"\nelse:\n    bar = $',
        "param", '"b"',
    ),
    "set in finally": ('bar = "a"\ntry:\n    f()\nfinally:\n    bar = $', "param", '"b"'),
    "overwritten in finally": ("bar = param\ntry:\n    f()\nfinally:\n    $", "pass", 'bar = "b"'),
    "before the fault": (
        'bar = "a"\ntry:\n    bar = $\n    f()\n    bar = "b"\nexcept KeyError:\n    pass',
        "param", '"c"',
    ),
    "before a fault of its own": (
        ('bar = "a"\ntry:\n    if request.method == "PUT":\n        bar = $\n'
        '        raise KeyError\n    bar = "b"\nexcept KeyError:\n    pass'),
        "param", '"c"',
    ),
    "raised for sure": (
        'try:\n    $\n    bar = param\nexcept KeyError:\n    bar = "a"', "f()", "raise KeyError",
    ),
    "handler of another class": (
        ('bar = "a"\ntry:\n    raise $("x")\nexcept KeyError:\n    pass\nexcept ValueError:\n'
        "    bar = param"),
        "ValueError", "KeyError",
    ),
    "handler of a class above": (
        ('bar = "a"\ntry:\n    raise $\nexcept LookupError:\n    bar = param\nexcept Exception:\n'
        "    pass"),
        "KeyError", "ValueError",
    ),
    "own exception": (
        ("class Stop(Exception):\n    pass\n\n\nclass Go(Exception):\n    pass\n---\n"
        'bar = "a"\ntry:\n    raise $()\nexcept Go:\n    bar = param\nexcept Stop:\n    pass'),
        "Go", "Stop",
    ),
    "handler that returns": (
        "try:\n    raise KeyError\nexcept KeyError:\n    $\nbar = param", "pass", 'return "no"',
    ),
    "handler that raises again": (
        "try:\n    raise KeyError\nexcept KeyError as fault:\n    $\nbar = param",
        "fault = None", "raise",
    ),
    "return in finally": (
        ("def pick(value):\n    try:\n        return value\n    finally:\n        $\n---\n"
        "bar = pick(param)"),
        "pass", 'return "safe"',
    ),
    "return in the body": (
        ('def pick(value):\n    try:\n        return $\n    except KeyError:\n        return "b"\n'
        "---\nbar = pick(param)"),
        "value", '"a"',
    ),
    "return in else": (
        ('def pick(value):\n    try:\n        f()\n    except KeyError:\n        return "b"\n'
        "    else:\n        return $\n---\nbar = pick(param)"),
        "value", '"a"',
    ),
    "what an exception carries": (
        "try:\n    raise ValueError($)\nexcept ValueError as fault:\n    bar = str(fault)",
        "param", '"b"',
    ),
    "arguments of an exception": (
        'try:\n    raise ValueError("a", $)\nexcept ValueError as fault:\n    bar = fault.args[1]',
        "param", '"b"',
    ),
    "name that may not be there": (
        'bar = "a"\ntry:\n    kind = unicode\nexcept NameError:\n    bar = $', "param", '"b"',
    ),
    "with": ('with open("f") as f:\n    bar = $', "param", '"b"'),
    "with that swallows": (
        ('import contextlib\nbar = "a"\nwith contextlib.suppress(KeyError):\n    bar = $\n    f()\n'
        '    bar = "b"'),
        "param", '"c"',
    ),
    "with after a raise": (
        "import contextlib\nwith contextlib.suppress(KeyError):\n    raise KeyError\nbar = $",
        "param", '"b"',
    ),
    "with of an own class": (
        ("class Held:\n    def __init__(self, value):\n        self.value = value\n\n"
        "    def __enter__(self):\n        return self.value\n\n"
        "    def __exit__(self, *rest):\n        return None\n---\nwith Held($) as bar:\n    pass"),
        "param", '"b"',
    ),
    "with of a generator": (
        ("import contextlib\n\n\n@contextlib.contextmanager\ndef held(value):\n    yield value\n"
        "---\nwith held($) as bar:\n    pass"),
        "param", '"b"',
    ),
    "two managers": ('with open("f") as f, open("g") as g:\n    bar = $', "param", '"b"'),
    "loop left by a fault": (
        ('bar = "a"\nfor n in (1, 2, 3):\n    try:\n        if n == $:\n'
        "            raise KeyError\n    except KeyError:\n        bar = param"),
        "3", "4",
    ),
    "continue in a handler": (
        ('bar = "a"\nfor n in (1, 2):\n    try:\n        raise KeyError\n    except KeyError:\n'
        "        $\n    bar = param"),
        "pass", "continue",
    ),
    "group": (
        'bar = "a"\ntry:\n    f()\nexcept* KeyError:\n    bar = $', "param", '"b"',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_exceptions_lead_to_their_handlers(find: Find, name: str) -> None:  # noqa: F811
    assert both(find, FAULTS[name], "header", "command") == (["command"], [])
