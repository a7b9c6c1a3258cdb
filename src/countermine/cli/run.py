"""``countermine run``: the main job, from a target to proven patches."""

from countermine.cli import options
from countermine.cli.grouped import grouped


@grouped
def run(  # noqa: PLR0913 - a group of options each
    target: options.Target,
    *,
    delivery: options.Delivery,
    choice: options.Choice,
    proving: options.Proving,
    asking: options.Asking,
    wishes: options.Wishes,
    outputs: options.Outputs,
) -> int:
    """Find, witness, fix and prove; TARGET changes only where asked.

    Each finding is driven in a sandbox until its flaw shows, patched by a remedy, and the patch
    is judged by ten gates. A run that is stopped is carried on by `countermine resume`.

    \b
      countermine run . --patches patches/ --html report.html
      countermine run . --branch fixes
      countermine run pypi:flask==3.0.0
    """  # noqa: D301 - the backspace keeps the examples as they stand
    from countermine.cli.requests import Aims  # noqa: PLC0415 - keeps --help fast
    from countermine.cli.starting import start  # noqa: PLC0415

    aims = Aims(choice=choice, delivery=delivery, proving=proving, asking=asking)
    return start(target, wishes, aims, outputs)
