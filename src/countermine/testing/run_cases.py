"""The cases of the made-up run: one for every verdict, and one without."""

from dataclasses import replace

from countermine.core.cases import Case
from countermine.core.findings import FindingStatus
from countermine.core.runs import Suppressed
from countermine.testing.run_parts import finding_of
from countermine.testing.run_proven import command_injection, path_traversal
from countermine.testing.run_refused import code_injection, sql_injection
from countermine.testing.run_unsettled import cross_site_scripting, deserialization, weak_hash


def sample_cases() -> tuple[Case, ...]:
    """Return the cases, surest first."""
    return (
        path_traversal(),
        command_injection(),
        sql_injection(),
        code_injection(),
        cross_site_scripting(),
        deserialization(),
        weak_hash(),
    )


def sample_suppressed() -> Suppressed:
    """Return a finding that the user set aside."""
    plain = finding_of(
        "predictable-randomness",
        338,
        ("shop/tokens.py", "random.randrange(10**6)"),
        "random.randrange",
        "The number of a coupon can be predicted.",
    )
    finding = replace(plain, function="coupon", status=FindingStatus.SUSPECTED, level=None)
    return Suppressed(
        finding=finding,
        reason="coupons are checked by hand",
        place="countermine.toml",
        expires="2026-12-31",
    )
