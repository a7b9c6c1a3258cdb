"""How a test shows that a value is taken for an option of the program that is started."""

from dataclasses import replace

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import beside, literal

_OPTIONS = '''def quiet_program(*_command, **options):
    """Return what stands in for a program that succeeds and says nothing."""
    text = options.get("text") or options.get("universal_newlines") or options.get("encoding")
    stream, said = (io.StringIO, "") if text else (io.BytesIO, b"")
    program = mock.MagicMock(returncode=0, stdout=stream(), stderr=stream())
    program.__enter__.return_value = program
    program.communicate.return_value = (said, said)
    program.poll.return_value = program.wait.return_value = 0
    return program


def options_of(started):
    """Return the words that the started programs take for options."""
    words = []
    for call in started.call_args_list:
        given = [*call.args, call.kwargs.get("args")]
        command = next(one for one in given if isinstance(one, (str, list, tuple)))
        command = shlex.split(command) if isinstance(command, str) else list(command)
        words += command[: command.index("--")] if "--" in command else command
    return [str(word) for word in words if str(word).startswith("-")]'''


_UNSTARTED = (
    'mock.patch("subprocess.Popen.__init__", autospec=True, side_effect=FileNotFoundError)'
    " as started"
)


def regressions(finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probe: no program is started with the value as an option of it."""
    if finding.sink.startswith("os."):
        return ()
    probe = RegressionProbe(
        name="passes_no_option_of_its_input",
        summary="A value that begins with a dash is refused, or stands behind ``--``.",
        payloads=(literal("--injected"), literal("--injected=value"), literal("-i")),
        # Every function of the module starts its program with this one; none is started here.
        around=('mock.patch("subprocess.Popen", side_effect=quiet_program) as started',),
        never="value in options_of(started)",
        message="the value is an option of the program that is started",
        helpers=_OPTIONS,
        imports=("import io", "import shlex", "from unittest import mock"),
    )
    if not finding.sink.startswith("subprocess."):
        # A module of the target's own starts it, which may have a name of its own for the class.
        return (replace(probe, around=(_UNSTARTED,)),)
    # Some look first whether there is what the value names.
    return probe, beside(probe, "mkdir"), beside(probe, "touch")
