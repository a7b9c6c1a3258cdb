import tempfile
import unittest
from pathlib import Path

import libconfig


class Profiles(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name) / "profiles"
        self.folder.mkdir()
        (self.folder / "night").write_text("volume = 2\nlight=off\n")
        (self.folder.parent / "secret").write_text("key = 1\n")

    def test_a_profile_is_read(self):
        for load in (libconfig.load_profile, libconfig.load_profile_checked):
            settings = load(str(self.folder), "night")
            self.assertEqual(settings, {"volume": "2", "light": "off"})

    def test_there_is_no_such_profile(self):
        for load in (libconfig.load_profile, libconfig.load_profile_checked):
            with self.assertRaises(FileNotFoundError):
                load(str(self.folder), "day")

    def test_a_checked_profile_stands_in_the_folder(self):
        with self.assertRaises(FileNotFoundError):
            libconfig.load_profile_checked(str(self.folder), "../secret")


class Values(unittest.TestCase):
    def test_a_list_is_read(self):
        for parse in (libconfig.parse_value, libconfig.parse_literal):
            self.assertEqual(parse("[1, 2.5, 'a']"), [1, 2.5, "a"])

    def test_a_literal_calls_nothing(self):
        with self.assertRaises(ValueError):
            libconfig.parse_literal("dict(a=1)")


if __name__ == "__main__":
    unittest.main()
