"""A search over small programs."""

from tests.unit.find.conftest import catalogue, find

__all__ = ["catalogue", "find"]
