import unittest
from unittest import mock

from desk import people


class PeopleTest(unittest.TestCase):
    def setUp(self):
        self.client = people.app.test_client()

    def test_room(self):
        self.assertEqual(self.client.get("/room?number=12").json, {"who": ["Ann"]})
        self.assertEqual(self.client.get("/room?number=99").json, {"who": []})

    def test_floor(self):
        self.assertEqual(self.client.get("/floor?number=2").json, {"who": ["Ben"]})

    def test_mail(self):
        with mock.patch.object(people, "directory") as directory:
            directory.return_value.__enter__.return_value.entries = []
            self.assertEqual(self.client.get("/mail?name=ann").json, {"mail": []})


if __name__ == "__main__":
    unittest.main()
