import unittest

from parts.titles import first_word, last_word
from parts.versions import last_number


class TestParts(unittest.TestCase):
    def test_the_last_word_of_a_title_is_told(self):
        self.assertEqual(last_word("two words"), "words")
        self.assertEqual(last_word("words "), "words")
        self.assertIsNone(last_word("two  words"))
        self.assertIsNone(last_word("words!"))

    def test_the_first_word_is_told(self):
        self.assertEqual(first_word("two words"), "two")
        self.assertIsNone(first_word("!"))

    def test_the_last_number_of_a_version_is_told(self):
        self.assertEqual(last_number("1.20.3"), "3")
        self.assertIsNone(last_number("1..2"))
        self.assertIsNone(last_number("one"))


if __name__ == "__main__":
    unittest.main()
