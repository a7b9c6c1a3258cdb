"""Papers that come with deliveries."""

import gzip
import os

from flask import Flask, request

app = Flask(__name__)
FOLDER = os.path.abspath("papers")


@app.post("/list")
def listed():
    """Count the lines of a list that is sent packed."""
    text = gzip.decompress(request.get_data())
    return {"lines": text.count(b"\n"), "begins": text[:20].decode()}


@app.post("/paper")
def paper():
    """Keep a paper under its own name."""
    given = request.files["paper"]
    os.makedirs(FOLDER, exist_ok=True)
    with open(os.path.join(FOLDER, given.filename), "wb") as kept:
        kept.write(given.read())
    return {"kept": given.filename}
