"""What a signal of Django sends is handed to the functions that receive it, and to no others."""

import pytest

from tests.unit.find.conftest import Find
from tests.unit.flow.pairs import Twins, is_found

_SIGNALS = "from django.dispatch import Signal\ndone = Signal()\nother = Signal()\n"
_VIEW = """from django.http import HttpResponse
import sig
def show(request):
    sig.done.send{how}(sender=None, name=request.GET["p"], size="x")
    return HttpResponse("")
"""


def _program(receiver: str, how: str = "") -> dict[str, str]:
    head = "import os\nfrom django.dispatch import receiver\nfrom sig import done, other\n"
    return {
        "sig.py": _SIGNALS,
        "app/receivers.py": head + receiver,
        "app/views.py": _VIEW.format(how=how),
    }


PROGRAMS = {
    "decorated": Twins(
        _program("@receiver(HOLE)\ndef on(sender, name, **rest):\n    os.system(name)\n"),
        "done",
        "other",
    ),
    "decorated for several": Twins(
        _program("@receiver([other, HOLE])\ndef on(sender, name, **rest):\n    os.system(name)\n"),
        "done",
        "other",
    ),
    "connected": Twins(
        _program("def on(sender, name, **rest):\n    os.system(name)\nHOLE.connect(on)\n"),
        "done",
        "other",
    ),
    "connected when the program is ready": Twins(
        _program(
            "def on(sender, name, **rest):\n    os.system(name)\n"
            "def ready():\n    HOLE.connect(on, dispatch_uid='on')\n"
        ),
        "done",
        "other",
    ),
    "one of the arguments": Twins(
        _program("@receiver(done)\ndef on(sender, name, size, **rest):\n    os.system(HOLE)\n"),
        "name",
        "size",
    ),
    "one of the others by its key": Twins(
        _program("@receiver(done)\ndef on(sender, **rest):\n    os.system(rest['HOLE'])\n"),
        "name",
        "size",
    ),
    "sent so that errors are kept": Twins(
        _program("@receiver(HOLE)\ndef on(name, **rest):\n    os.system(name)\n", how="_robust"),
        "done",
        "other",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_sent_gets_to_its_receivers(find: Find, name: str) -> None:
    program: Twins = PROGRAMS[name]
    assert is_found(find, program.files(program.flawed))
    assert not is_found(find, program.files(program.quiet))
