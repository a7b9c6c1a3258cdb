"""Settings from files: profiles that stand in a folder, and values with a little arithmetic."""

from libconfig.profiles import load_profile, load_profile_checked
from libconfig.values import parse_literal, parse_value

__all__ = ["load_profile", "load_profile_checked", "parse_literal", "parse_value"]
