"""How a test shows that a name leads out of its folder."""

from dataclasses import replace

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.drive.paths import UPWARDS
from countermine.prove.drive.siblings import SIBLING
from countermine.prove.regression.probes import (
    OUTSIDE,
    OUTSIDE_FILE,
    asked_for_nothing,
    literal,
    unopened,
)

_READ = RegressionProbe(
    name="stays_in_its_folder",
    summary="A name that leads out of the folder is refused; the file it names is left alone.",
    payloads=(
        literal("OUTSIDE"),
        literal(f"{UPWARDS}/OUTSIDE"),
        literal(f"./{UPWARDS}/OUTSIDE"),
        literal(f"x/{UPWARDS}/OUTSIDE"),
    ),
    setup=OUTSIDE_FILE,
    value='payload.replace("OUTSIDE", str(secret))',
    never=f'"{OUTSIDE}" in seen',
    message="the value led to a file out of the folder",
)
_BESIDE = RegressionProbe(
    name="stays_out_of_folders_beside_it",
    summary="A folder whose name only begins like the right one is out of bounds.",
    payloads=(literal("../inside-beside/secret.txt"), literal("x/../../inside-beside/secret.txt")),
    setup=(
        'secret = folder / "inside-beside" / "secret.txt"',
        "secret.parent.mkdir()",
        f'secret.write_text("{OUTSIDE}")',
    ),
    value="payload",
    never=f'"{OUTSIDE}" in seen',
    message="the value led to a file of another folder",
    made_for=SIBLING,
)
_MADE = RegressionProbe(
    name="makes_nothing_out_of_its_folder",
    summary="Nothing is made at a place that a name leads to out of the folder.",
    payloads=(literal(f"{UPWARDS}BEYOND/sample.txt"), literal("BEYOND/sample.txt")),
    setup=('beyond = folder / "beyond"',),
    value='payload.replace("BEYOND", str(beyond))',
    never="beyond.exists()",
    message="something was made out of the folder",
)
_CHANGED = replace(_READ, never=f'not secret.exists() or secret.read_text() != "{OUTSIDE}"')


def regressions(_finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probes: what lies outside is neither read, changed, opened nor asked for."""
    return (
        _READ,
        _CHANGED,
        unopened(_READ),
        unopened(_READ, "io.open"),
        asked_for_nothing(_READ),
        _MADE,
        _BESIDE,
        unopened(_BESIDE),
    )
