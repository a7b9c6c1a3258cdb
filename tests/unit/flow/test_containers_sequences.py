"""Elements of lists, tuples, sets and queues are told apart by where they stand."""

import pytest

from tests.unit.find.conftest import Find
from tests.unit.flow.pairs import Twins, is_found, twins

DEQUE = "from collections import deque\n"
CASES: dict[str, Twins] = {
    "literal": twins('a = ["ls", p]\nos.system(a[HOLE])', "1", "0"),
    "tuple": twins('a = ("ls", p)\nos.system(a[HOLE])', "1", "0"),
    "negative": twins('a = ["ls", p]\nos.system(a[HOLE])', "-1", "-2"),
    "append": twins('a = ["ls"]\na.append(p)\na.append("id")\nos.system(a[HOLE])', "1", "2"),
    "append to an empty one": twins(
        'a = []\na.append("ls")\na.append(p)\nos.system(a[HOLE])', "1", "0"
    ),
    "insert in front": twins('a = ["ls"]\na.insert(0, p)\nos.system(a[HOLE])', "0", "1"),
    "insert behind": twins('a = ["ls", "id"]\na.insert(1, p)\nos.system(a[HOLE])', "1", "2"),
    "pop of the last": twins('a = ["ls", p]\nos.system(a.pop(HOLE))', "", "0"),
    "pop of the first": twins('a = [p, "ls"]\nos.system(a.pop(HOLE))', "0", "1"),
    "store": twins('a = ["ls", p]\na[HOLE] = "id"\nos.system(a[1])', "0", "1"),
    "copy by a slice": twins('a = ["ls"]\nb = a[:]\nb[0] = p\nos.system(HOLE[0])', "b", "a"),
    "copied": twins('a = ["ls"]\nb = list(a)\nb.append(p)\nos.system(HOLE[-1])', "b", "a"),
    "extend": twins('a = ["ls"]\na.extend([p, "id"])\nos.system(a[HOLE])', "1", "2"),
    "extend by a tuple": twins('a = ["ls"]\na.extend(("id", p))\nos.system(a[HOLE])', "2", "1"),
    "add": twins('a = ["ls"] + [p]\nos.system(a[HOLE])', "1", "0"),
    "add in place": twins('a = ["ls"]\na += [p]\nos.system(a[HOLE])', "1", "0"),
    "repeated": twins("a = [HOLE] * 3\nos.system(a[1])", "p", '"ls"'),
    "unpacked": twins('a, b = p, "ls"\nos.system(HOLE)', "a", "b"),
    "unpacked from a variable": twins('t = ("ls", p)\na, b = t\nos.system(HOLE)', "b", "a"),
    "unpacked list": twins('[a, b] = ["ls", p]\nos.system(HOLE)', "b", "a"),
    "unpacked inside": twins('a, (b, c) = "ls", ("id", p)\nos.system(HOLE)', "c", "b"),
    "starred at the end": twins('a, *b = ["ls", p]\nos.system(HOLE)', "b[0]", "a"),
    "swapped": twins('a, b = p, "ls"\na, b = b, a\nos.system(HOLE)', "b", "a"),
    "unpacked from a call": twins(
        "a, b = pair(p)\nos.system(HOLE)", "b", "a", 'def pair(v):\n    return "ls", v\n'
    ),
    "unpacked in a loop": twins('for a, b in [("ls", p)]:\n    os.system(HOLE)', "b", "a"),
    "enumerated": twins("for i, v in enumerate([p]):\n    os.system(HOLE)", "v", "str(i)"),
    "zipped": twins('for a, b in zip(["ls"], [p]):\n    os.system(HOLE)', "b", "a"),
    "spread in a list": twins('b = [p, "id"]\na = ["ls", *b]\nos.system(a[HOLE])', "1", "2"),
    "nested": twins('a = [["ls", p], ["id"]]\nos.system(a[HOLE])', "0][1", "1][0"),
    "nested store": twins('a = [["ls"], ["id"]]\na[0][0] = p\nos.system(a[HOLE][0])', "0", "1"),
    "set": twins("for v in {HOLE}:\n    os.system(v)", '"ls", p', '"ls", "id"'),
    "added to a set": twins("s = set()\ns.add(HOLE)\nfor v in s:\n    os.system(v)", "p", '"ls"'),
    "popped from a set": twins('s = {"ls"}\ns.add(HOLE)\nos.system(s.pop())', "p", '"id"'),
    "union of sets": twins('s = {"ls"} | {HOLE}\nfor v in s:\n    os.system(v)', "p", '"id"'),
    "frozen set": twins('for v in frozenset(["ls", HOLE]):\n    os.system(v)', "p", '"id"'),
    "queue drained": twins(
        "q = deque()\nq.append(HOLE)\nwhile q:\n    os.system(q.popleft())", "p", '"ls"', DEQUE
    ),
    "next of an iterator": twins("os.system(next(iter([HOLE])))", "p", '"ls"'),
    "comprehension": twins("a = [v for v in [HOLE]]\nos.system(a[0])", "p", '"ls"'),
    "appended elsewhere": twins(
        "a = []\nadd(a, HOLE)\nos.system(a[0])", "p", '"ls"', "def add(a, v):\n    a.append(v)\n"
    ),
    "handed on": twins('run(["ls", p])', "1", "0", "def run(a):\n    os.system(a[HOLE])\n"),
    "chained": twins(
        'for v in itertools.chain(["ls"], [HOLE]):\n    os.system(v)',
        "p",
        '"id"',
        "import itertools\n",
    ),
    "index by arithmetic": twins('a = ["ls", p]\ni = 0\nos.system(a[i + HOLE])', "1", "0"),
    "joined arguments": twins('a = ["ls"]\na.append(HOLE)\nos.system(" ".join(a))', "p", '"id"'),
    "matrix": twins(
        'a = [[p for _ in range(2)]]\nos.system(a[0][0] if HOLE else "ls")', "app", "False"
    ),
    "heap": twins(
        "h = []\nheapq.heappush(h, HOLE)\nos.system(heapq.heappop(h))",
        "p",
        '"ls"',
        "import heapq\n",
    ),
    "reversed": twins('a = list(reversed([p, "ls"]))\nos.system(a[HOLE])', "1", "0"),
    "slice backwards": twins('a = ["ls", "id", p]\nos.system(a[::-1][HOLE])', "0", "2"),
    "slice with a step": twins('a = ["ls", p, "id"]\nos.system(a[HOLE][1])', "::1", "::2"),
    "slice from behind": twins('a = [p, "ls"]\nos.system(a[HOLE:][0])', "-2", "-1"),
    "slice between": twins('a = ["ls", p, "id"]\nos.system(a[HOLE][0])', "1:2", "2:3"),
    "slice from": twins('a = [p, "ls"]\nos.system(a[HOLE:][0])', "0", "1"),
    "slice to": twins('a = ["ls", p]\nos.system(" ".join(a[:HOLE]))', "2", "1"),
    "after pop of the first": twins('a = ["ls", p, "id"]\na.pop(0)\nos.system(a[HOLE])', "0", "1"),
    "after pop of the last": twins('a = ["ls", p]\na.pop(HOLE)\nos.system(a[-1])', "0", ""),
    "remove": twins('a = ["ls", p, "id"]\na.remove("ls")\nos.system(a[HOLE])', "0", "1"),
    "del": twins('a = ["ls", p, "id"]\ndel a[0]\nos.system(a[HOLE])', "0", "1"),
    "del of what is sent": twins(
        'a = ["ls", p]\ndel a[HOLE]\nfor v in a:\n    os.system(v)', "0", "1"
    ),
    "store behind": twins('a = ["ls", p]\na[HOLE] = "id"\nos.system(a[1])', "-2", "-1"),
    "reverse": twins('a = [p, "ls"]\na.reverse()\nos.system(a[HOLE])', "1", "0"),
    "sort": twins('a = ["ls", HOLE]\na.sort()\nos.system(a[0])', "p", '"id"'),
    "sorted": twins('os.system(sorted(["ls", HOLE])[0])', "p", '"id"'),
    "clear": twins("a = [p]\nHOLE\nfor v in a:\n    os.system(v)", "pass", "a.clear()"),
    "starred rest": twins('a, *b = [p, "ls"]\nos.system(HOLE)', "a", "b[0]"),
    "starred in front": twins('*a, b = ["ls", p]\nos.system(HOLE)', "b", "a[0]"),
    "starred between": twins('a, *b, c = ["ls", "id", p]\nos.system(HOLE)', "c", "b[0]"),
    "queue of a thread": twins(
        "q = queue.Queue()\nq.put(HOLE)\nos.system(q.get())", "p", '"ls"', "import queue\n"
    ),
    "queue left": twins(
        'q = deque(["ls"])\nq.appendleft(p)\nos.system(q.HOLE())', "popleft", "pop", DEQUE
    ),
    "queue right": twins(
        'q = deque(["ls"])\nq.append(p)\nos.system(q.HOLE())', "pop", "popleft", DEQUE
    ),
    "queue by index": twins(
        'q = deque()\nq.append("ls")\nq.append(p)\nos.system(q[HOLE])', "1", "0", DEQUE
    ),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_is_sent_is_found_where_it_stands(find: Find, name: str) -> None:
    assert is_found(find, CASES[name].files(CASES[name].flawed))


@pytest.mark.parametrize("name", sorted(CASES))
def test_nothing_is_found_beside_it(find: Find, name: str) -> None:
    assert not is_found(find, CASES[name].files(CASES[name].quiet))
