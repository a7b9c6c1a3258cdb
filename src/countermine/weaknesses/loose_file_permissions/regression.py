"""How a test shows that a file gives rights to every user of the machine."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import literal

_RIGHTS_GIVEN = '''def rights_given(changed):
    """Return the rights that files were given."""
    return [call.kwargs.get("mode", call.args[-1]) for call in changed.call_args_list]'''
_OPEN_BEFORE = '''def open_before(path):
    """Return whether others could open a file until now."""
    return os.path.exists(path) and os.stat(path).st_mode & 0o077'''


def regressions(finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probes: no right to write for all, and none for others that is taken later."""
    if finding.sink == "os.umask":
        return (_given("os.umask", "0 in rights_given(changed)", "the mask of new files is 0"),)
    if finding.sink.endswith((".write", ".writelines", ".dump")):
        return (_secret(),)
    if finding.sink not in {"os.chmod", "os.fchmod", "os.lchmod"}:
        return (_late("pathlib.Path.chmod", "self, *_args, **_options", "self"), *_chmods())
    return (*_chmods(), _late("os.chmod", "path, *_args, **_options", "path"))


def _chmods() -> tuple[RegressionProbe, ...]:
    writing = "any(rights & 0o002 for rights in rights_given(changed))"
    return tuple(
        _given(name, writing, "every account may write")
        for name in ("os.chmod", "os.fchmod", "pathlib.Path.chmod")
    )


def _given(name: str, never: str, message: str) -> RegressionProbe:
    return RegressionProbe(
        name="gives_no_rights_to_everyone",
        summary="Nobody but the owner may write what others rely on.",
        payloads=(literal("sample"),),
        inputless=True,
        around=(f'mock.patch("{name}", wraps={name}) as changed',),
        never=never,
        message=message,
        helpers=_RIGHTS_GIVEN,
        imports=("import os", "from unittest import mock"),
    )


_MADE_HERE = '''@contextmanager
def files_made(folder):
    """Work in a folder, and gather which rights files had when they were made there."""
    made, opened, before = [], io.open, os.getcwd()

    def noted(path, mode="r", *args, **options):
        is_new = isinstance(path, (str, os.PathLike)) and not os.path.exists(path)
        file = opened(path, mode, *args, **options)
        if is_new:
            made.append(os.fstat(file.fileno()).st_mode & 0o077)
        return file

    os.chdir(folder)
    try:
        with mock.patch("builtins.open", noted):
            yield made
    finally:
        os.chdir(before)'''


def _secret() -> RegressionProbe:
    return RegressionProbe(
        name="writes_its_file_for_its_owner_alone",
        summary="What is secret is not for every account of the machine to read.",
        payloads=(literal("sample"),),
        inputless=True,
        around=("files_made(folder) as made",),
        never="not made or any(made)",
        message="others may read the file that was made",
        helpers=_MADE_HERE,
        imports=(
            "import io",
            "import os",
            "from contextlib import contextmanager",
            "from unittest import mock",
        ),
    )


def _late(name: str, signature: str, path: str) -> RegressionProbe:
    owner = name.rpartition(".")[0]
    noted = f"lambda {signature}: late.append(open_before({path}))"
    return RegressionProbe(
        name="closes_its_file_when_it_is_made",
        summary="Who opened a file before it is closed to others reads what is written later.",
        payloads=(literal("sample"),),
        setup=(
            'path = folder / "new.txt"',
            "late = []",
        ),
        value="str(path)",
        around=(f'mock.patch("{name}", autospec=True, side_effect={noted})',),
        never="any(late)",
        message="the file could be opened by others until it was closed",
        helpers=_OPEN_BEFORE,
        imports=("import os", f"import {owner}", "from unittest import mock"),
    )
