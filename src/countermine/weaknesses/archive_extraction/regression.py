"""How a test shows that a member of an archive is written out of the folder."""

from dataclasses import replace

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import literal

_TAR = '''def archive_of(name):
    """Return a tar archive with one member."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))
    return stream.getvalue()'''

_ZIP = '''def archive_of(name):
    """Return a zip archive with one member."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, b"x")
    return stream.getvalue()'''

_PROBE = RegressionProbe(
    name="unpacks_into_its_folder_only",
    summary="A member whose name leads out of the folder is not written there.",
    payloads=(literal("MARKER"), literal("../" * 12 + "MARKER")),
    setup=('marker = folder / "escaped"',),
    value='archive_of(payload.replace("MARKER", str(marker)).replace("//", "/"))',
    never="marker.exists()",
    message="a member of the archive was written out of the folder",
    imports=("import io",),
    binary=True,
)
_TAR_PROBE = replace(_PROBE, helpers=_TAR, imports=("import io", "import tarfile"))
_ZIP_PROBE = replace(_PROBE, helpers=_ZIP, imports=("import io", "import zipfile"))


def regressions(finding: Finding, witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probes: an archive of the sink's format, as bytes and as a file."""
    # A member that is written by hand ends in ``open``: then the attacks tell the format.
    zips = any("zip" in name.lower() for name in (finding.sink, witness.attacks[0].name))
    probes = (_ZIP_PROBE, _TAR_PROBE) if zips else (_TAR_PROBE, _ZIP_PROBE)
    return tuple(one for probe in probes for one in (probe, replace(probe, by_file=True)))
