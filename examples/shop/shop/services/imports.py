"""Catalogues and orders that other shops send."""

import io
import xml.sax
import xml.sax.handler
from typing import Any

import yaml


def read_catalogue(text: str) -> list[dict[str, Any]]:
    """Return the products of a YAML catalogue."""
    document = yaml.load(text, Loader=yaml.UnsafeLoader)
    return document["products"]


def read_price_list(text: str) -> list[dict[str, Any]]:
    """Return the products of a YAML price list."""
    document = yaml.safe_load(text)
    return document["products"]


class OrderHandler(xml.sax.handler.ContentHandler):
    """Collects the text of every ``item``."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[str] = []
        self.inside = False

    def startElement(self, name: str, attrs: Any) -> None:
        """Begin an item."""
        if name == "item":
            self.items.append("")
            self.inside = True

    def endElement(self, name: str) -> None:
        """End an item."""
        if name == "item":
            self.inside = False

    def characters(self, content: str) -> None:
        """Add to the item that is open."""
        if self.inside:
            self.items[-1] += content


def read_orders(data: bytes) -> list[str]:
    """Return the items of an XML order."""
    handler = OrderHandler()
    parser = xml.sax.make_parser()
    parser.setFeature(xml.sax.handler.feature_external_ges, True)
    parser.setContentHandler(handler)
    parser.parse(io.BytesIO(data))
    return handler.items


def read_returns(data: bytes) -> list[str]:
    """Return the items of an XML list of returns; entities of other files are left out."""
    handler = OrderHandler()
    parser = xml.sax.make_parser()
    parser.setFeature(xml.sax.handler.feature_external_ges, False)
    parser.setContentHandler(handler)
    parser.parse(io.BytesIO(data))
    return handler.items
