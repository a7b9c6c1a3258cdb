"""A board that says by a header who asked."""

from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit


class Board(BaseHTTPRequestHandler):
    """Answers with a greeting."""

    def do_GET(self):
        """Greet whoever asks."""
        asked = parse_qs(urlsplit(self.path).query)
        reader = asked["reader"][0]
        self.send_response(200)
        self.send_header("X-Reader", reader)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(b"Welcome")
