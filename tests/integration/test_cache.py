"""A second search says the same to the byte, from what the first one kept, or from nothing."""

import os
import stat
from pathlib import Path

import pytest

from tests.integration.conftest import *  # noqa
