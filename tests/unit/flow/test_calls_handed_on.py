"""Functions that are handed on, kept in tables, wrapped or run elsewhere are entered."""

import pytest

from tests.unit.find.conftest import Find
from tests.unit.flow.pairs import Twins, is_found, twins

PAIR = "def yes(v):\n    return v\n\n\ndef no(v):\n    return 'ls'\n"
RUN = "def yes(v):\n    os.system(v)\n\n\ndef no(v):\n    os.system('ls')\n"
POOL = "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor()\n\n"
CASES: dict[str, Twins] = {
    "function of a library in a thread": twins(
        "threading.Thread(target=HOLE, args=(p,)).start()",
        "os.system",
        "print",
        "import threading\n",
    ),
    "function of a library in a pool": twins("pool.submit(HOLE, p)", "os.system", "print", POOL),
    "callback": twins(
        "apply(HOLE, p)", "yes", "no", RUN + "\n\ndef apply(f, v):\n    return f(v)\n"
    ),
    "callback whose result is used": twins(
        "os.system(apply(HOLE, p))", "yes", "no", PAIR + "\n\ndef apply(f, v):\n    return f(v)\n"
    ),
    "callback by keyword": twins(
        "apply(p, then=HOLE)",
        "yes",
        "no",
        RUN + "\n\ndef apply(v, *, then=None):\n    then(v)\n",
    ),
    "method as a callback": twins(
        "apply(Kit().HOLE, p)",
        "yes",
        "no",
        "class Kit:\n    def yes(self, v):\n        os.system(v)\n\n    def no(self, v):\n"
        "        pass\n\n\ndef apply(f, v):\n    f(v)\n",
    ),
    "lambda": twins(
        "apply(lambda v: HOLE, p)", "os.system(v)", "v", "def apply(f, v):\n    f(v)\n"
    ),
    "table": twins('TABLE["HOLE"](p)', "a", "b", RUN + "\n\nTABLE = {'a': yes, 'b': no}\n"),
    "table got": twins('TABLE.get("HOLE", no)(p)', "a", "b", RUN + "\n\nTABLE = {'a': yes}\n"),
    "list of functions by index": twins("[yes, no][HOLE](p)", "0", "1", RUN),
    "chosen function, known": twins("f = yes if HOLE else no\nf(p)", "True", "False", RUN),
    "decorated": twins(
        "f(p)",
        "v",
        "'ls'",
        "import functools\n\n\ndef logged(g):\n    @functools.wraps(g)\n"
        "    def inner(*a, **k):\n        return g(*a, **k)\n    return inner\n\n\n"
        "@logged\ndef f(v):\n    os.system(HOLE)\n",
    ),
    "partial": twins(
        "f = partial(HOLE, p)\nf()", "yes", "no", "from functools import partial\n\n\n" + RUN
    ),
    "partial with a keyword": twins(
        "f = functools.partial(run, b=p)\nf('ls')",
        "b",
        "a",
        "import functools\n\n\ndef run(a, b):\n    os.system(HOLE)\n",
    ),
    "partial that is handed on": twins(
        "apply(functools.partial(HOLE, p))",
        "yes",
        "no",
        "import functools\n\n\ndef apply(f):\n    f()\n\n\n" + RUN,
    ),
    "cached": twins(
        "os.system(f(p))",
        "v",
        "'ls'",
        "from functools import lru_cache\n\n\n@lru_cache(maxsize=None)\ndef f(v):\n"
        "    return HOLE\n",
    ),
    "map with a sink": twins("list(map(HOLE, [p]))", "yes", "no", RUN),
    "filter": twins("for v in filter(len, [HOLE]):\n    os.system(v)", "p", '"ls"'),
    "thread": twins(
        "threading.Thread(target=HOLE, args=(p,)).start()",
        "yes",
        "no",
        "import threading\n\n\n" + RUN,
    ),
    "thread with keywords": twins(
        "threading.Thread(target=HOLE, kwargs={'v': p}).start()",
        "yes",
        "no",
        "import threading\n\n\n" + RUN,
    ),
    "thread argument by place": twins(
        "Thread(target=run, args=('ls', p)).start()",
        "b",
        "a",
        "from threading import Thread\n\n\ndef run(a, b):\n    os.system(HOLE)\n",
    ),
    "class of a thread": twins(
        "Job(p).start()",
        "self.v",
        "'ls'",
        "import threading\n\n\nclass Job(threading.Thread):\n    def __init__(self, v):\n"
        "        super().__init__()\n        self.v = v\n\n    def run(self):\n"
        "        os.system(HOLE)\n",
    ),
    "process": twins(
        "multiprocessing.Process(target=HOLE, args=[p]).start()",
        "yes",
        "no",
        "import multiprocessing\n\n\n" + RUN,
    ),
    "timer": twins(
        "threading.Timer(5, HOLE, [p]).start()", "yes", "no", "import threading\n\n\n" + RUN
    ),
    "executor": twins("pool.submit(HOLE, p)", "yes", "no", POOL + RUN),
    "executor's map": twins("pool.map(HOLE, [p])", "yes", "no", POOL + RUN),
    "executor of a with": twins(
        "with ThreadPoolExecutor() as e:\n    e.submit(HOLE, p)", "yes", "no", POOL + RUN
    ),
    "pool of processes": twins(
        "Pool(4).apply_async(HOLE, (p,))",
        "yes",
        "no",
        "from multiprocessing import Pool\n\n\n" + RUN,
    ),
    "in an executor": twins(
        "loop = asyncio.get_event_loop()\nloop.run_in_executor(None, HOLE, p)",
        "yes",
        "no",
        "import asyncio\n\n\n" + RUN,
    ),
    "in a thread": twins("asyncio.to_thread(HOLE, p)", "yes", "no", "import asyncio\n\n\n" + RUN),
    "task": twins(
        "asyncio.create_task(HOLE(p))",
        "yes",
        "no",
        "import asyncio\n\n\n" + RUN.replace("def ", "async def "),
    ),
    "gathered": twins(
        "a, b = asyncio.gather(no(p), HOLE(p))\nos.system(b)",
        "yes",
        "no",
        "import asyncio\n\n\n" + PAIR.replace("def ", "async def "),
    ),
    "run to its end": twins(
        "os.system(asyncio.run(HOLE(p)))",
        "yes",
        "no",
        "import asyncio\n\n\n" + PAIR.replace("def ", "async def "),
    ),
    "soon": twins(
        "asyncio.get_event_loop().call_soon(HOLE, p)", "yes", "no", "import asyncio\n\n\n" + RUN
    ),
    "generator": twins(
        "for v in each(p):\n    os.system(v)", "v", "'ls'", "def each(v):\n    yield HOLE\n"
    ),
    "at exit": twins("atexit.register(HOLE, p)", "yes", "no", "import atexit\n\n\n" + RUN),
    "called with everything": twins(
        "run('ls', p)", "a[1]", "a[0]", "def run(*a):\n    os.system(HOLE)\n"
    ),
    "called with keywords": twins(
        "run(a='ls', b=p)", "k['b']", "k['a']", "def run(**k):\n    os.system(HOLE)\n"
    ),
    "handed on with stars": twins(
        "outer('ls', b=p)",
        "b",
        "a",
        "def outer(*a, **k):\n    inner(*a, **k)\n\n\ndef inner(a, b):\n    os.system(HOLE)\n",
    ),
    "results of an executor's map": twins(
        "for v in pool.map(HOLE, [p]):\n    os.system(v)", "yes", "no", POOL + PAIR
    ),
    "executor's result": twins(
        "os.system(pool.submit(HOLE, p).result())", "yes", "no", POOL + PAIR
    ),
    "reduced": twins(
        'os.system(functools.reduce(lambda a, b: HOLE, [p], "ls"))',
        "a + b",
        '"ls"',
        "import functools\n",
    ),
    "largest by a key": twins("max([p, 'a'], key=HOLE)", "yes", "no", RUN),
    "sorted by a key": twins("sorted([p], key=HOLE)", "yes", "no", RUN),
    "map to numbers": twins(
        'for v in map(HOLE, p.split()):\n    os.system(f"kill {v}")', "str", "int"
    ),
    "map of a library": twins(
        "for v in map(HOLE, [p]):\n    os.system(v)", "str.strip", "shlex.quote", "import shlex\n"
    ),
    "map with a lambda": twins(
        "a = list(map(lambda v: HOLE, [p]))\nos.system(a[0])", "'ls ' + v", "'ls'"
    ),
    "map": twins("for v in map(HOLE, [p]):\n    os.system(v)", "yes", "no", PAIR),
    "by getattr": twins(
        'getattr(Kit(), "HOLE")(p)',
        "yes",
        "no",
        "class Kit:\n    def yes(self, v):\n        os.system(v)\n\n    def no(self, v):\n"
        "        pass\n",
    ),
    "chosen function": twins("f = no if app.debug else HOLE\nf(p)", "yes", "no", RUN),
    "list of functions": twins("for f in (no, HOLE):\n    f(p)", "yes", "no", RUN),
    "table, any key": twins(
        'TABLE[request.args["k"]](p)',
        "yes",
        "no",
        RUN + "\n\nTABLE = {'a': no, 'b': HOLE, 'c': no}\n",
    ),
    "table of methods": twins(
        'Kit().go("HOLE", p)',
        "a",
        "b",
        "class Kit:\n    def go(self, k, v):\n        {'a': self.yes, 'b': self.no}[k](v)\n\n"
        "    def yes(self, v):\n        os.system(v)\n\n    def no(self, v):\n        pass\n",
    ),
    "by getattr of itself": twins(
        'Kit().go("HOLE", p)',
        "yes",
        "no",
        "class Kit:\n    def go(self, k, v):\n        getattr(self, 'do_' + k)(v)\n\n"
        "    def do_yes(self, v):\n        os.system(v)\n\n    def do_no(self, v):\n"
        "        pass\n",
    ),
    "by globals": twins('globals()["HOLE"](p)', "yes", "no", RUN),
    "single dispatch": twins(
        "run(p)",
        "v",
        "'ls'",
        "from functools import singledispatch\n\n\n@singledispatch\ndef run(v):\n"
        "    pass\n\n\n@run.register(str)\ndef _(v):\n    os.system(HOLE)\n",
    ),
    "Celery": twins(
        "work.delay(p)",
        "v",
        "'ls'",
        "from celery import Celery\nqueue = Celery()\n\n\n@queue.task\ndef work(v):\n"
        "    os.system(HOLE)\n",
    ),
    "Celery, shared": twins(
        "work.apply_async(args=[p, 'ls'])",
        "a",
        "b",
        "from celery import shared_task\n\n\n@shared_task\ndef work(a, b):\n    os.system(HOLE)\n",
    ),
    "Celery, first argument": twins(
        "work.apply_async((p, 'ls'))",
        "a",
        "b",
        "from celery import shared_task\n\n\n@shared_task\ndef work(a, b):\n    os.system(HOLE)\n",
    ),
    "Celery, keywords": twins(
        "work.apply_async(kwargs={'a': p, 'b': 'ls'})",
        "a",
        "b",
        "from celery import shared_task\n\n\n@shared_task\ndef work(a, b):\n    os.system(HOLE)\n",
    ),
    "Celery, bound": twins(
        "work.delay('ls', p)",
        "b",
        "a",
        "from celery import shared_task\n\n\n@shared_task(bind=True)\ndef work(self, a, b):\n"
        "    os.system(HOLE)\n",
    ),
    "Celery, signature": twins(
        "work.s('ls', p).delay()",
        "b",
        "a",
        "from celery import shared_task\n\n\n@shared_task\ndef work(a, b):\n    os.system(HOLE)\n",
    ),
    "partial of a library": twins(
        "f = functools.partial(HOLE, p)\nf()", "os.system", "print", "import functools\n"
    ),
    "partial, later argument": twins(
        "f = functools.partial(run, 'ls')\nf(p)",
        "b",
        "a",
        "import functools\n\n\ndef run(a, b):\n    os.system(HOLE)\n",
    ),
    "callback that is kept": twins(
        "k = Kit(HOLE)\nk.fire(p)",
        "yes",
        "no",
        RUN + "\n\nclass Kit:\n    def __init__(self, f):\n        self.f = f\n\n"
        "    def fire(self, v):\n        self.f(v)\n",
    ),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_function_that_runs_it_is_entered(find: Find, name: str) -> None:
    assert is_found(find, CASES[name].files(CASES[name].flawed))


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_harmless_function_is_told_from_it(find: Find, name: str) -> None:
    assert not is_found(find, CASES[name].files(CASES[name].quiet))
