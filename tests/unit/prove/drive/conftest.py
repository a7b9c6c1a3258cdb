"""The sandbox and the interpreter that the witnesses of the weaknesses use, too."""

from tests.weaknesses.conftest import plain_environment, sandbox

__all__ = ["plain_environment", "sandbox"]
