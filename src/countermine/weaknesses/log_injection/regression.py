"""How a test shows that one record of the log takes more than one line."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import literal

_MESSAGES = '''def messages(logged):
    """Return what was logged."""
    return [call.args[1].getMessage() for call in logged.call_args_list]'''


def regressions(_finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probe: the value brings no line break into the log."""
    return (
        RegressionProbe(
            name="logs_records_of_one_line",
            summary="A value with a line break makes no second record of the log.",
            payloads=(literal("first\nsecond"), literal("first\rsecond")),
            around=(
                'mock.patch("logging.Logger.isEnabledFor", return_value=True)',
                'mock.patch("logging.Logger.handle", autospec=True) as logged',
            ),
            never="any(value in message for message in messages(logged))",
            message="a record of the log has more than one line",
            helpers=_MESSAGES,
            imports=("from unittest import mock",),
        ),
    )
