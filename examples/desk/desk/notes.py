"""The board of notes: each says by a header who wrote it."""

from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

NOTES = {"1": "The printer is back", "2": "Mind the step"}


class Board(BaseHTTPRequestHandler):
    """Answers with a note."""

    def do_GET(self):
        """Send a note to whoever asks, and their name back."""
        asked = parse_qs(urlsplit(self.path).query)
        reader = asked["reader"][0]
        self.send_response(200)
        self.send_header("X-Reader", reader)
        self.send_header("X-Notes", str(len(NOTES)))
        self.end_headers()
        self.wfile.write(NOTES.get(asked.get("note", ["1"])[0], "").encode())
