"""What a driver that nobody vouches for did before it came to the entry point.

Nothing that its set-up does counts as an effect. And code that is not in a file of the target or of
its packages must not have run there: it would share the process with the observer, and could forge
all that is seen after. What starts such code is told at that moment, and a record that is told
cannot be taken back.
"""

from collections.abc import Mapping, Sequence
from typing import cast

from countermine.prove.harness.drivers_text import ENTERING, LOADED

_Record = tuple[str, dict[str, str]]

_CODE = frozenset(
    {
        "compile", "exec", "mark", "marshal.loads", "pickle.find_class", "ctypes.dlopen",
        "command", "gc.get_objects", "gc.get_referents", "gc.get_referrers", "sys.addaudithook",
    }
)  # fmt: skip
"""Events that begin to run code of somebody else's, or look for the observer."""
_WRITES = frozenset({"os.rename", "os.link", "os.symlink", "shutil.copyfile", "shutil.move"})
_CODE_FILES = (".py", ".pyc", ".pth", ".so", ".zip", ".egg")
_ROOT = "/target/"
_OF_THE_DRIVE = frozenset({"reached", "not-driven", "lines", "countermine.probe"})


def after_set_up(answer: Mapping[str, object]) -> dict[str, object]:
    """Return an answer of the harness without what was seen before the entry point was called.

    If the set-up ran code from elsewhere, the entry point counts as not reached.
    """
    records = cast("Sequence[_Record]", answer["records"])
    names = [name for name, _ in records]
    at = names.index(ENTERING) if ENTERING in names else len(records)
    before, after = records[:at], records[at + 1 :]
    # Which module is loaded first is the finding's to say, not the driver's: whatever that runs
    # (a look for the version of a program) would run without a driver, too.
    begun = names.index(LOADED, 0, at) + 1 if LOADED in names[:at] else 0
    if any(_plants(name, detail) for name, detail in before[begun:]):
        reason = "its set-up ran, or wrote, code that is in no file of the target"
        return {**answer, "records": [("not-driven", {"reason": reason})]}
    kept = [one for one in before if one[0] in _OF_THE_DRIVE]
    return {**answer, "records": [*kept, *after]}


def _plants(name: str, detail: Mapping[str, str]) -> bool:
    if name in _CODE:
        return True
    real = detail.get("real", "")
    writes = name in _WRITES or (detail.get("mode") == "write" and name != "os.mkdir")
    return writes and (real.endswith(_CODE_FILES) or real.startswith(_ROOT))
