"""Attacks on a folder whose name begins like the right one: ``invoices-cm`` beside ``invoices``.

A path that is compared as text, without a separator at the end, is let into such a folder. Its
name is only known once a legitimate use was seen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from countermine.core.witnesses import Input, Observation, Stimulus
from countermine.prove.drive.archives import LEGITIMATE, MEMBER, TRAVERSALS, as_text, tar, zipped
from countermine.prove.drive.paths import UPWARDS, bases
from countermine.prove.drive.payloads import PROBE

MAX_SIBLINGS = 4
"""Most attacks of this kind; the other spellings share the same bound on the search."""

SIBLING = "-to-sibling-"
"""What stands in the names of these attacks, behind that of the attack they were made of."""
_SUFFIX = "-cm"
_SECRET = "{base}/outside/secret.txt"  # noqa: S105 - a file of the harness's own
_PACKERS = (zipped, tar, partial(tar, compression="gz"))


def folders(driven: Sequence[Observation]) -> tuple[str, ...]:
    """Return the folders in which every drive of a legitimate use touched its file, sorted."""
    found = [
        {str(folder) for token in (PROBE, LEGITIMATE) for folder in bases(seen, token)}
        for seen in driven
    ]
    common = set[str].intersection(*found) if found else set()
    return tuple(sorted(folder for folder in common if PurePosixPath(folder).name))


def siblings(attacks: Sequence[Stimulus], known: Sequence[str]) -> tuple[Stimulus, ...]:
    """Return attacks that name a file in a folder beside the right one.

    Args:
        attacks: Those that showed the flaw: how they write a way out, these do.
        known: Folders of the legitimate use.
    """
    made: dict[tuple[Input, ...], Stimulus] = {}
    for folder in known:
        for attack in attacks:
            for inputs in _beside(attack, PurePosixPath(folder)):
                name = f"{attack.name}{SIBLING}{len(made) + 1}"
                made.setdefault(inputs, replace(attack, name=name, inputs=inputs))
    return tuple(made.values())[:MAX_SIBLINGS]


def _beside(attack: Stimulus, folder: PurePosixPath) -> Iterator[tuple[Input, ...]]:
    for place, value in enumerate(attack.inputs):
        text = _respelled(value, folder)
        if text is not None:
            yield (
                *attack.inputs[:place],
                replace(value, text=text),
                *attack.inputs[place + 1 :],
            )


def _respelled(value: Input, folder: PurePosixPath) -> str | None:
    archive = _packed(value, folder)
    if archive is not None:
        return archive
    relative, absolute = f"../{folder.name}{_SUFFIX}", f"{folder}{_SUFFIX}"
    if UPWARDS + _SECRET in value.text:
        return value.text.replace(UPWARDS + _SECRET, f"{relative}/{{canary}}")
    if _SECRET in value.text and ".." not in value.text:
        return value.text.replace(_SECRET, f"{absolute}/{{canary}}")
    return None


def _packed(value: Input, folder: PurePosixPath) -> str | None:
    """Return an archive with a member beside the folder, of the kind that the attack is."""
    beside = f"../{folder.name}{_SUFFIX}/{MEMBER}", f"{folder}{_SUFFIX}/{MEMBER}"
    for (_, member), sibling in zip(TRAVERSALS, beside, strict=False):
        for pack in _PACKERS:
            if value.text == as_text(pack((LEGITIMATE, member))):
                return as_text(pack((LEGITIMATE, sibling)))
    return None
