"""What a user may give to prove a case with: a diff and a witness."""

from dataclasses import dataclass, replace
from pathlib import Path

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.errors import BadUsageError
from countermine.core.findings import Finding
from countermine.core.inventory import FileRole
from countermine.core.patches import Patch
from countermine.core.witnesses import Stimulus, Witness, WitnessKind
from countermine.fix.unified import read_diff
from countermine.target.roles import role_of_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The parts of a proof that are the user's own."""

    patch: Patch | None = None
    witness: Witness | None = None
    notes: tuple[str, ...] = ()


def read_given(patch: Path | None, witness: Path | None, root: Path, finding: Finding) -> Given:
    """Return what stands in the files that the user named.

    Raises:
        BadUsageError: If a file cannot be read, or is not what it should be.
    """
    scripted = _witness_from(witness, finding) if witness is not None else None
    if patch is None:
        return Given(witness=scripted)
    judged, notes = _without_tests(read_diff(_text(patch), root, author=patch.name))
    return Given(patch=judged, witness=scripted, notes=notes)


def _without_tests(patch: Patch) -> tuple[Patch, tuple[str, ...]]:
    """Return a patch without the tests that it adds, and which those are.

    The author of a patch has no say in how it is judged, so that gate 3 refuses whatever touches
    tests. A test that is new cannot weaken one that is there: it is left out instead.

    Raises:
        BadUsageError: If nothing else is left.
    """
    tests = tuple(new for new in patch.new_files if role_of_path(new.path) is FileRole.TEST)
    if not tests:
        return patch, ()
    kept = tuple(new for new in patch.new_files if new not in tests)
    names = ", ".join(new.path for new in tests)
    if not patch.edits and not kept:
        message = f"{patch.author} only adds tests ({names}); there is no fix in it to judge"
        raise BadUsageError(message)
    note = f"left out of {patch.author}: {names}; a test that comes with a patch does not judge it"
    return replace(patch, new_files=kept), (note,)


def _witness_from(path: Path, finding: Finding) -> Witness:
    """Return a witness that runs a script of the user's.

    Raises:
        BadUsageError: If the file cannot be read, or does not define both functions.
    """
    source = _text(path)
    for function in ("attack", "control"):
        if f"def {function}(" not in source:
            message = f"{path} does not define {function}(); a witness has attack and control"
            raise BadUsageError(message)
    entry = finding.entry or EntryPoint(
        kind=EntryKind.FUNCTION,
        path=finding.location.path,
        qualname=finding.function,
        channel=Channel.PARAMETER,
    )
    return Witness(
        weakness=finding.weakness,
        fingerprint=finding.fingerprint,
        kind=WitnessKind.EFFECT,
        entry=entry,
        sink=finding.sink,
        attacks=(Stimulus(name="attack", inputs=()),),
        controls=(Stimulus(name="control", inputs=()),),
        script=source,
        vouched=True,
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        message = f"cannot read {str(path)!r}: {why}"
        raise BadUsageError(message) from error
