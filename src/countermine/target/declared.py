"""What a project declares: its name, the Pythons it takes, and what it needs to run and test."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What one or more files of a project say; texts of requirements as they stand there."""

    name: str | None = None
    version: str | None = None
    requires_python: str | None = None
    requires: tuple[str, ...] | None = None
    """To run; ``None`` where the files do not say."""
    test_requires: tuple[str, ...] = ()
    build_requires: tuple[str, ...] | None = None
    """Of the build backend; ``None`` where none is declared."""
    notes: tuple[str, ...] = field(default=())
    """What of the declarations cannot be used, and why."""

    def over(self, other: "Declared") -> "Declared":
        """Return what both say: this one wins, test requirements and notes are joined."""
        return Declared(
            name=self.name or other.name,
            version=self.version or other.version,
            requires_python=self.requires_python or other.requires_python,
            requires=self.requires if self.requires is not None else other.requires,
            test_requires=tuple(dict.fromkeys((*self.test_requires, *other.test_requires))),
            build_requires=(
                self.build_requires if self.build_requires is not None else other.build_requires
            ),
            notes=tuple(dict.fromkeys((*self.notes, *other.notes))),
        )


TEST_EXTRAS = frozenset(
    {"test", "tests", "testing", "dev", "develop", "development", "devel", "unittest", "pytest"}
    | {"test-deps", "tests-require", "dev-test", "all-test", "unit", "unit-tests"}
)
"""Names of extras and groups that hold what tests need, with ``-`` for ``_`` and ``.``."""


def is_test_extra(name: str) -> bool:
    """Tell whether an extra or a dependency group holds what the tests need."""
    return name.strip().lower().replace("_", "-").replace(".", "-") in TEST_EXTRAS
