"""Which thing lies where, in a document."""

from flask import Flask, request
from lxml import etree

app = Flask(__name__)
SHELVES = b"""<shelves>
  <shelf id='a1' row='1'><thing>rope</thing><key>4711</key></shelf>
  <shelf id='b 7' row='1'><thing>nails</thing><key>0815</key></shelf>
  <shelf id='b 7' row='2'><thing>screws</thing><key>1234</key></shelf>
</shelves>"""


def shelves():
    """Return the document with the shelves."""
    return etree.fromstring(SHELVES, etree.XMLParser(resolve_entities=False))


@app.get("/shelf")
def shelf():
    """Show what lies on a shelf."""
    wanted = request.args["id"]
    found = shelves().xpath(f"//shelf[@id='{wanted}']/thing/text()")
    return {"things": [str(one) for one in found]}
