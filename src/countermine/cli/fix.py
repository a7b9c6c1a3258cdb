"""``countermine fix``: find and propose patches; nothing of the target is run."""

from countermine.cli import options
from countermine.cli.grouped import grouped


@grouped
def fix(
    target: options.Target,
    *,
    delivery: options.Delivery,
    choice: options.Choice,
    wishes: options.Wishes,
    outputs: options.Outputs,
) -> int:
    """Find and propose patches, without running anything of TARGET.

    The patches are not proven; `countermine run` proves them.

    \b
      countermine fix . --patches patches/
      countermine fix . --only sql-injection --apply
    """  # noqa: D301 - the backspace keeps the examples as they stand
    from countermine.cli.requests import Aims  # noqa: PLC0415 - keeps --help fast
    from countermine.cli.starting import start  # noqa: PLC0415

    aims = Aims(choice=choice, delivery=delivery, prove=False)
    return start(target, wishes, aims, outputs)
