import unittest

from words.titles import is_name, is_title
from words.versions import is_version


class TestWords(unittest.TestCase):
    def test_titles_are_words_with_single_blanks(self):
        self.assertTrue(is_title("two words"))
        self.assertFalse(is_title("two  words"))
        self.assertFalse(is_title("words!"))

    def test_names_are_single_words(self):
        self.assertTrue(is_name("name_1"))
        self.assertFalse(is_name("1_name"))

    def test_versions_are_numbers_with_dots(self):
        self.assertTrue(is_version("1.20.3"))
        self.assertFalse(is_version("1..2"))
        self.assertFalse(is_version("one"))


if __name__ == "__main__":
    unittest.main()
